import { readAcmeUrl, Unreachable } from "./https-exchange.ts";

/** Where the directory of a public CA is, and what we call it. */
export interface KnownCa {
  readonly name: string;
  readonly directory: string;
}

/** A CA by its short name, or by the URL of its directory: then its host is its name. Undefined for what is neither. */
export function findCa(text: string): KnownCa | undefined {
  const known = DIRECTORIES.get(text.toLowerCase());
  if (known !== undefined) return { name: text.toLowerCase(), directory: known };
  try {
    const url = readAcmeUrl(text);
    return { name: url.host, directory: url.href };
  } catch (error) {
    if (error instanceof Unreachable) return undefined;
    throw error;
  }
}

/** The directories that these CAs publish for everybody (November 2026). */
const DIRECTORIES: ReadonlyMap<string, string> = new Map([
  ["letsencrypt", "https://acme-v02.api.letsencrypt.org/directory"],
  ["letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"],
  ["zerossl", "https://acme.zerossl.com/v2/DV90"],
  ["google", "https://dv.acme-v02.api.pki.goog/directory"],
  ["google-staging", "https://dv.acme-v02.test-api.pki.goog/directory"],
]);

/** The short names, for help. */
export const KNOWN_CAS: readonly string[] = [...DIRECTORIES.keys()];
