import type { Owner } from "#domain/names.ts";
import { digest, keyedHash } from "#lib/keyed-hash.ts";
import type { Db } from "#store/store.ts";
import { instanceSecret, type SecretDeps } from "./instance-secret.ts";

/** Where a page ended. */
export type PlaceParts = readonly (string | number | null)[];

/** The NextTokens of one list: each holds a place in it, and the proof that it was ours. */
export interface PageTokens {
  write(place: PlaceParts): string;
  /** The place of a token; undefined when it was answered for another list, or never. */
  read(token: string): PlaceParts | undefined;
}

/** The tokens of one list of one owner: they fit no other account, region, filter or order. `list` says which it is. */
export async function pageTokens(
  db: Db,
  { account, region }: Owner,
  list: readonly string[],
  deps: SecretDeps,
): Promise<PageTokens> {
  using secret = await instanceSecret(db, "page-tokens", deps);
  const key = keyedHash(secret.bytes, digest(account, region, ...list).toString("hex"));
  const write = (place: PlaceParts): string => {
    const text = JSON.stringify(place);
    return Buffer.from(`${keyedHash(key, text).toString("base64url")}.${text}`).toString("base64url");
  };
  return {
    write,
    read(token) {
      const place = parsePlace(
        Buffer.from(token, "base64url")
          .toString()
          .slice(MAC_DIGITS + 1),
      );
      // The token is public to its owner and only guards against mixing lists up, so comparing texts gives nothing away.
      return place && write(place) === token ? place : undefined;
    },
  };
}

function parsePlace(text: string): PlaceParts | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? (parsed as PlaceParts) : undefined;
  } catch {
    return undefined;
  }
}

/** Of a SHA-256 in base64url. */
const MAC_DIGITS = 43;
