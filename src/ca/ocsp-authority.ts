import type { EpochMillis } from "#store/tables/types.ts";
import type { Responder } from "./responder.ts";

/** A CA that OCSP can be asked about. */
export interface OcspAuthority {
  readonly id: string;
  /** Of its own certificate. */
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
  responder(): Promise<Responder>;
  /** Of a serial number, lower-case hexadecimal. */
  statusOf(serial: string): Promise<CertificateStatus>;
}

/** Whether a CA issued a certificate, and whether it is revoked. */
export interface CertificateStatus {
  readonly issued: boolean;
  readonly revocation: { readonly reason: number; readonly revokedAt: EpochMillis } | undefined;
}
