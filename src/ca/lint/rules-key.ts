import { encode, NULL, oid, sequence } from "#lib/der.ts";
import { children, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { keyAlgorithm } from "#lib/x509-algorithms.ts";
import type { Finding, LintedLeaf } from "./linted-leaf.ts";

// The certified key.

/** BR 7.1.3.1: rsaEncryption with NULL, or id-ecPublicKey with one of three curves; byte for byte. */
export function keyAlgorithmIsPrescribed({ raw }: LintedLeaf): Finding {
  const spki = raw.subjectPublicKeyInfo;
  const [algorithm] = children(spki, readElement(spki));
  const bytes = algorithm ? slice(spki, algorithm) : Buffer.alloc(0);
  return ALGORITHMS.some((known) => known.equals(bytes)) ? undefined : `it is ${bytes.toString("hex")}`;
}

/** BR 6.1.5 */
export function keyIsLongEnough({ publicKey }: LintedLeaf): Finding {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined) return keyAlgorithm(publicKey)?.startsWith("EC_") ? undefined : "it is on no allowed curve";
  return bits >= 2048 && bits % 8 === 0 ? undefined : `${bits} bits`;
}

/** BR 6.1.6: odd, from 2^16 + 1 to 2^256 - 1. */
export function exponentIsSound({ publicKey }: LintedLeaf): Finding {
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent;
  if (exponent === undefined) return undefined;
  return exponent % 2n === 1n && exponent > 65_536n && exponent < 2n ** 256n ? undefined : `it is ${exponent}`;
}

/** BR 6.1.6: no factors smaller than 752, as NIST SP 800-89 section 5.3.3 checks. */
export function modulusHasNoSmallFactor(leaf: LintedLeaf): Finding {
  const modulus = rsaModulus(leaf);
  const factor = modulus === undefined ? undefined : SMALL_PRIMES.find((prime) => modulus % prime === 0n);
  return factor === undefined ? undefined : `it is divisible by ${factor}`;
}

/** BR 6.1.1.3 (5): primes so close that Fermat's method finds them in 100 rounds. */
export function primesAreApart(leaf: LintedLeaf): Finding {
  const modulus = rsaModulus(leaf);
  if (modulus === undefined) return undefined;
  let a = squareRoot(modulus - 1n) + 1n;
  for (let round = 0; round < FERMAT_ROUNDS; round++, a++) {
    const rest = a * a - modulus;
    // A square ends in one of twelve hexadecimal pairs; most numbers fail here, cheaply.
    if ((rest & 2n) === 0n && squareRoot(rest) ** 2n === rest)
      return `Fermat's method splits it in ${round + 1} rounds`;
  }
  return undefined;
}

/** BR 6.1.1.3 (4): the structure that gives ROCA keys away (CVE-2017-15361): the modulus is a power of 65537 mod each prime. */
export function modulusIsNoRoca(leaf: LintedLeaf): Finding {
  const modulus = rsaModulus(leaf);
  if (modulus === undefined) return undefined;
  const marked = ROCA_POWERS.every(([prime, powers]) => powers.has(modulus % prime));
  return marked ? "it has the structure of a ROCA key" : undefined;
}

function rsaModulus({ publicKey }: LintedLeaf): bigint | undefined {
  if (publicKey.asymmetricKeyType !== "rsa") return undefined;
  const { n = "" } = publicKey.export({ format: "jwk" });
  return BigInt(`0x${Buffer.from(n, "base64url").toString("hex")}`);
}

/** The largest integer whose square is not above `value`: Newton's method, begun above the root. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(16).length / 2) * 4);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function primesBelow(limit: number): bigint[] {
  const primes: number[] = [];
  for (let n = 2; n < limit; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes.map(BigInt);
}

function powersOf65537(prime: bigint): Set<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1n; !powers.has(power); power = (power * 65_537n) % prime) powers.add(power);
  return powers;
}

const FERMAT_ROUNDS = 100;
const SMALL_PRIMES = primesBelow(752);
/** The primes that Nemec et al. (2017) take for the fingerprint: those up to 167, without 2. */
const ROCA_POWERS = primesBelow(168)
  .slice(1)
  .map((prime) => [prime, powersOf65537(prime)] as const);

const EC = oid("1.2.840.10045.2.1");
const ALGORITHMS: readonly Buffer[] = [
  sequence(oid(OID.rsaEncryption), NULL),
  sequence(EC, oid("1.2.840.10045.3.1.7")),
  sequence(EC, oid("1.3.132.0.34")),
  sequence(EC, oid("1.3.132.0.35")),
].map(encode);
