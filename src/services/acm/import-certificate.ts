import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type ImportDeps, importCertificate } from "#lifecycle/import.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html */
export const ImportCertificate: Operation<typeof sdk, "ImportCertificate", ImportDeps> = async (
  { Certificate, PrivateKey, CertificateChain, CertificateArn, Tags = [] },
  caller,
  deps,
) => {
  // The very bytes that came in, not a copy, so that what is wiped is all there is.
  using privateKey = new PlaintextKey(Buffer.from(PrivateKey.buffer, PrivateKey.byteOffset, PrivateKey.length));
  const request = {
    certificate: Certificate,
    privateKey,
    certificateChain: CertificateChain,
    replaces: CertificateArn,
    tags: readTags(Tags),
  };
  return { CertificateArn: await importCertificate(request, caller, deps) };
};
