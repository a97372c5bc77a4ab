import { keyDestroyedAct, keyMadeAct } from "#custody/sealed-key-acts.ts";
import { type AcmeBindingArn, acmeBindingArn, lastPartOf } from "#domain/acme/arns.ts";
import { ACME_QUOTAS } from "#domain/acme/endpoint.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { later, type Millis } from "#lib/duration.ts";
import {
  type AcmeBinding,
  countAcmeBindings,
  deleteAcmeBinding,
  findAcmeBinding,
  findSealedMacKey,
  insertAcmeBinding,
  pageAcmeBindings,
  revokeAcmeBinding,
} from "#store/acme-bindings.ts";
import { holdAcmeEndpoint } from "#store/acme-endpoints.ts";
import { writeAcmeTags } from "#store/acme-tags.ts";
import type { Store } from "#store/store.ts";
import { acmeNotFound, holdActiveEndpoint, ownEndpoint, readOwnArn } from "./find.ts";
import { newMacKey, openMacKey } from "./mac-key.ts";
import { madeBefore, requestIdentity } from "./once.ts";
import { type Page, type PageDeps, type PageRequest, pageOf } from "./pages.ts";
import { withAcmeTags } from "./tag-rules.ts";

export type { AcmeBinding } from "#store/acme-bindings.ts";

export interface NewBinding {
  readonly endpointArn: string;
  /** As whom its clients act. There is no IAM yet: it is kept and shown, and decides nothing. */
  readonly roleArn: string;
  /** How long it can register accounts; undefined: for ever. */
  readonly lifetime: Millis | undefined;
  readonly tags: readonly Tag[];
  readonly idempotencyToken: string | undefined;
}

export interface BindingDeps extends PageDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Makes an external account binding with a MAC key of its own, sealed. Throws `acme-not-found`, `acme-conflict` when the
 * endpoint is not ACTIVE, `acme-quota-exceeded`, and `acme-input-invalid` for a role of another account and for tags.
 */
export async function createBinding(
  { endpointArn: text, roleArn, lifetime, ...wanted }: NewBinding,
  caller: Caller,
  deps: BindingDeps,
): Promise<AcmeBinding> {
  const { arn: endpointArn } = readOwnArn(text, "acme-endpoint", caller);
  checkRole(roleArn, caller);
  const tags = withAcmeTags([], wanted.tags);
  const asked = { roleArn, lifetime, tags };
  const request = requestIdentity(caller, `binding ${endpointArn}`, wanted.idempotencyToken, asked);
  const arn = acmeBindingArn(endpointArn, deps.ids.uuid());
  return await deps.store.transaction().execute(async (tx) => {
    await holdActiveEndpoint(tx, endpointArn, caller);
    const now = deps.clock.now();
    const earlier = await madeBefore(tx, "acmeBindings", request, now);
    const known = earlier === undefined ? undefined : await findAcmeBinding(tx, earlier as AcmeBindingArn);
    if (known) return known;
    if ((await countAcmeBindings(tx, endpointArn)) >= ACME_QUOTAS.bindings) {
      throw new Refusal(
        "acme-quota-exceeded",
        `The ACME endpoint has ${ACME_QUOTAS.bindings} external account bindings, which is the most there can be.`,
      );
    }
    const sealedMacKey = newMacKey(arn, deps);
    const inserted = await insertAcmeBinding(tx, {
      arn,
      endpointArn,
      roleArn,
      createdAt: now.getTime(),
      updatedAt: now.getTime(),
      expiresAt: lifetime === undefined ? null : later(now, lifetime).getTime(),
      sealedMacKey,
      ...request,
    });
    const made = inserted ? await findAcmeBinding(tx, arn) : undefined;
    if (!made) throw new Error(`binding ${arn} was not recorded`);
    await recordIn(tx, keyMadeAct({ sealed: sealedMacKey, resource: arn, owner: caller }), deps.clock);
    await writeAcmeTags(tx, arn, tags);
    return made;
  });
}

/** Throws `acme-not-found`. */
export async function describeBinding(text: string, caller: Owner, { store }: BindingDeps): Promise<AcmeBinding> {
  const { arn } = readOwnArn(text, "acme-external-account-binding", caller);
  const binding = await findAcmeBinding(store, arn);
  if (!binding) throw acmeNotFound("acme-external-account-binding", arn, caller);
  return binding;
}

/** What an ACME client is configured with. */
export interface BindingCredentials {
  /** A UUID. */
  readonly keyId: string;
  /** 32 bytes as 43 characters of base64url. */
  readonly macKey: string;
}

/** The credentials, as often as they are asked for. Throws `acme-not-found`. */
export async function bindingCredentials(text: string, caller: Owner, deps: BindingDeps): Promise<BindingCredentials> {
  const { arn } = readOwnArn(text, "acme-external-account-binding", caller);
  const sealed = await findSealedMacKey(deps.store, arn);
  if (!sealed) throw acmeNotFound("acme-external-account-binding", arn, caller);
  using key = openMacKey(arn, sealed, deps);
  // AWS gives it out as text by this very operation; it leaves in the answer and is kept nowhere.
  return { keyId: lastPartOf(arn), macKey: key.bytes.toString("base64url") };
}

/** One page of an endpoint's bindings. Throws `acme-not-found` and `acme-input-invalid`. */
export async function listBindings(
  endpoint: string,
  request: PageRequest,
  caller: Owner,
  deps: BindingDeps,
): Promise<Page<AcmeBinding>> {
  const { arn } = await ownEndpoint(deps.store, endpoint, caller);
  const read = {
    read: (after: Parameters<typeof pageAcmeBindings>[2], limit: number) =>
      pageAcmeBindings(deps.store, arn, after, limit),
    placeOf: ({ createdAt, arn: key }: AcmeBinding) => ({ createdAt, key }),
  };
  return await pageOf(request, ["acme-bindings", arn], caller, read, deps);
}

/** Ends a binding's power to register accounts; those that it registered go on. Throws `acme-not-found`. */
export async function revokeBinding(text: string, caller: Owner, { store, clock }: BindingDeps): Promise<void> {
  const { arn, endpointArn } = readOwnArn(text, "acme-external-account-binding", caller);
  await store.transaction().execute(async (tx) => {
    await holdAcmeEndpoint(tx, endpointArn);
    if (!(await findAcmeBinding(tx, arn))) throw acmeNotFound("acme-external-account-binding", arn, caller);
    await revokeAcmeBinding(tx, arn, clock.now().getTime());
  });
}

/** Removes a binding with its MAC key; accounts that it registered go on. One that is gone is no fault. */
export async function deleteBinding(text: string, caller: Owner, { store, clock }: BindingDeps): Promise<void> {
  const { arn, endpointArn } = readOwnArn(text, "acme-external-account-binding", caller);
  await store.transaction().execute(async (tx) => {
    await holdAcmeEndpoint(tx, endpointArn);
    await writeAcmeTags(tx, arn, []);
    if (await deleteAcmeBinding(tx, arn)) await recordIn(tx, keyDestroyedAct({ resource: arn, owner: caller }), clock);
  });
}

/** A role can be passed within its own account only. */
function checkRole(roleArn: string, { account }: Owner): void {
  const [, owner] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(roleArn) ?? [];
  if (owner === undefined) throw new Refusal("acme-input-invalid", `${roleArn} is not the ARN of an IAM role.`);
  if (owner !== account) {
    throw new Refusal(
      "acme-input-invalid",
      `The role ${roleArn} is one of account ${owner}; a role of account ${account} is needed.`,
    );
  }
}
