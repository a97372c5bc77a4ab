import { createHash, createPublicKey } from "node:crypto";
import { type CryptoKey, importJWK, type JWK } from "jose";
import { fromBase64url } from "#lib/base64url.ts";
import { Problem } from "./problem.ts";

/** What account keys sign with. Each kind of key has one algorithm. */
export const ACCOUNT_ALGORITHMS: readonly string[] = ["ES256", "ES384", "ES512", "RS256", "EdDSA"];

/** A public key that can verify. */
export interface VerificationKey {
  readonly algorithm: string;
  readonly key: CryptoKey;
}

/** A public key as an account is known by. */
export interface PublicJwk {
  /** RFC 7638: SHA-256 over the required members, base64url. */
  readonly thumbprint: string;
  /** JSON of the required members and nothing else. */
  readonly json: string;
}

/** Reads a JWK that came with a request. Throws Problem for private keys, and keys that are malformed, weak or of another kind. */
export function readJwk(jwk: Readonly<Record<string, unknown>>): PublicJwk {
  const kind = KINDS.find(({ kty, crv }) => jwk["kty"] === kty && (crv === undefined || jwk["crv"] === crv));
  if (!kind) throw badKey("it is of no kind that accounts can have: RSA, EC on P-256, P-384 or P-521, or Ed25519");
  const secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].find((name) => name in jwk);
  if (secret !== undefined) throw badKey(`it holds the private member "${secret}": give it to nobody`);
  const members = kind.members.map((name) => [name, jwk[name]] as const);
  for (const [name, value] of members) {
    if (typeof value !== "string" || value.length > LONGEST_MEMBER) throw badKey(`its member "${name}" is missing`);
    if (name !== "kty" && name !== "crv" && !fromBase64url(value))
      throw badKey(`its member "${name}" is not base64url`);
  }
  const json = JSON.stringify(Object.fromEntries(members));
  checkStrength(json);
  return { json, thumbprint: createHash("sha256").update(json).digest("base64url") };
}

/** The keys of accounts, opened once: making one of its JWK takes as long as two signatures. Bounded. */
export class KeyCache {
  readonly #keys = new Map<string, Promise<VerificationKey>>();

  /** The key of a JWK that `readJwk` has read, now or when its account was registered. */
  key({ thumbprint, json }: PublicJwk): Promise<VerificationKey> {
    const known = this.#keys.get(thumbprint);
    if (known) {
      // What was used last is dropped last.
      this.#keys.delete(thumbprint);
      this.#keys.set(thumbprint, known);
      return known;
    }
    const opened = openKey(json);
    this.#keys.set(thumbprint, opened);
    const [first] = this.#keys.keys();
    if (this.#keys.size > MOST_KEYS && first !== undefined) this.#keys.delete(first);
    return opened;
  }
}

async function openKey(json: string): Promise<VerificationKey> {
  const jwk = JSON.parse(json) as JWK;
  const algorithm = KINDS.find(({ kty, crv }) => jwk.kty === kty && (crv === undefined || jwk.crv === crv))?.algorithm;
  const key = algorithm === undefined ? undefined : await importJWK(jwk, algorithm);
  if (algorithm === undefined || !key || key instanceof Uint8Array)
    throw new Error("an account has a key of no known kind");
  return { algorithm, key };
}

/** The point is on its curve, and an RSA key is neither weak nor so large that verifying is work. */
function checkStrength(json: string): void {
  let key: ReturnType<typeof createPublicKey>;
  try {
    key = createPublicKey({ key: JSON.parse(json) as JWK, format: "jwk" });
  } catch {
    throw badKey("it is no public key");
  }
  const { modulusLength: bits, publicExponent = 65_537n } = key.asymmetricKeyDetails ?? {};
  if (bits === undefined) return;
  if (bits < 2048 || bits > 4096) throw badKey(`an RSA key has 2048 to 4096 bits, not ${bits}`);
  if (publicExponent % 2n === 0n || publicExponent < 3n || publicExponent > 2n ** 32n) {
    throw badKey(`its public exponent is ${publicExponent}`);
  }
}

function badKey(why: string): Problem {
  return new Problem("badPublicKey", `The public key cannot be used: ${why}.`);
}

interface Kind {
  readonly kty: string;
  readonly crv?: string;
  readonly algorithm: string;
  /** In the order of RFC 7638. */
  readonly members: readonly string[];
}

const ec = (crv: string, algorithm: string): Kind => ({ kty: "EC", crv, algorithm, members: ["crv", "kty", "x", "y"] });
const KINDS: readonly Kind[] = [
  ec("P-256", "ES256"),
  ec("P-384", "ES384"),
  ec("P-521", "ES512"),
  { kty: "RSA", algorithm: "RS256", members: ["e", "kty", "n"] },
  { kty: "OKP", crv: "Ed25519", algorithm: "EdDSA", members: ["crv", "kty", "x"] },
];
const LONGEST_MEMBER = 1_024;
const MOST_KEYS = 4_096;
