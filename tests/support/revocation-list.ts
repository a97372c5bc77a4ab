import { sign } from "node:crypto";
import { encode, integer, sequence, time } from "#lib/der.ts";
import { DAY } from "#lib/duration.ts";
import { keyAlgorithm, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { signed } from "#lib/x509-certificate.ts";
import type { TestCertificate } from "./certificates.ts";

/** A CRL (DER) as somebody else's CA might have made it. */
export function testCrl(
  issuer: Pick<TestCertificate, "name" | "key">,
  serials: readonly Uint8Array[],
  { at = new Date(), nextUpdate = new Date(at.getTime() + DAY) }: { at?: Date; nextUpdate?: Date } = {},
): Buffer {
  const algorithm = signatureAlgorithm(keyAlgorithm(issuer.key) ?? "RSA_2048");
  const entries = serials.map((serial) => sequence(integer(serial), time(at)));
  const tbs = encode(
    sequence(
      integer(1),
      algorithm.identifier,
      issuer.name,
      time(at),
      time(nextUpdate),
      ...(entries.length > 0 ? [sequence(...entries)] : []),
    ),
  );
  return signed(tbs, algorithm.identifier, sign(algorithm.hash, tbs, issuer.key));
}
