import type { Signers } from "#ca/signers.ts";
import { Refusal } from "#domain/refusal.ts";

/** A place in one list, sealed for its owner: it fits no other list, and tells nothing. */
export function writePageToken(
  list: string,
  place: readonly (string | number)[],
  { root }: Pick<Signers, "root">,
): string {
  return root.tokens.seal(Buffer.from(JSON.stringify(place)), purpose(list)).toString("base64url");
}

/** What was written. Throws `private-ca-page-token-invalid` for a token of another list, or none. */
export function readPageToken(token: string, list: string, { root }: Pick<Signers, "root">): readonly unknown[] {
  try {
    using place = root.tokens.open(Buffer.from(token, "base64url"), purpose(list));
    return JSON.parse(place.bytes.toString()) as readonly unknown[];
  } catch (error) {
    throw new Refusal("private-ca-page-token-invalid", "The token specified in the NextToken argument is not valid.", {
      cause: error,
    });
  }
}

/** One page of a short list that is read as a whole; `list` names it and its owner. */
export function pageOf<Item>(
  items: readonly Item[],
  { list, limit, token }: { readonly list: string; readonly limit: number; readonly token: string | undefined },
  signers: Pick<Signers, "root">,
): { readonly page: readonly Item[]; readonly nextToken: string | undefined } {
  const from = token === undefined ? 0 : Number(readPageToken(token, list, signers)[0]);
  const end = from + limit;
  return {
    page: items.slice(from, end),
    nextToken: end < items.length ? writePageToken(list, [end], signers) : undefined,
  };
}

function purpose(list: string): string {
  return `private-ca-page:${list}`;
}
