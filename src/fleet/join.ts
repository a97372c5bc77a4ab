import { FLEET_KEY, type FleetAuthority, fleetAuthority } from "#ca/fleet/authority.ts";
import { type EdgeCertificateOfFleet, signEdgeIdentity } from "#ca/fleet/identities.ts";
import type { Signers } from "#ca/signers.ts";
import type { RootOfCustody } from "#custody/root.ts";
import { publicKeyHash } from "#custody/sealed-key-acts.ts";
import { edgeArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import { FIRST_ACCOUNT } from "#identity/first-account.ts";
import { checkAddresses, checkPlan, type EdgePlan, findJoinToken, tokenInvalid } from "#identity/join-tokens.ts";
import { forgetEdge, keepAccessKey } from "#identity/keep-access-key.ts";
import { newAccessKey, openAccessKey } from "#identity/new-access-key.ts";
import { announceTarget } from "#integrations/elbv2/places.ts";
import { type Act, recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { digest } from "#lib/keyed-hash.ts";
import { parsePem } from "#lib/pem.ts";
import { type CertificateRequest, CsrError, readCsr } from "#lib/x509-csr.ts";
import { findEdgeKey } from "#store/access-keys.ts";
import { balancersAt, findEdgeMember, insertEdgeMember, renewEdgeMember } from "#store/edge-members.ts";
import { findEdgeToken, type StoredEdgeToken, useEdgeToken } from "#store/edge-tokens.ts";
import type { Db, Store, Tx } from "#store/store.ts";

/** What an edge on another machine asks to be let in with. */
export interface JoinRequest extends EdgePlan {
  readonly token: { readonly id: string; readonly secret: string };
  /** PKCS#10, PEM: the edge has the private key. */
  readonly request: string;
}

/** All that it needs from then on. */
export interface Joined {
  readonly edge: string;
  readonly zone: string | undefined;
  readonly addresses: string | undefined;
  readonly certificate: string;
  /** PEM: whom it trusts to be the control plane. */
  readonly authority: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface JoinDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly root: RootOfCustody;
  readonly signers: Signers;
}

/**
 * Lets an edge in that has a token: whichever of several asks first, and who asks again with the same key because the
 * answer was lost. Throws `edge-token-invalid`, `edge-input-invalid` and `edge-name-used`; then the token can be used still.
 */
export async function joinFleet(request: JoinRequest, deps: JoinDeps): Promise<Joined> {
  const { store } = deps;
  const csr = readRequest(request.request);
  const token = await findJoinToken(store, request.token);
  const plan = planOf(request, token);
  checkPlan(plan);
  const { edge } = plan;
  if (edge === undefined) throw invalid("The edge needs a name: neither it nor its token says one.");
  const authority = await fleetAuthority(deps);
  const identity = signEdgeIdentity({ edge, ...csr }, authority, deps.clock.now());
  const accessKey = await store.transaction().execute(async (tx) => {
    await admit(tx, { ...plan, edge }, { token, csr }, identity, deps);
    return findEdgeKey(tx, FIRST_ACCOUNT, edge);
  });
  if (!accessKey) throw new Error(`the edge ${edge} has no access key`);
  return {
    ...plan,
    edge,
    certificate: identity.certificate,
    authority: authority.certificate,
    ...openAccessKey(accessKey, deps),
  };
}

/** The next certificate (PEM) of an edge that joined, for the key of its request; undefined when it is no member. */
export async function renewEdgeIdentity(edge: string, request: string, deps: JoinDeps): Promise<string | undefined> {
  const csr = readRequest(request);
  const authority: FleetAuthority = await fleetAuthority(deps);
  const identity = signEdgeIdentity({ edge, ...csr }, authority, deps.clock.now());
  const stored = { serial: identity.serial, notAfter: identity.notAfter.getTime() };
  return await deps.store.transaction().execute(async (tx) => {
    if (!(await renewEdgeMember(tx, edge, stored))) return undefined;
    await recordIn(tx, identityAct("RenewEdgeIdentity", edge, csr, deps.ids), deps.clock);
    return identity.certificate;
  });
}

type NamedPlan = EdgePlan & { readonly edge: string };

async function admit(
  tx: Tx,
  plan: NamedPlan,
  { token, csr }: { readonly token: StoredEdgeToken; readonly csr: CertificateRequest },
  identity: EdgeCertificateOfFleet,
  deps: JoinDeps,
): Promise<void> {
  const { edge } = plan;
  const now = deps.clock.now().getTime();
  const usedKey = digest("edge key", csr.subjectPublicKeyInfo.toString("base64"));
  const fresh = await useEdgeToken(tx, token.id, { usedAt: now, usedBy: edge, usedKey });
  if (!fresh && !(await isAskedAgain(tx, token.id, { edge, usedKey, now }))) throw tokenInvalid();
  if (!fresh) {
    await renewEdgeMember(tx, edge, { serial: identity.serial, notAfter: identity.notAfter.getTime() });
    return;
  }
  await checkName(tx, edge, token);
  await checkAddresses(tx, edge, plan.addresses);
  await removeEarlier(tx, edge, deps);
  await insertMember(tx, plan, identity, csr, deps);
}

/** Ends the earlier life of an edge, if it had one. */
async function removeEarlier(tx: Tx, edge: string, deps: Pick<JoinDeps, "clock">): Promise<void> {
  const left = await balancersAt(tx, edge);
  await forgetEdge(tx, edge, FIRST_ACCOUNT, deps);
  for (const arn of left) await announceTarget(tx, arn);
}

async function insertMember(
  tx: Tx,
  { edge, zone, addresses }: NamedPlan,
  { serial, notAfter }: EdgeCertificateOfFleet,
  csr: CertificateRequest,
  { clock, ids, root }: JoinDeps,
): Promise<void> {
  const key = newAccessKey(FIRST_ACCOUNT, { kind: "edge", edge }, { root, clock, ids });
  const joinedAt = clock.now().getTime();
  const where = { zone: zone ?? null, addresses: addresses ?? null };
  const member = { edge, ...where, serial, notAfter: notAfter.getTime(), accessKeyId: key.id, joinedAt };
  if (!(await insertEdgeMember(tx, member))) throw nameUsed(edge); // by somebody just now
  await keepAccessKey(tx, key, { clock });
  await recordIn(tx, identityAct("JoinFleet", edge, csr, ids), clock);
}

/** The same edge did not hear the answer. */
async function isAskedAgain(
  db: Db,
  id: string,
  { edge, usedKey, now }: { readonly edge: string; readonly usedKey: Buffer; readonly now: number },
): Promise<boolean> {
  const token = await findEdgeToken(db, id);
  if (!token?.usedKey || token.usedBy !== edge || token.expiresAt <= now) return false;
  if (!usedKey.equals(token.usedKey)) return false;
  return (await findEdgeMember(db, edge))?.joinedAt === token.usedAt; // another one may have that name by now
}

/** A token that names an edge may replace it; any other must bring a name that nobody has. */
async function checkName(db: Db, edge: string, token: StoredEdgeToken): Promise<void> {
  if (token.edge === null && (await findEdgeMember(db, edge))) throw nameUsed(edge);
}

function nameUsed(edge: string): Refusal {
  return new Refusal(
    "edge-name-used",
    `There is an edge ${edge} already. Choose another name, or create a token for that name to replace it.`,
  );
}

/** What the token says counts; where it says nothing, what the edge says. */
function planOf(request: EdgePlan, token: StoredEdgeToken): EdgePlan {
  const choose = (what: string, bound: string | null, asked: string | undefined): string | undefined => {
    if (bound !== null && asked !== undefined && bound !== asked) {
      throw invalid(`The token is for an edge with the ${what} ${bound}, not ${asked}.`);
    }
    return bound ?? asked;
  };
  return {
    edge: choose("name", token.edge, request.edge),
    zone: choose("zone", token.zone, request.zone),
    addresses: choose("addresses", token.addresses, request.addresses),
  };
}

function readRequest(request: string): CertificateRequest {
  try {
    const [block] = parsePem(request, 1);
    if (block?.label !== "CERTIFICATE REQUEST") throw new CsrError("it is no PEM of a CERTIFICATE REQUEST");
    const csr = readCsr(block.der);
    if (csr.publicKey.asymmetricKeyType === "ec" || csr.publicKey.asymmetricKeyType === "ed25519") return csr;
    throw new CsrError("an edge's key is of an elliptic curve");
  } catch (error) {
    throw invalid(`The certificate request cannot be used: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function invalid(message: string): Refusal {
  return new Refusal("edge-input-invalid", message);
}

/** That the fleet's CA certified a key which the edge made and keeps: the journal names it by its public half. */
function identityAct(
  eventName: "JoinFleet" | "RenewEdgeIdentity",
  edge: string,
  { subjectPublicKeyInfo }: Pick<CertificateRequest, "subjectPublicKeyInfo">,
  ids: Ids,
): Act {
  return {
    account: FIRST_ACCOUNT,
    region: "us-east-1",
    principal: edgeArn(FIRST_ACCOUNT, edge),
    eventSource: "edge.sealkeeper",
    eventName,
    certificate: FLEET_KEY,
    requestId: ids.uuid(),
    detail: { publicKeySha256: publicKeyHash(subjectPublicKeyInfo) },
  };
}
