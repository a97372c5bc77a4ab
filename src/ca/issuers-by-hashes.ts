import { hash } from "node:crypto";
import { publicKeyBits, type RawCertificate, readCertificate } from "#lib/x509-certificate.ts";
import { countIssuers, type IssuerRow, listIssuers } from "#store/issuers.ts";
import type { Db } from "#store/store.ts";

/** An issuer of the built-in hierarchies, as OCSP looks for it. */
export type NamedIssuer = Pick<IssuerRow, "id" | "notBefore" | "notAfter">;

/** How OCSP names a CA, for each hash that it may use: `<hash> <hash of its name> <hash of its key>`, hexadecimal. */
export function ocspHashes({ subject, subjectPublicKeyInfo }: RawCertificate): string[] {
  const key = publicKeyBits(subjectPublicKeyInfo);
  return OCSP_HASHES.map((algorithm) => `${algorithm} ${hash(algorithm, subject)} ${hash(algorithm, key)}`);
}

/**
 * The issuers of the built-in hierarchies by the hashes that OCSP names them by. They are hashed once, and again when
 * there are more of them: none is ever changed or removed. So a question about an issuer that nobody knows costs a count.
 */
export class IssuersByHashes {
  #issuers: ReadonlyMap<string, NamedIssuer> = new Map();
  #count = 0;

  /** One that was found before, or stood there when another one was looked for. */
  known(hashes: string): NamedIssuer | undefined {
    return this.#issuers.get(hashes);
  }

  async find(db: Db, hashes: string): Promise<NamedIssuer | undefined> {
    if (!this.#issuers.has(hashes) && (await countIssuers(db)) !== this.#count) this.#hash(await listIssuers(db));
    return this.#issuers.get(hashes);
  }

  clear(): void {
    this.#issuers = new Map();
    this.#count = 0;
  }

  /** Of several that read them at once, the first hashes them. */
  #hash(rows: readonly IssuerRow[]): void {
    if (rows.length <= this.#count) return;
    this.#issuers = new Map(
      rows.flatMap(({ id, certificate, notBefore, notAfter }) =>
        ocspHashes(readCertificate(certificate)).map((hashes) => [hashes, { id, notBefore, notAfter }] as const),
      ),
    );
    this.#count = rows.length;
  }
}

const OCSP_HASHES = ["sha1", "sha256", "sha384", "sha512"] as const;
