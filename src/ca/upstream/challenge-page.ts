import type { Page } from "#ca/pages.ts";
import { findChallengeValues } from "#store/challenge-answers.ts";
import type { Db } from "#store/store.ts";

/**
 * What a CA fetches for an http-01 challenge (RFC 8555 section 8.3): `/.well-known/acme-challenge/<token>`. Undefined
 * for all other paths.
 */
export async function challengePage(
  { method, path }: { readonly method: string; readonly path: string },
  { store }: { readonly store: Db },
): Promise<Page | undefined> {
  if (!path.startsWith(WELL_KNOWN)) return undefined;
  if (method !== "GET" && method !== "HEAD") return page(405, "GET only\n", { allow: "GET, HEAD" });
  const token = path.slice(WELL_KNOWN.length);
  const [value] = /^[\w-]{1,128}$/.test(token) ? await findChallengeValues(store, "http-01", token) : [];
  return value === undefined ? page(404, "no order waits for this token\n") : page(200, value);
}

function page(status: number, text: string, more: Readonly<Record<string, string>> = {}): Page {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...more };
  return { status, headers, body: Buffer.from(text) };
}

const WELL_KNOWN = "/.well-known/acme-challenge/";
