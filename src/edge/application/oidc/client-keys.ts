import { createECDH, createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { fromBase64url } from "#lib/base64url.ts";
import { hkdf } from "#lib/hkdf.ts";
import { digest } from "#lib/keyed-hash.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";
import { AuthFailure } from "./failure.ts";

/** What a client of a provider is, besides its secret. */
export interface ClientName {
  readonly loadBalancerArn: string;
  readonly issuer: string;
  readonly clientId: string;
}

/** The keys of one client: what every edge and worker that knows its secret can open and sign. */
export interface ClientKeys {
  /** Seals a text for one purpose as base64url. */
  seal(purpose: string, text: string): string;
  /** Opens what `seal` made; undefined for anything else. */
  open(purpose: string, sealed: string): string | undefined;
  /** Names the key that signs. */
  readonly keyId: string;
  /** PEM (SubjectPublicKeyInfo). */
  readonly publicKey: string;
  /** ES256: ECDSA with P-256 and SHA-256, as the 64 bytes of RFC 7518 section 3.4. */
  sign(text: string): Buffer;
  /** Forgets all of it: afterwards `seal` and `open` throw AuthFailure. */
  close(): void;
}

/** Derives the keys from the client's secret (HKDF), for one load balancer: another secret ends all sessions. */
export function clientKeys(secret: PlaintextKey, { loadBalancerArn, issuer, clientId }: ClientName): ClientKeys {
  const salt = digest(loadBalancerArn, issuer, clientId);
  const session = hkdf(secret.bytes, salt, Buffer.from("sealkeeper alb session"), 32);
  const signer = signingKey(secret, salt);
  let closed = false;
  /** A key that was wiped would seal, and open, what anybody can make. */
  const sessionKey = (): Buffer => {
    if (closed) throw new AuthFailure("AuthUnhandledException");
    return session.bytes;
  };
  return {
    seal: (purpose, text) => seal(sessionKey(), Buffer.from(text), Buffer.from(purpose)).toString("base64url"),
    open(purpose, sealed) {
      const bytes = fromBase64url(sealed);
      if (!bytes) return undefined;
      using opened = open(sessionKey(), bytes, Buffer.from(purpose));
      return opened?.bytes.toString();
    },
    keyId: signer.keyId,
    publicKey: signer.publicKey,
    sign: (text) => sign("sha256", Buffer.from(text), { key: signer.key, dsaEncoding: "ieee-p1363" }),
    close() {
      closed = true;
      session[Symbol.dispose]();
    },
  };
}

function signingKey(secret: PlaintextKey, salt: Buffer): { key: KeyObject; keyId: string; publicKey: string } {
  for (let turn = 0; ; turn++) {
    using scalar = hkdf(secret.bytes, salt, Buffer.from(`sealkeeper alb claims ${turn}`), 32);
    const pair = createECDH("prime256v1");
    try {
      pair.setPrivateKey(scalar.bytes);
    } catch {
      continue; // one of 2^32 numbers is none of the curve's
    }
    const point = pair.getPublicKey();
    const spki = Buffer.concat([SPKI, point]);
    const der = Buffer.concat([SEC1_BEGIN, scalar.bytes, SEC1_MIDDLE, point]);
    const key = createPrivateKey({ key: der, format: "der", type: "sec1" });
    der.fill(0);
    const body = spki.toString("base64").match(/.{1,64}/g) ?? [];
    return {
      key,
      keyId: uuidOf(createHash("sha256").update(spki).digest()),
      publicKey: `-----BEGIN PUBLIC KEY-----\n${body.join("\n")}\n-----END PUBLIC KEY-----\n`,
    };
  }
}

/** A UUID (version 8, RFC 9562) that always is the same for the same key. */
function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to the point (RFC 5480). */
const SPKI = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
/** ECPrivateKey (RFC 5915): what stands before the scalar, and between it and the point. */
const SEC1_BEGIN = Buffer.from("30770201010420", "hex");
const SEC1_MIDDLE = Buffer.from("a00a06082a8648ce3d030107a144034200", "hex");
