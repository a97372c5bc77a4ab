import { X509Certificate } from "node:crypto";
import type { DomainName } from "#domain/names.ts";

/** The domain names of a certificate that we signed: it has no other names. */
export function describeNames(der: Uint8Array): readonly DomainName[] {
  const { subjectAltName = "" } = new X509Certificate(der);
  return subjectAltName.split(", ").map((name) => name.replace(/^DNS:/, "") as DomainName);
}
