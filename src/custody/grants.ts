import { createHash } from "node:crypto";
import type { KeyArn } from "#domain/arn.ts";
import { parseArn, rootArn } from "#domain/arn.ts";
import type { Grant } from "#domain/keys/grant.ts";
import { type GrantConstraints, readConstraint } from "#domain/keys/grant-parameters.ts";
import { grantFacts } from "#domain/keys/key-facts.ts";
import { keyIdOf } from "#domain/keys/names.ts";
import { ACM, type ServicePrincipal } from "#domain/keys/service-authority.ts";
import type { Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { deleteGrant, findGrant, insertGrant } from "#store/grants.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { contextDigest } from "./context-digest.ts";
import type { Keeping } from "./custody.ts";
import { writeGrantToken } from "./grant-tokens.ts";
import { keyAct, serviceActor } from "./key-acts.ts";
import { checkService } from "./service-authority.ts";

/** What it takes to make and end grants in somebody else's transaction. */
export type GrantDeps = Keeping;

/** What a service lets a load balancer do with the key of a certificate or a secret. */
export interface GrantRequest {
  readonly keyArn: KeyArn;
  /** The load balancer's ARN. */
  readonly granteePrincipal: string;
  readonly operations: Grant["operations"];
  readonly constraints: GrantConstraints | undefined;
  /** Asking again with the same name and parameters gives the same grant. */
  readonly name: string | undefined;
  /** Whose grant it is; Certificate Manager's when it is not said. */
  readonly service?: ServicePrincipal;
}

export interface GrantHandle {
  readonly grantId: string;
  readonly grantToken: string;
}

/** Grants the use of a key on a service's behalf: the grant exists if and only if the transaction commits. */
export async function createGrant(tx: Tx, request: GrantRequest, deps: GrantDeps): Promise<GrantHandle> {
  const { keyArn, name, granteePrincipal, operations, service = ACM } = request;
  const owner = ownerOf(keyArn);
  const constraint = readConstraint(request.constraints);
  const issuingAccount = rootArn(owner.account);
  const grant = { name, granteePrincipal, operations, retiringPrincipal: service, issuingAccount, constraint };
  const key = await findMasterKey(tx, keyIdOf(keyArn));
  if (!key) throw new Error(`the key ${keyArn} is missing`);
  const context = constraint?.context ?? {};
  checkService(key, { service, owner, operation: "CreateGrant", context, facts: grantFacts(grant) });
  const handle = await storeGrant(tx, keyArn, grant, deps);
  const about = { key: keyArn, grantId: handle.grantId, ...grantDetail(grant) };
  const act = keyAct(serviceActor(service, owner, deps.ids), "CreateGrant", about);
  await recordIn(tx, act, deps.clock);
  return handle;
}

/** A grant that a service made. */
export interface ServiceGrant {
  readonly keyArn: KeyArn;
  readonly grantId: string;
  /** Certificate Manager when it is not said. */
  readonly service?: ServicePrincipal;
}

/** Ends a grant on its service's behalf, in the same transaction as its reason. One that is gone stays gone. */
export async function retireGrant(
  tx: Tx,
  { keyArn, grantId, service = ACM }: ServiceGrant,
  deps: GrantDeps,
): Promise<void> {
  const grant = await findGrant(tx, keyIdOf(keyArn), grantId);
  if (grant && grant.retiringPrincipal !== service) throw new Error(`the grant ${grantId} is none of ${service}`);
  if (!(await deleteGrant(tx, keyIdOf(keyArn), grantId))) return;
  const actor = serviceActor(service, ownerOf(keyArn), deps.ids);
  const facts = grant ? grantDetail(grant) : {};
  await recordIn(tx, keyAct(actor, "RetireGrant", { key: keyArn, grantId, ...facts }), deps.clock);
}

/** What the journal says of a grant: who may do what with the key, and for which encryption context. */
export function grantDetail({
  granteePrincipal,
  operations,
  constraint,
}: Pick<Grant, "granteePrincipal" | "operations" | "constraint">): Pick<
  Parameters<typeof keyAct>[2],
  "context" | "detail"
> {
  const detail = { granteePrincipal, operations: operations.join(" "), constraint: constraint?.kind ?? "none" };
  return { context: constraint?.context, detail };
}

/** Stores a grant, and gives it a token of its own even where it was there before. */
export async function storeGrant(
  tx: Tx,
  keyArn: KeyArn,
  grant: Omit<Grant, "id"> & { readonly name: string | undefined },
  { clock, ids, root }: GrantDeps,
): Promise<GrantHandle> {
  const { constraint } = grant;
  const grantId = await insertGrant(tx, {
    ...grant,
    id: ids.hex(32),
    keyId: keyIdOf(keyArn),
    owner: ownerOf(keyArn),
    createdAt: clock.now(),
    contextDigest: constraint?.kind === "equals" ? contextDigest(constraint.context) : "",
    sameness: grant.name === undefined ? undefined : sameness(grant),
  });
  return { grantId, grantToken: writeGrantToken({ keyArn, grantId }, root) };
}

function sameness(grant: Omit<Grant, "id"> & { readonly name: string | undefined }): string {
  const { name, granteePrincipal, retiringPrincipal, issuingAccount, constraint } = grant;
  const parameters = [
    [name, granteePrincipal, retiringPrincipal, issuingAccount],
    [...new Set(grant.operations)].sort(),
    constraint && [constraint.kind, contextDigest(constraint.context)],
  ];
  return createHash("sha256").update(JSON.stringify(parameters)).digest("hex");
}

function ownerOf(keyArn: KeyArn): Owner {
  const { account, region } = parseArn(keyArn) ?? {};
  if (!account || !region) throw new Error(`${keyArn} is no key's ARN`);
  return { account, region };
}
