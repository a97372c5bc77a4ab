import { type ConnectionOptions, connect } from "node:tls";
import type { Millis } from "#lib/duration.ts";
import { SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { readCertificate, serialHex } from "#lib/x509-certificate.ts";

/** Where to knock, and as whom. */
export interface Door {
  readonly address: string;
  readonly port: number;
  /** A name that the certificate is for; undefined when nobody can ask for one by SNI. */
  readonly serverName: string | undefined;
  /** A listener may have another certificate of another kind of key for the same name. */
  readonly keyType: "RSA" | "EC";
}

/** The serial (lower-case hexadecimal) of the certificate that a handshake from outside shows, or why there was none. */
export type Look = { readonly serial: string } | { readonly problem: string };

/** Makes one TLS handshake, as a client would that can work with every security policy. Never rejects. */
export function lookAt(
  { address, port, serverName, keyType }: Door,
  { timers }: { readonly timers: Timers },
): Promise<Look> {
  return new Promise((resolve) => {
    const options: ConnectionOptions = {
      host: address,
      port,
      // What is shown is compared with what should be: whether it is trusted is not the question.
      rejectUnauthorized: false,
      minVersion: "TLSv1",
      ciphers: "ALL:@SECLEVEL=0",
      ecdhCurve: GROUPS,
      sigalgs: SIGNATURES[keyType],
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
    const socket = connect(options);
    const finish = (problem: string): void => {
      cancel();
      const shown = socket.getPeerX509Certificate();
      socket.destroy();
      resolve(shown ? { serial: serialHex(readCertificate(shown.raw).serial) } : { problem });
    };
    const cancel = timers.after(TIMEOUT, () => finish("it did not answer within five seconds"));
    socket.once("secureConnect", () => finish("it showed no certificate"));
    // A listener that wants a certificate of ours has shown its own before it refuses us.
    socket.on("error", (error) => finish(error.message));
    socket.once("close", () => finish("it ended the connection: does a security group keep this node out?"));
  });
}

const GROUPS = "X25519:P-256:P-384:P-521:X25519MLKEM768:SecP256r1MLKEM768:SecP384r1MLKEM1024";
const SIGNATURES = {
  EC: "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA1",
  RSA: "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1",
} as const;
const TIMEOUT: Millis = 5 * SECOND;
