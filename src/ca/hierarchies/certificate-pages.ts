import { SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { findCrossCertificate, findOfflineCrl } from "#store/hierarchies.ts";
import { findIssuer } from "#store/issuers.ts";
import type { Db } from "#store/store.ts";
import { currentRoot, trustBundle } from "./chain.ts";

/** What is published of the CA's own certificates. */
export interface PublishedCertificates {
  readonly body: Buffer;
  readonly form: "PEM" | "DER";
}

/**
 * By the name of the page: `root.pem` and `roots.pem`, the same of one hierarchy (`payments/root.pem`), `ISSUER.crt`,
 * and `SUBJECT-by-SIGNER.crt` for cross-certificates, the oldest of which is `SUBJECT-cross.crt`, too.
 */
export async function publishedCertificates(name: string, db: Db): Promise<PublishedCertificates | undefined> {
  const [, hierarchy = SHARED_HIERARCHY, which] = /^(?:([a-z]{3,12})\/)?(root|roots)\.pem$/.exec(name) ?? [];
  if (which !== undefined) {
    const text = which === "root" ? await currentRoot(db, hierarchy) : await trustBundle(db, hierarchy);
    return text ? { body: Buffer.from(text), form: "PEM" } : undefined;
  }
  const [, id, cross, signer] = /^([a-z0-9]{1,32})(?:-(cross|by-([a-z0-9]{1,32})))?\.crt$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  const found = cross === undefined ? await findIssuer(db, id) : await findCrossCertificate(db, id, signer);
  return found && { body: Buffer.from(found.certificate), form: "DER" };
}

/** The CRL of a root whose key is kept offline, as its ceremony signed it, by the name of its page (`r3.crl`). */
export async function offlineCrl(
  name: string,
  { store }: { readonly store: Db },
): Promise<{ readonly der: Buffer; readonly number: number } | undefined> {
  const [, id] = /^([a-z0-9]{1,32})\.crl$/.exec(name) ?? [];
  const found = id === undefined ? undefined : await findOfflineCrl(store, id);
  return found && { der: Buffer.from(found.crl), number: found.number };
}
