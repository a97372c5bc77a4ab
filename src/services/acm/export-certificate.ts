import type * as sdk from "@aws-sdk/client-acm";
import { AwsError, type Operation } from "#aws/service.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type ExportDeps, exportCertificate } from "#lifecycle/export.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ExportCertificate.html */
export const ExportCertificate: Operation<typeof sdk, "ExportCertificate", ExportDeps> = async (
  { CertificateArn, Passphrase },
  caller,
  deps,
) => {
  // The very bytes that came in, not a copy, so that what is wiped is all there is.
  using passphrase = new PlaintextKey(Buffer.from(Passphrase.buffer, Passphrase.byteOffset, Passphrase.length));
  if (!passphrase.bytes.every(isAllowed)) throw forbiddenCharacter();
  const { certificate, chain, privateKey } = await exportCertificate(CertificateArn, passphrase, caller, deps);
  return { Certificate: certificate, CertificateChain: chain, PrivateKey: privateKey };
};

/** ASCII but for `#`, `$` and `%`. */
function isAllowed(byte: number): boolean {
  return byte < 0x80 && byte !== 0x23 && byte !== 0x24 && byte !== 0x25;
}

function forbiddenCharacter(): AwsError {
  return new AwsError(
    "ValidationException",
    "1 validation error detected: Value at 'passphrase' failed to satisfy constraint: Member must consist of ASCII characters other than #, $ and %",
  );
}
