import { baseDomain } from "#domain/certificate/requested-names.ts";
import type { AccountId, DomainName } from "#domain/names.ts";
import { keyedHash } from "#lib/keyed-hash.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { instanceSecret, type SecretDeps } from "#lifecycle/instance-secret.ts";
import type { Db } from "#store/store.ts";
import type { HttpToken } from "#validation/http.ts";

/**
 * Where the token of a domain must be found and where it is served by us, the same for every request of an account.
 * `publicUrl` is the origin at which others reach us.
 * https://docs.aws.amazon.com/acm/latest/userguide/http-validation.html
 */
export function httpRedirect(
  secret: PlaintextKey,
  account: AccountId,
  domain: DomainName,
  publicUrl: string,
): { readonly from: string; readonly to: string } {
  const base = baseDomain(domain);
  const file = keyedHash(secret.bytes, "http-file", account, base).toString("hex", 0, FILE_BYTES);
  return { from: `http://${base}${fileUrl(file)}`, to: `${publicUrl}/${tagOf(secret, file)}${fileUrl(file)}` };
}

/** The content that a redirect's target has. Throws when it is none of ours. */
export function httpToken(secret: PlaintextKey, redirectFrom: string, redirectTo: string): HttpToken {
  const content = contentAt(secret, new URL(redirectTo).pathname);
  if (content === undefined) throw new Error(`${redirectTo} is no token of this installation`);
  return { redirectFrom, redirectTo, content };
}

/** What is served at a path of ours; undefined where no token is. */
export async function servedToken(db: Db, path: string, deps: SecretDeps): Promise<string | undefined> {
  if (!PATH.test(path)) return undefined;
  using secret = await instanceSecret(db, "validation-records", deps);
  return contentAt(secret, path);
}

/** The tag in a path can only be made with the secret, so that nothing has to be looked up to know what we gave out. */
function contentAt(secret: PlaintextKey, path: string): string | undefined {
  const [, tag, file = ""] = PATH.exec(path) ?? [];
  if (tag === undefined || tag !== tagOf(secret, file)) return undefined;
  return keyedHash(secret.bytes, "http-content", file).toString("hex");
}

function tagOf(secret: PlaintextKey, file: string): string {
  return keyedHash(secret.bytes, "http-tag", file).toString("hex", 0, TAG_BYTES);
}

const fileUrl = (file: string): string => `/.well-known/pki-validation/${file}.txt`;

const PATH = /^\/([0-9a-f]{12})\/\.well-known\/pki-validation\/([0-9a-f]{32})\.txt$/;
const FILE_BYTES = 16;
const TAG_BYTES = 6;
