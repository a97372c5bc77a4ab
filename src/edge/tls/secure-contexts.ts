import { constants, createHash, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { TlsPolicy, TlsVersion } from "#domain/tls/policies.ts";
import { privatePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { KeyType } from "./certificate-choice.ts";
import { decoyOf } from "./decoy-key.ts";

export interface ContextParts {
  readonly policy: TlsPolicy;
  /** PEM, the leaf first; undefined: nobody can be served. */
  readonly chain: string | undefined;
  /** PKCS#8 DER; not kept. */
  readonly pkcs8: Buffer;
  /** 48 bytes; whoever has them resumes the sessions of those who had them. */
  readonly ticketKeys: Buffer;
  /** What sessions may be resumed for. */
  readonly session: string;
  /** For mutual TLS: PEM of the CAs that clients are told to have certificates of. Sessions are not resumed then. */
  readonly advertised?: readonly string[] | undefined;
}

/** Exactly what a security policy says, for one certificate. The private key is copied into OpenSSL. */
export function secureContext({ policy, chain, pkcs8, ticketKeys, session, advertised }: ContextParts): SecureContext {
  using key = pemOf(pkcs8);
  using _overwritten = overwriting(pkcs8);
  return createSecureContext({
    ...(chain === undefined ? {} : { cert: chain }),
    key: key.bytes,
    minVersion: policy.versions.at(0) ?? "TLSv1.2",
    maxVersion: policy.versions.at(-1) ?? "TLSv1.3",
    ciphers: [...suites(policy), securityLevel(policy.versions)].join(":"),
    honorCipherOrder: true,
    // Explicit: without it Node also offers hybrid groups that the policy may not name.
    ecdhCurve: policy.groups.join(":"),
    // Empty: OpenSSL verifies no client, and need not hold the world's root certificates for it.
    ca: advertised ? [...advertised] : [],
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (advertised ? constants.SSL_OP_NO_TICKET : 0),
    ticketKeys,
    sessionIdContext: createHash("sha256").update(session).digest("hex").slice(0, 32),
  });
}

/**
 * Takes the private key out of memory at once, which otherwise waits for garbage collection. Connections that were made
 * with it go on. `close` is not documented: keys/erasure.ts guards it.
 */
export function closeContext(context: SecureContext): void {
  const { close } = context.context as { close?: () => void };
  close?.call(context.context);
}

/** Tickets from before are worth nothing from now on. `setTicketKeys` of a context is what tls.Server calls, too. */
export function renewTicketKeys(context: SecureContext, keys: Buffer): void {
  (context.context as { setTicketKeys(keys: Buffer): void }).setTicketKeys(keys);
}

/** The type of a leaf's key. Throws when `chain` is no PEM certificate. */
export function leafKeyType(chain: string): KeyType {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(chain).publicKey;
  if (asymmetricKeyType === "rsa") return "RSA";
  return KEY_TYPES[asymmetricKeyDetails?.namedCurve ?? ""] ?? "other";
}

/**
 * OpenSSL frees what it decodes a key from without wiping it. When this block ends, it decodes a decoy of the same shape,
 * which takes the same memory: what stays of the key is what the context needs.
 */
function overwriting(pkcs8: Buffer): Disposable {
  const decoy = privatePem("PRIVATE KEY", decoyOf(pkcs8));
  return {
    [Symbol.dispose]() {
      try {
        closeContext(createSecureContext({ key: decoy }));
      } catch {
        // A decoy that OpenSSL sees through has been decoded all the same.
      }
    },
  };
}

function pemOf(pkcs8: Buffer): PlaintextKey {
  return new PlaintextKey(privatePem("PRIVATE KEY", pkcs8));
}

/** OpenSSL wants a suite of TLS 1.2, also where the versions exclude its use. */
function suites({ ciphers }: TlsPolicy): readonly string[] {
  return ciphers.every((suite) => suite.startsWith("TLS_")) ? [...ciphers, "ECDHE-RSA-AES128-GCM-SHA256"] : ciphers;
}

/** TLS 1.0 and 1.1 sign with SHA-1, and ACM imports RSA keys of 1024 bits: OpenSSL's levels 0 and 1. */
function securityLevel(versions: readonly TlsVersion[]): string {
  return versions.includes("TLSv1") || versions.includes("TLSv1.1") ? "@SECLEVEL=0" : "@SECLEVEL=1";
}

const KEY_TYPES: Readonly<Record<string, KeyType>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
