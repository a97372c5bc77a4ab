import { type FlattenedJWS, flattenedVerify } from "jose";
import { fromBase64url } from "#lib/base64url.ts";
import { JsonError, parseJsonObject } from "#lib/strict-json.ts";
import { ACCOUNT_ALGORITHMS, type VerificationKey } from "./keys.ts";
import { Problem } from "./problem.ts";

/** A JSON Web Signature as ACME wants it (RFC 8555 section 6.2), before anything is believed. */
export interface Jws {
  readonly flattened: FlattenedJWS;
  readonly algorithm: string;
  readonly url: string;
  /** Undefined in an inner JWS, which has none. */
  readonly nonce: string | undefined;
  /** Exactly one of the two is there. */
  readonly kid: string | undefined;
  readonly jwk: Readonly<Record<string, unknown>> | undefined;
  readonly payload: Buffer;
}

/** Reads the JWS of a request. Throws Problem. */
export function readJws(body: Uint8Array): Jws {
  return jwsOf(
    parsed(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"), "The body"),
    "The body",
  );
}

/** Reads a JWS from its JSON object: flattened, without an unprotected header. Throws Problem. */
export function jwsOf(value: unknown, what: string): Jws {
  const object = asObject(value, what);
  for (const name of ["header", "signatures"]) {
    if (name in object)
      throw malformed(
        `${what} has the member "${name}": one signature and no unprotected header (RFC 8555 section 6.2).`,
      );
  }
  const { protected: head, payload, signature } = object;
  if (typeof head !== "string" || typeof payload !== "string" || typeof signature !== "string") {
    throw malformed(`${what} is not a JWS in the flattened JSON serialization.`);
  }
  const [headBytes, payloadBytes] = [fromBase64url(head), fromBase64url(payload)];
  if (!headBytes || !payloadBytes || !fromBase64url(signature))
    throw malformed(`${what} is not base64url without padding.`);
  return {
    ...readHeader(parsed(headBytes.toString("utf8"), `The protected header of ${lower(what)}`), what),
    flattened: { protected: head, payload, signature },
    payload: payloadBytes,
  };
}

/** Verifies the signature. Throws Problem when it does not hold, or was made in another way than the key is for. */
export async function verifyJws({ flattened, algorithm }: Jws, key: VerificationKey): Promise<void> {
  if (algorithm !== key.algorithm) throw badAlgorithm(algorithm);
  try {
    await flattenedVerify(flattened, key.key, { algorithms: [key.algorithm] });
  } catch {
    throw malformed("The signature does not hold.");
  }
}

/** The payload as JSON object; undefined for an empty one: POST-as-GET (RFC 8555 section 6.3). Throws Problem. */
export function payloadOf({ payload }: Jws): Readonly<Record<string, unknown>> | undefined {
  return payload.length === 0 ? undefined : parsed(payload.toString("utf8"), "The payload");
}

/** An object of the payload. Throws Problem. */
export function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(`${what} is no JSON object.`);
  return value as Readonly<Record<string, unknown>>;
}

export function malformed(detail: string, status = 400): Problem {
  return new Problem("malformed", detail, { status });
}

function readHeader(header: Readonly<Record<string, unknown>>, what: string): Omit<Jws, "flattened" | "payload"> {
  const { alg, url, nonce, kid, jwk } = header;
  // What must be understood, and is not (RFC 7515 section 4.1.11, RFC 7797).
  if ("crit" in header || "b64" in header)
    throw malformed(`${what} has critical header parameters; there are none here.`);
  if (typeof alg !== "string" || !ALGORITHMS.has(alg)) throw badAlgorithm(alg);
  if (typeof url !== "string") throw malformed(`${what} has no "url" in its protected header.`);
  if (nonce !== undefined && typeof nonce !== "string") throw malformed(`${what} has a "nonce" that is no text.`);
  if ((kid === undefined) === (jwk === undefined)) {
    throw malformed(`${what} must have exactly one of "kid" and "jwk" in its protected header.`);
  }
  if (kid !== undefined && typeof kid !== "string") throw malformed(`${what} has a "kid" that is no text.`);
  return {
    algorithm: alg,
    url,
    nonce,
    kid,
    jwk: jwk === undefined ? undefined : asObject(jwk, `The "jwk" of ${lower(what)}`),
  };
}

function badAlgorithm(alg: unknown): Problem {
  const shown = typeof alg === "string" ? `"${alg.slice(0, 30)}"` : "none";
  return new Problem(
    "badSignatureAlgorithm",
    `The signature algorithm is ${shown}; a key signs with the one that is made for it: ${ACCOUNT_ALGORITHMS.join(", ")}.`,
    { algorithms: ACCOUNT_ALGORITHMS },
  );
}

function parsed(text: string, what: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonObject(text);
  } catch (error) {
    throw error instanceof JsonError ? malformed(`${what} cannot be read: ${error.message}.`) : error;
  }
}

const lower = (what: string): string => what.charAt(0).toLowerCase() + what.slice(1);
/** HS256 signs external account bindings only: eab.ts asks for it there. */
const ALGORITHMS: ReadonlySet<string> = new Set([...ACCOUNT_ALGORITHMS, "HS256"]);
