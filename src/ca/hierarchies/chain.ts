import { wayUp } from "#domain/hierarchy/way-up.ts";
import { pem } from "#lib/pem.ts";
import { listCrossCertificates, listTrustedRoots } from "#store/hierarchies.ts";
import { findIssuer } from "#store/issuers.ts";
import type { Db } from "#store/store.ts";

/**
 * What a server sends above a leaf of this issuer, PEM: the intermediate, then cross-certificates from its root over the
 * other roots that are trusted, so that a client which knows any one of them finds its way. Throws for no issuer.
 */
export async function chainOf(db: Db, issuerId: string, now: Date): Promise<string> {
  const issuer = await findIssuer(db, issuerId);
  if (!issuer) throw new Error(`the CA has no issuer ${issuerId}`);
  const [crosses, roots] = [
    await listCrossCertificates(db, issuer.hierarchy),
    await listTrustedRoots(db, issuer.hierarchy),
  ];
  const trusted = roots.map(({ id }) => id);
  const above = wayUp(issuer.parentId, crosses, trusted, now);
  return [issuer, ...above].map(({ certificate }) => pem("CERTIFICATE", certificate)).join("");
}

/** The roots of a hierarchy to trust, PEM: the current one first, then the others, the youngest first. */
export async function trustBundle(db: Db, hierarchy: string): Promise<string> {
  const roots = await listTrustedRoots(db, hierarchy);
  const current = roots.filter(({ state }) => state === "active");
  return [...current, ...roots.filter((root) => !current.includes(root))]
    .map(({ certificate }) => pem("CERTIFICATE", certificate))
    .join("");
}

/** The current root of a hierarchy, PEM: what new clients are given. Undefined where none is in use yet. */
export async function currentRoot(db: Db, hierarchy: string): Promise<string | undefined> {
  const root = (await listTrustedRoots(db, hierarchy)).find(({ state }) => state === "active");
  return root && pem("CERTIFICATE", root.certificate);
}
