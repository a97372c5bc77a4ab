import { createECDH, type ECDH, type KeyObject } from "node:crypto";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { encode, integer, sequence } from "#lib/der.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { ScalarField } from "#lib/secret-scalars.ts";

/**
 * ECDSA over a digest that was made elsewhere (FIPS 186-5 section 6.4), which Node's `sign` does not do: it digests what
 * it is given. The point is OpenSSL's; what is left are two multiplications, a sum and an inverse. DER.
 */
export function signDigest(key: KeyObject, digest: Uint8Array, drawNonce: (curve: string) => ECDH = newNonce): Buffer {
  const { name, order } = curveOf(key);
  using field = new ScalarField(order);
  using secret = privateScalar(key);
  for (;;) {
    const ecdh = drawNonce(name);
    using nonce = new PlaintextKey(ecdh.getPrivateKey());
    const r = field.read(xOf(ecdh.getPublicKey(), order));
    const rest = field.add(field.read(digest), field.multiply(r, field.read(secret.bytes)));
    const s = field.write(field.multiply(field.invert(field.read(nonce.bytes)), rest));
    const x = field.write(r);
    if (x.some((byte) => byte !== 0) && s.some((byte) => byte !== 0)) return encode(sequence(integer(x), integer(s)));
  }
}

/** Whether a signature (DER) is the key's for a digest. Everything in it is public. */
export function isDigestSignature(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const { curve } = curveOf(key);
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return curve.verify(signature, digest, point, { prehash: false, lowS: false, format: "der" });
}

function newNonce(curve: string): ECDH {
  const ecdh = createECDH(curve);
  ecdh.generateKeys();
  return ecdh;
}

/** The private number of a key, which stands behind its version in ECPrivateKey (RFC 5915 section 3). */
function privateScalar(key: KeyObject): PlaintextKey {
  using der = new PlaintextKey(key.export({ type: "sec1", format: "der" }));
  const { bytes } = der;
  const body = 2 + ((bytes[1] ?? 0) < 0x80 ? 0 : (bytes[1] ?? 0) & 0x7f);
  const at = body + VERSION_BYTES + 2;
  return new PlaintextKey(Buffer.from(bytes.subarray(at, at + (bytes[at - 1] ?? 0))));
}

/** The x coordinate of a point, which is no secret, modulo the order. */
function xOf(point: Buffer, order: bigint): Uint8Array {
  const x = BigInt(`0x${point.toString("hex", 1, (point.length + 1) / 2)}`) % order;
  const text = x.toString(16);
  return Buffer.from(text.length % 2 === 0 ? text : `0${text}`, "hex");
}

function curveOf(key: KeyObject): Curve {
  const name = key.asymmetricKeyDetails?.namedCurve ?? "";
  const curve = CURVES[name];
  if (!curve) throw new Error(`${name} is no curve of ours`);
  return { name, curve, order: curve.Point.Fn.ORDER };
}

interface Curve {
  /** OpenSSL's. */
  readonly name: string;
  readonly curve: typeof p256;
  readonly order: bigint;
}

const CURVES: Readonly<Record<string, typeof p256>> = { prime256v1: p256, secp384r1: p384, secp521r1: p521, secp256k1 };
const VERSION_BYTES = 3;
