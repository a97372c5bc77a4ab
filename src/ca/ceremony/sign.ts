import { type CaCertificate, crossCertificate, intermediateCertificate } from "#ca/ca-certificate.ts";
import { buildCrl } from "#ca/crl.ts";
import type { CrlEntry } from "#ca/crl-entries.ts";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { caLife } from "#ca/hierarchies/make.ts";
import { isSignedBy, type ReadCa } from "#ca/hierarchies/read-ca.ts";
import type { Issuer } from "#ca/signers.ts";
import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";
import type { CaRequest } from "./request.ts";

/** Signs an intermediate: a CA for leafs of TLS servers, no further CA below it. Throws HierarchyError. */
export function signRequest(request: CaRequest, root: Issuer, validity: Millis, now: Date): CaCertificate {
  if (request.name.equals(root.name)) throw new HierarchyError("the request bears the name of the root itself");
  if (request.subjectPublicKeyInfo.equals(root.subjectPublicKeyInfo)) {
    throw new HierarchyError("the request has the key of the root itself");
  }
  if (validity < DAY) throw new HierarchyError("an intermediate lives at least a day");
  return intermediateCertificate(request, root, caLife(validity, now, root), request.caUrl);
}

/** Certifies another root, for as long as both live. Throws HierarchyError. */
export function signCross(subject: ReadCa, root: Issuer, caUrl: string, now: Date): CaCertificate {
  if (!isSignedBy(subject, subject))
    throw new HierarchyError("what is to be cross-signed is no root: it did not sign itself");
  if (subject.subjectPublicKeyInfo.equals(root.subjectPublicKeyInfo))
    throw new HierarchyError("this is the root itself");
  const left = subject.x509.validToDate.getTime() - now.getTime();
  if (left <= 0) throw new HierarchyError("the root that is to be cross-signed has ended");
  const as = { name: subject.subject, subjectPublicKeyInfo: subject.subjectPublicKeyInfo };
  const life = caLife(left, now, root);
  const notAfter = new Date(Math.min(life.notAfter.getTime(), subject.x509.validToDate.getTime()));
  return crossCertificate(as, root, { notBefore: life.notBefore, notAfter }, caUrl);
}

/**
 * The CRL of a root whose key is offline. It lives long, up to a year less a day (BR 4.9.7 lets the CRL of CAs that sign
 * CAs live twelve months); `number` must be above that of the one before. Throws HierarchyError.
 */
export function signRootCrl(
  { number, life, entries }: { readonly number: number; readonly life: Millis; readonly entries: readonly CrlEntry[] },
  root: Issuer,
  now: Date,
): Buffer {
  if (life < DAY || life > LONGEST_ROOT_CRL) throw new HierarchyError("the CRL of a root lives from 1 to 364 days");
  const thisUpdate = new Date(Math.floor(now.getTime() / SECOND) * SECOND);
  return buildCrl({ number, thisUpdate, nextUpdate: later(thisUpdate, life), entries }, root);
}

export const LONGEST_ROOT_CRL: Millis = 364 * DAY;
