import { encode, integer, sequence, tagged, time } from "#lib/der.ts";
import { signed } from "#lib/x509-certificate.ts";
import { authorityKeyIdentifier, extension, issuingDistributionPoint } from "#lib/x509-extensions.ts";
import { type CrlEntry, crlEntries } from "./crl-entries.ts";
import { type SigningAuthority, signAndCheck } from "./signers.ts";

/** What a CRL says, and for how long. */
export interface CrlFields {
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly entries: readonly CrlEntry[];
  /** Where this part of the CRL is, when it is one of several: then it says so, critically (RFC 5280 section 5.2.5). */
  readonly partitionUrl?: string | undefined;
  /** Whether that part is of CA certificates only. */
  readonly caCertificatesOnly?: boolean;
}

/** A signed version 2 CRL with everything of its scope that the issuer revoked (RFC 5280 section 5, BR 7.2). */
export function buildCrl(fields: CrlFields, issuer: SigningAuthority): Buffer {
  const { number, thisUpdate, nextUpdate, entries, partitionUrl, caCertificatesOnly = false } = fields;
  const { identifier } = issuer.algorithm;
  const revoked = entries.length === 0 ? [] : [sequence(crlEntries(entries))];
  const tbs = encode(
    sequence(
      VERSION_2,
      identifier,
      issuer.name,
      time(thisUpdate),
      time(nextUpdate),
      ...revoked,
      tagged(
        0,
        sequence(
          authorityKeyIdentifier(issuer.keyId),
          extension("cRLNumber", false, integer(number)),
          ...(partitionUrl === undefined
            ? []
            : [issuingDistributionPoint(partitionUrl, caCertificatesOnly ? "CA certificates" : "any")]),
        ),
      ),
    ),
  );
  return signed(tbs, identifier, signAndCheck(issuer, tbs));
}

const VERSION_2 = encode(integer(1));
