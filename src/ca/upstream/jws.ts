import { createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, FlattenedSign, type JWK } from "jose";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Signer } from "./acme-client.ts";

/** The body of a request (RFC 8555 section 6.2); without a payload it is a POST-as-GET. */
export async function signJws(
  payload: object | undefined,
  { nonce, url, signer }: { readonly nonce: string; readonly url: string; readonly signer: Signer },
): Promise<string> {
  const who = signer.account === undefined ? { jwk: publicJwk(signer.key) } : { kid: signer.account };
  const jws = await new FlattenedSign(bytes(payload))
    .setProtectedHeader({ alg: ACCOUNT_ALGORITHM, nonce, url, ...who })
    .sign(signer.key);
  return JSON.stringify(jws);
}

/** That the holder of a customer's key has this account key (section 7.3.4). The key is the CA's, base64url decoded. */
export async function bindAccount(
  key: KeyObject,
  { keyId, macKey, url }: { readonly keyId: string; readonly macKey: PlaintextKey; readonly url: string },
): Promise<object> {
  return await new FlattenedSign(bytes(publicJwk(key)))
    .setProtectedHeader({ alg: "HS256", kid: keyId, url })
    .sign(macKey.bytes);
}

/** The public half as RFC 7638 wants it: only the members that make the key. */
export function publicJwk(key: KeyObject): JWK {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: "jwk" });
  return { crv, kty, x, y } as JWK;
}

/** RFC 8555 section 8.1: what proves, beside a token, that it is this account that answers. */
export async function keyAuthorization(token: string, key: KeyObject): Promise<string> {
  return `${token}.${await calculateJwkThumbprint(publicJwk(key), "sha256")}`;
}

function bytes(payload: object | undefined): Buffer {
  return Buffer.from(payload === undefined ? "" : JSON.stringify(payload));
}

/** P-256: every CA takes it. */
const ACCOUNT_ALGORITHM = "ES256";
