import { type Der, type DerWriter, encode, enumerated, integer, sequence, tagged, time } from "#lib/der.ts";
import { signed } from "#lib/x509-certificate.ts";
import { authorityKeyIdentifier, extension, issuingDistributionPoint } from "#lib/x509-extensions.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { type SigningAuthority, signAndCheck } from "./signers.ts";

/** One revoked certificate. */
export interface CrlEntry {
  /** Hexadecimal. */
  readonly serial: string;
  readonly revokedAt: EpochMillis;
  /** CRLReason; `unspecified` (0) is not written (RFC 5280 section 5.3.1). */
  readonly reason: number;
}

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
  const revoked = entries.length === 0 ? [] : [revokedCertificates(entries)];
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

/** All entries, written without an object for each: there may be a million. */
function revokedCertificates(entries: readonly CrlEntry[]): Der {
  return (writer) => {
    const { mark } = writer;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry) writeEntry(writer, entry);
    }
    writer.header(SEQUENCE, mark);
  };
}

function writeEntry(writer: DerWriter, { serial, revokedAt, reason }: CrlEntry): void {
  const { mark } = writer;
  if (reason !== 0) writer.put(REASONS[reason] ?? fail(reason));
  writer.validityTime(new Date(revokedAt));
  writer.hexInteger(serial);
  writer.header(SEQUENCE, mark);
}

function fail(reason: number): never {
  throw new Error(`${reason} is no CRLReason that a CRL of ours may hold`);
}

const reasonCode = (reason: number): Buffer => encode(sequence(extension("reasonCode", false, enumerated(reason))));
/** Every reason but those that a public CRL may not have: certificateHold (6), unused 7, removeFromCRL (8) (BR 7.2.2). */
const REASONS: Readonly<Record<number, Buffer>> = Object.fromEntries(
  [1, 2, 3, 4, 5, 9, 10].map((reason) => [reason, reasonCode(reason)]),
);
const SEQUENCE = 0x30;
const VERSION_2 = encode(integer(1));
