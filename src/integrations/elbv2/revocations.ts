import { TRUST_STORE_LIMITS, type TrustStore, type TrustStoreRevocation } from "#domain/balancers/trust-store.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { readCaBundle } from "#lib/ca-bundle.ts";
import { PemError, parsePem } from "#lib/pem.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { CrlError, type RevocationList, readCrl } from "#lib/x509-crl.ts";
import type { Store, Tx } from "#store/store.ts";
import { insertRevocation, listRevocations, readBundle, removeRevocation } from "#store/trust-stores.ts";
import type { BalancerDeps } from "./deps.ts";
import { changedTrustStore, trustStoreOf } from "./find.ts";
import { onePage, type Page, type Pages, page } from "./paging.ts";
import { announceContents } from "./trust-store-changes.ts";
import type { ObjectName } from "./trust-stores.ts";

/**
 * Adds the revocation lists of files to a trust store, all of them or none; each must be signed by one of its CAs. Throws
 * `revocation-content-not-found`, `revocation-content-invalid`, `revocations-too-many`, `trust-store-not-found`.
 */
export async function addRevocations(
  text: string,
  names: readonly ObjectName[],
  owner: Owner,
  deps: BalancerDeps,
): Promise<readonly TrustStoreRevocation[]> {
  if (names.length === 0) throw new Refusal("balancer-input-invalid", "A revocation file must be specified");
  const lists = (await Promise.all(names.map((name) => readFile(name, deps)))).flat();
  return await deps.store.transaction().execute(async (tx) => {
    const trustStore = await changedTrustStore(tx, text, owner);
    await checkSigners(tx, trustStore, lists);
    const added: TrustStoreRevocation[] = [];
    for (const { content, list } of lists) {
      added.push(await insertRevocation(tx, trustStore.arn, { content, entries: list.entries }));
    }
    await checkLimits(tx, trustStore);
    await announceContents(tx, trustStore.arn);
    return added;
  });
}

/** Removes revocation lists, all of them or none. Throws `revocation-not-found`, `trust-store-not-found`. */
export async function removeRevocations(
  text: string,
  ids: readonly number[],
  owner: Owner,
  { store }: BalancerDeps,
): Promise<void> {
  if (ids.length === 0) throw new Refusal("balancer-input-invalid", "A revocation ID must be specified");
  await store.transaction().execute(async (tx) => {
    const { arn } = await changedTrustStore(tx, text, owner);
    for (const id of new Set(ids)) {
      if (!(await removeRevocation(tx, arn, id))) throw revocationNotFound(id);
    }
    await announceContents(tx, arn);
  });
}

/** The revocation lists of a trust store: those named, or all by id. Throws as `removeRevocations`. */
export async function findRevocations(
  text: string,
  ids: readonly number[],
  pages: Pages,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<Page<TrustStoreRevocation>> {
  const { arn } = await trustStoreOf(store, text, owner);
  if (ids.length === 0) {
    return await page(
      pages,
      ({ id }) => String(id),
      (after, limit) => listRevocations(store, arn, Number(after ?? 0) || 0, limit),
    );
  }
  const all = new Map(
    (await listRevocations(store, arn, 0, TRUST_STORE_LIMITS.revocationLists)).map((list) => [list.id, list]),
  );
  const named = [...new Set(ids)].map((id) => {
    const found = all.get(id);
    if (!found) throw revocationNotFound(id);
    return found;
  });
  return onePage(named);
}

export function revocationNotFound(id: number): Refusal {
  return new Refusal("revocation-not-found", `The revocation ID '${id}' does not exist in the trust store`);
}

interface ReadList {
  readonly content: Buffer;
  readonly list: RevocationList;
}

/** A file is one list in DER, or PEM blocks of lists. */
async function readFile({ bucket, key }: ObjectName, { readObject }: BalancerDeps): Promise<readonly ReadList[]> {
  const file = await readObject(bucket, key, TRUST_STORE_LIMITS.fileBytes);
  if (file === "missing") {
    throw new Refusal("revocation-content-not-found", `There is no revocation file '${key}' in the bucket '${bucket}'`);
  }
  if (file === "too-large") {
    throw invalid(key, `it has more than ${TRUST_STORE_LIMITS.fileBytes} bytes`);
  }
  try {
    const lists = file[0] === DER_SEQUENCE ? [file] : pemLists(file);
    if (lists.length === 0) throw invalid(key, "it holds no revocation list");
    return lists.map((content) => ({ content, list: readCrl(content) }));
  } catch (error) {
    if (error instanceof CrlError || error instanceof PemError) throw invalid(key, error.message);
    throw error;
  }
}

function pemLists(file: Buffer): Buffer[] {
  const blocks = parsePem(file.toString("latin1").replaceAll(/^#.*$/gm, ""), TRUST_STORE_LIMITS.revocationLists);
  const other = blocks.find(({ label }) => label !== "X509 CRL");
  if (other) throw new PemError(`the block in line ${other.line} is ${other.label}, not X509 CRL`);
  return blocks.map(({ der }) => der);
}

/** A list that none of the trust store's CAs signed would never be looked at. */
async function checkSigners(tx: Tx, { arn }: TrustStore, lists: readonly ReadList[]): Promise<void> {
  const bundle = await readBundle(tx, arn);
  if (!bundle) throw new Error(`${arn} has no certificates`);
  const authorities = readCaBundle(bundle, TRUST_STORE_LIMITS).map((certificate) => ({
    subject: readCertificate(certificate.raw).subject,
    key: certificate.publicKey,
  }));
  for (const { list } of lists) {
    const signers = authorities.filter(({ subject }) => subject.equals(list.issuer));
    if (!signers.some(({ key }) => list.verifies(key))) {
      throw new Refusal(
        "revocation-content-invalid",
        "A revocation list is not signed by one of the CA certificates of the trust store",
      );
    }
  }
}

async function checkLimits(tx: Tx, { arn }: TrustStore): Promise<void> {
  const { revocationLists, revokedEntries, revocationBytes } = TRUST_STORE_LIMITS;
  const all = await listRevocations(tx, arn, 0, revocationLists + 1);
  const sum = (of: (list: (typeof all)[number]) => number): number => all.reduce((total, list) => total + of(list), 0);
  const excess =
    all.length > revocationLists
      ? `${revocationLists} revocation lists`
      : sum(({ entries }) => entries) > revokedEntries
        ? `${revokedEntries} revoked certificates`
        : sum(({ size }) => size) > revocationBytes
          ? `${revocationBytes} bytes of revocation lists`
          : undefined;
  if (excess !== undefined) throw new Refusal("revocations-too-many", `A trust store can have up to ${excess}`);
}

function invalid(key: string, why: string): Refusal {
  return new Refusal("revocation-content-invalid", `The revocation file '${key}' is not valid: ${why}`);
}

const DER_SEQUENCE = 0x30;
