import { type TrustStoreArn, trustStoreArn } from "#domain/balancers/arns.ts";
import { checkTrustStoreName } from "#domain/balancers/names.ts";
import { TRUST_STORE_LIMITS, type TrustStore } from "#domain/balancers/trust-store.ts";
import type { EdgeTrustStore } from "#domain/edge-config.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { BundleError, readCaBundle, writeCaBundle } from "#lib/ca-bundle.ts";
import { announce } from "#store/edge-changes.ts";
import { listListenersTrusting } from "#store/listeners.ts";
import type { Db } from "#store/store.ts";
import {
  findTrustStore,
  insertTrustStore,
  listRevocations,
  listTrustStores,
  readBundle,
  readRevocation,
  removeTrustStore,
  setBundle,
} from "#store/trust-stores.ts";
import type { BalancerDeps } from "./deps.ts";
import { changedTrustStore, heldTrustStore } from "./find.ts";
import { checkTags, type Tag, tag, untagAll } from "./tags.ts";
import { announceContents } from "./trust-store-changes.ts";

/** Where a file is, as the caller names it. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

export interface NewTrustStore {
  readonly name: string;
  readonly bundle: ObjectName;
  readonly tags: readonly Tag[];
}

/**
 * Makes a trust store of the CA certificates in a file. Throws `trust-store-name-used`, `trust-stores-too-many`,
 * `bundle-not-found`, `bundle-invalid`.
 */
export async function createTrustStore(request: NewTrustStore, owner: Owner, deps: BalancerDeps): Promise<TrustStore> {
  const { name, tags } = request;
  checkTrustStoreName(name);
  checkTags(tags);
  const { bundle, certificates } = await readBundleFile(request.bundle, deps);
  const { account, region } = owner;
  const arn = trustStoreArn(owner, name, deps.ids.hex(8));
  const made: TrustStore = { arn, account, region, name, version: 1, certificates, revokedEntries: 0 };
  return await deps.store.transaction().execute(async (tx) => {
    if (!(await insertTrustStore(tx, made, bundle))) {
      throw new Refusal("trust-store-name-used", `A trust store with the same name '${name}' exists`);
    }
    const most = deps.balancerQuotas.trustStores;
    if ((await listTrustStores(tx, owner, undefined, most + 1)).length > most) {
      throw new Refusal("trust-stores-too-many", `An account can have up to ${most} trust stores in a region`);
    }
    await tag(tx, arn, tags);
    return made;
  });
}

/** Replaces the CA certificates of a trust store. Throws `trust-store-not-found`, `bundle-not-found`, `bundle-invalid`. */
export async function modifyTrustStore(
  text: string,
  name: ObjectName,
  owner: Owner,
  deps: BalancerDeps,
): Promise<TrustStore> {
  const { bundle, certificates } = await readBundleFile(name, deps);
  return await deps.store.transaction().execute(async (tx) => {
    const present = await changedTrustStore(tx, text, owner);
    await setBundle(tx, present.arn, bundle, certificates);
    await announceContents(tx, present.arn);
    return { ...present, certificates };
  });
}

/** Removes a trust store with its revocation lists. Throws `trust-store-not-found`, `trust-store-in-use`. */
export async function deleteTrustStore(text: string, owner: Owner, { store }: BalancerDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { arn } = await heldTrustStore(tx, text, owner);
    const [listener] = await listListenersTrusting(tx, arn, undefined, 1);
    if (listener) {
      throw new Refusal("trust-store-in-use", `Trust store '${arn}' is currently in use by '${listener.arn}'`);
    }
    await removeTrustStore(tx, arn);
    await untagAll(tx, [arn]);
    await announce(tx, { kind: "trust-store", trustStoreArn: arn });
  });
}

/** A trust store as edges get it; undefined when there is none, or no listener asks its clients by it. */
export async function edgeTrustStore(db: Db, arn: TrustStoreArn): Promise<EdgeTrustStore | undefined> {
  const [listener] = await listListenersTrusting(db, arn, undefined, 1);
  // The version first: contents that are newer than it come again under their own.
  const store = listener && (await findTrustStore(db, arn));
  const bundle = store && (await readBundle(db, arn));
  if (!bundle) return undefined;
  const revocations: Uint8Array[] = [];
  for (const { id } of await listRevocations(db, arn, 0, TRUST_STORE_LIMITS.revocationLists)) {
    const content = await readRevocation(db, arn, id);
    if (content) revocations.push(content);
  }
  return { arn, version: String(store.version), bundle, revocations };
}

async function readBundleFile(
  { bucket, key }: ObjectName,
  { readObject }: BalancerDeps,
): Promise<{ readonly bundle: Buffer; readonly certificates: number }> {
  const file = await readObject(bucket, key, TRUST_STORE_LIMITS.fileBytes);
  if (file === "missing") {
    throw new Refusal("bundle-not-found", `There is no CA certificates bundle '${key}' in the bucket '${bucket}'`);
  }
  if (file === "too-large") {
    throw new Refusal(
      "bundle-invalid",
      `The CA certificates bundle has more than ${TRUST_STORE_LIMITS.fileBytes} bytes`,
    );
  }
  try {
    const certificates = readCaBundle(file, TRUST_STORE_LIMITS);
    return { bundle: writeCaBundle(certificates), certificates: certificates.length };
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new Refusal("bundle-invalid", `The CA certificates bundle is not valid: ${error.message}`);
  }
}
