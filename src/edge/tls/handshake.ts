import type { CertificateArn } from "#domain/arn.ts";
import type { ClientTls } from "#edge/http/exchange.ts";
import type { ClientHello } from "./client-hello.ts";
import type { ClientCertificateFacts, VerifyError } from "./mutual.ts";

/** How a handshake ended: what connection logs, TLS access logs and metrics are made of. */
export interface Handshake {
  /** When the connection came, and when the handshake ended, in epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined when none came, or none that could be read. */
  readonly hello: ClientHello | undefined;
  /** The certificate that was chosen, and its serial number. */
  readonly certificate: { readonly arn: CertificateArn; readonly serial: string } | undefined;
  /** What was negotiated; undefined when the handshake did not get that far. */
  readonly tls: ClientTls | undefined;
  /** The key exchange group, for example `X25519MLKEM768`; undefined for RSA key exchange. */
  readonly keyExchange: string | undefined;
  readonly protocol: string | undefined;
  /** What mutual authentication learned of the client, also when it failed. */
  readonly client: ClientCertificateFacts | undefined;
  /** Undefined when it succeeded. */
  readonly failure: HandshakeFailure | undefined;
}

export interface HandshakeFailure {
  /**
   * `gone`: the client went away; `timeout`; `shed`: too many others were under way; `plain`: it was no TLS;
   * `malformed`: no ClientHello that can be read; `no-certificate`: none for that name; `no-key`: KMS refuses or cannot
   * be asked; `negotiation`: the sides found nothing in common, or one broke the protocol; `client-certificate`: it was
   * refused for `verify`.
   */
  readonly kind:
    | "gone"
    | "timeout"
    | "shed"
    | "plain"
    | "malformed"
    | "no-certificate"
    | "no-key"
    | "negotiation"
    | "client-certificate";
  /** OpenSSL's or our own words. */
  readonly reason: string;
  /** The number of the alert that the client sent. */
  readonly alert?: number | undefined;
  readonly verify?: VerifyError | undefined;
}

/** The `tls_verify_status` of ALB's connection log. */
export function verifyStatus({ failure }: Pick<Handshake, "failure">): string {
  return failure ? `Failed:${failure.verify ?? "UnmappedConnectionError"}` : "Success";
}

/**
 * The group that OpenSSL agrees on with a client (node:tls does not tell a server): the first of ours that the client
 * has sent a key of, else the first that it supports. Undefined where there is no (EC)DHE.
 */
export function keyExchangeGroup(
  hello: ClientHello,
  ours: readonly string[],
  { version, cipher }: { readonly version: string; readonly cipher: string },
): string | undefined {
  const supported = (name: string): boolean => hello.groups?.includes(GROUP_NUMBERS[name] ?? -1) ?? name === "P-256";
  if (version === "TLSv1.3") {
    return (
      ours.find((name) => supported(name) && hello.keyShares?.includes(GROUP_NUMBERS[name] ?? -1)) ??
      ours.find(supported)
    );
  }
  return cipher.startsWith("ECDHE-") ? ours.find((name) => !name.includes("MLKEM") && supported(name)) : undefined;
}

/** https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-parameters-8 */
const GROUP_NUMBERS: Readonly<Record<string, number>> = {
  "P-256": 23,
  "P-384": 24,
  "P-521": 25,
  X25519: 29,
  SecP256r1MLKEM768: 0x11eb,
  X25519MLKEM768: 0x11ec,
  SecP384r1MLKEM1024: 0x11ed,
};
