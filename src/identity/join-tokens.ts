import { randomBytes, timingSafeEqual } from "node:crypto";
import { overlap, parseEdgeAddresses } from "#domain/fleet/addresses.ts";
import type { JoinToken } from "#domain/fleet/join-token.ts";
import { EDGE_NAME, isLocalEdge, LOCAL_EDGE } from "#domain/fleet/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { DAY, type Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { digest } from "#lib/keyed-hash.ts";
import { listEdgeBlocks } from "#store/edge-members.ts";
import {
  deleteEdgeToken,
  deleteEndedEdgeTokens,
  findEdgeToken,
  insertEdgeToken,
  listEdgeTokens,
  type StoredEdgeToken,
} from "#store/edge-tokens.ts";
import type { Db, Store } from "#store/store.ts";
import { FIRST_ACCOUNT } from "./first-account.ts";

/** What an edge says of itself, or is told to be; undefined: the other side says it. */
export interface EdgePlan {
  readonly edge: string | undefined;
  /** An availability zone: `eu-west-1a`. */
  readonly zone: string | undefined;
  /** An IPv4 block, or a single address. */
  readonly addresses: string | undefined;
}

export interface JoinTokenDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A token with which one edge may join, until it ends. Its secret is answered now and never again. */
export async function createJoinToken(
  plan: EdgePlan,
  lifetime: Millis,
  caller: Pick<Caller, "account">,
  { store, clock, ids }: JoinTokenDeps,
): Promise<Omit<JoinToken, "fingerprint"> & { readonly expiresAt: Date }> {
  checkOperator(caller);
  checkPlan(plan);
  const now = clock.now().getTime();
  await deleteEndedEdgeTokens(store, now - KEPT);
  const id = ids.hex(8);
  const secret = randomBytes(32).toString("base64url");
  const { edge = null, zone = null, addresses = null } = plan;
  const expiresAt = now + lifetime;
  await insertEdgeToken(store, { id, secretHash: hash(secret), edge, zone, addresses, createdAt: now, expiresAt });
  return { id, secret, expiresAt: new Date(expiresAt) };
}

/** The token that this is, used or not. Throws `edge-token-invalid`, which does not say what is wrong with it. */
export async function findJoinToken(db: Db, { id, secret }: Omit<JoinToken, "fingerprint">): Promise<StoredEdgeToken> {
  const token = await findEdgeToken(db, id);
  const isRight = timingSafeEqual(hash(secret), token?.secretHash ?? NO_HASH);
  if (!token || !isRight) throw tokenInvalid();
  return token;
}

export function tokenInvalid(): Refusal {
  return new Refusal(
    "edge-token-invalid",
    "The token is not valid: it is not one of ours, has expired, was revoked, or has been used. Create another one.",
  );
}

/** Tokens that were not forgotten yet: used ones and expired ones, too, for a day. */
export async function joinTokens(
  after: string | undefined,
  limit: number,
  caller: Pick<Caller, "account">,
  { store }: Pick<JoinTokenDeps, "store">,
): Promise<readonly StoredEdgeToken[]> {
  checkOperator(caller);
  return await listEdgeTokens(store, after, limit);
}

/** Throws `edge-token-not-found`. */
export async function revokeJoinToken(
  id: string,
  caller: Pick<Caller, "account">,
  { store }: Pick<JoinTokenDeps, "store">,
): Promise<void> {
  checkOperator(caller);
  if (!(await deleteEdgeToken(store, id))) {
    throw new Refusal("edge-token-not-found", `There is no token ${id}: it was revoked, or forgotten after its time.`);
  }
}

/** Throws `edge-input-invalid` for what no edge can be. */
export function checkPlan({ edge, zone, addresses }: EdgePlan): void {
  if (edge !== undefined && (!EDGE_NAME.test(edge) || isLocalEdge(edge))) {
    throw invalid(
      `An edge is named by up to 63 of a-z, 0-9 and "-", not beginning with "-" or "${LOCAL_EDGE}", not "${edge}".`,
    );
  }
  if (zone !== undefined && !ZONE.test(zone)) {
    throw invalid(`A zone is named like eu-west-1a, not "${zone}".`);
  }
  if (addresses !== undefined && !parseEdgeAddresses(addresses)) {
    throw invalid(
      `Addresses are a block like 10.0.0.16/28 (at least /16) or a single IPv4 address, not "${addresses}".`,
    );
  }
}

/** Throws `edge-input-invalid` when another edge has one of these addresses. */
export async function checkAddresses(db: Db, edge: string, addresses: string | undefined): Promise<void> {
  const own = addresses === undefined ? undefined : parseEdgeAddresses(addresses);
  if (!own) return;
  for (const other of await listEdgeBlocks(db)) {
    const theirs = parseEdgeAddresses(other.addresses);
    if (other.edge === edge || !theirs || !overlap(own, theirs)) continue;
    throw invalid(`The edge ${other.edge} has ${other.addresses} already, which overlaps with ${addresses}.`);
  }
}

/** Edges serve all accounts of an installation: only the first account may say which there are. */
export function checkOperator({ account }: Pick<Caller, "account">): void {
  if (account === FIRST_ACCOUNT) return;
  throw new Refusal("edge-not-yours", `Edges are the affair of account ${FIRST_ACCOUNT}, and this is ${account}.`);
}

function invalid(message: string): Refusal {
  return new Refusal("edge-input-invalid", message);
}

function hash(secret: string): Buffer {
  return digest("edge token", secret);
}

const ZONE = /^[a-z]{2,4}(-[a-z]+)+-\d+-?[a-z0-9-]{1,20}$/;
const NO_HASH = Buffer.alloc(32);
const KEPT: Millis = DAY;
