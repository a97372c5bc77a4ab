import { parseTrustStoreArn, type TrustStoreArn } from "#domain/balancers/arns.ts";
import type { Owner } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis } from "#lib/duration.ts";
import { keyedHash } from "#lib/keyed-hash.ts";
import { pem } from "#lib/pem.ts";
import { instanceSecret, type SecretDeps } from "#lifecycle/instance-secret.ts";
import type { Db, Store } from "#store/store.ts";
import { readBundle, readRevocation } from "#store/trust-stores.ts";
import type { BalancerDeps } from "./deps.ts";
import { trustStoreOf } from "./find.ts";
import { revocationNotFound } from "./revocations.ts";

/** Where the files of trust stores are served, for those who have a link. */
export const TRUST_STORE_PATH = "/_sealkeeper/trust-stores";

/**
 * A URL of our own under which everybody can fetch the CA certificates of a trust store, or one of its revocation lists,
 * for the next ten minutes. Throws `trust-store-not-found`, `revocation-not-found`.
 */
export async function trustStoreLink(
  text: string,
  revocation: number | undefined,
  owner: Owner,
  deps: BalancerDeps,
): Promise<string> {
  const { arn } = await trustStoreOf(deps.store, text, owner);
  if (revocation !== undefined && !(await readRevocation(deps.store, arn, revocation))) {
    throw revocationNotFound(revocation);
  }
  const words = JSON.stringify([arn, revocation ?? null, later(deps.clock.now(), LIFE).getTime()]);
  const mac = await sign(deps.store, words, deps);
  return `${deps.publicUrl}${TRUST_STORE_PATH}/${Buffer.from(words).toString("base64url")}.${mac.toString("base64url")}`;
}

/** What stands behind the token of a link, PEM; undefined when it is not ours, is too old, or its subject is gone. */
export async function linkedContent(
  token: string,
  deps: SecretDeps & { readonly store: Store; readonly clock: Clock },
): Promise<Buffer | undefined> {
  const [encoded = "", given = ""] = token.slice(0, MOST_TOKEN).split(".");
  const words = Buffer.from(encoded, "base64url").toString();
  const mac = await sign(deps.store, words, deps);
  // Of equal length or not: two digests of what is compared give nothing away.
  if (!keyedHash(mac, given).equals(keyedHash(mac, mac.toString("base64url")))) return undefined;
  const [arn, revocation, until] = JSON.parse(words) as [string, number | null, number];
  const of = parseTrustStoreArn(arn);
  if (!of || until < deps.clock.now().getTime()) return undefined;
  return await contentOf(deps.store, of, revocation);
}

async function contentOf(db: Db, arn: TrustStoreArn, revocation: number | null): Promise<Buffer | undefined> {
  if (revocation === null) {
    const bundle = await readBundle(db, arn);
    return bundle && Buffer.from(bundle);
  }
  const list = await readRevocation(db, arn, revocation);
  return list && Buffer.from(pem("X509 CRL", list));
}

async function sign(db: Db, words: string, deps: SecretDeps): Promise<Buffer> {
  using secret = await instanceSecret(db, "trust-store-links", deps);
  return keyedHash(secret.bytes, words);
}

const LIFE: Millis = 10 * MINUTE;
const MOST_TOKEN = 1024;
