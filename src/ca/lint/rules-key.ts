import { encode, NULL, oid, sequence } from "#lib/der.ts";
import { children, contents, DerError, isExactly, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { publicKeyBits } from "#lib/x509-certificate.ts";
import type { CertifiedKey, Finding } from "./linted-leaf.ts";
import { fermatRound } from "./squares.ts";

// The certified key.

/** BR 7.1.3.1: rsaEncryption with NULL, or id-ecPublicKey with one of three curves; byte for byte. */
export function keyAlgorithmIsPrescribed({ spki }: CertifiedKey): Finding {
  const algorithm = readElement(spki, readElement(spki).content);
  if (ALGORITHMS.some((known) => isExactly(spki, algorithm, known))) return undefined;
  return `it is ${slice(spki, algorithm).toString("hex")}`;
}

/** BR 6.1.5 */
export function keyIsLongEnough({ algorithm, details: { modulusLength: bits } }: CertifiedKey): Finding {
  if (bits === undefined) return algorithm?.startsWith("EC_") ? undefined : "it is on no allowed curve";
  return bits >= 2048 && bits % 8 === 0 ? undefined : `${bits} bits`;
}

/** BR 6.1.6: odd, from 2^16 + 1 to 2^256 - 1. */
export function exponentIsSound({ details: { publicExponent: exponent } }: CertifiedKey): Finding {
  if (exponent === undefined) return undefined;
  return exponent % 2n === 1n && exponent > 65_536n && exponent < 2n ** 256n ? undefined : `it is ${exponent}`;
}

/** BR 6.1.6: no factors smaller than 752, as NIST SP 800-89 section 5.3.3 checks. */
export function modulusHasNoSmallFactor(key: CertifiedKey): Finding {
  const modulus = rsaModulus(key);
  if (modulus === undefined) return undefined;
  const rest = modulus % SMALL_PRODUCT;
  for (const { product, primes } of SMALL_GROUPS) {
    const factor = smallFactor(Number(rest % product), primes);
    if (factor !== undefined) return `it is divisible by ${factor}`;
  }
  return undefined;
}

/** In integers of 31 bits, whose remainders take a tenth of the time of a double's. */
function smallFactor(value: number, primes: readonly number[]): number | undefined {
  const high = Math.floor(value / HALF);
  const low = value - high * HALF;
  return primes.find((prime) => ((high % prime) * (HALF % prime) + low) % prime === 0);
}

/** BR 6.1.1.3 (5): primes so close that Fermat's method finds them in 100 rounds. */
export function primesAreApart(key: CertifiedKey): Finding {
  const modulus = rsaModulus(key);
  const round = modulus === undefined ? undefined : fermatRound(modulus, FERMAT_ROUNDS);
  return round === undefined ? undefined : `Fermat's method splits it in ${round} rounds`;
}

/** BR 6.1.1.3 (4): the structure that gives ROCA keys away (CVE-2017-15361): the modulus is a power of 65537 mod each prime. */
export function modulusIsNoRoca(key: CertifiedKey): Finding {
  const modulus = rsaModulus(key);
  if (modulus === undefined) return undefined;
  const rest = modulus % ROCA_PRODUCT;
  const marked = ROCA_POWERS.every(([prime, powers]) => powers.has(rest % prime));
  return marked ? "it has the structure of a ROCA key" : undefined;
}

/** Read from RSAPublicKey (RFC 8017 appendix A.1.1); undefined for other keys. Throws DerError when it is not positive. */
function rsaModulus(certified: CertifiedKey): bigint | undefined {
  const { spki, publicKey } = certified;
  if (publicKey.asymmetricKeyType !== "rsa") return undefined;
  if (last?.of === certified) return last.modulus;
  const key = publicKeyBits(spki);
  const [n] = children(key, readElement(key));
  if (n?.tag !== INTEGER || (key[n.content] ?? 0x80) >= 0x80) throw new DerError("the modulus is no positive INTEGER");
  const modulus = BigInt(`0x${contents(key, n).toString("hex")}`);
  last = { of: certified, modulus };
  return modulus;
}

function primesBelow(limit: number): number[] {
  const primes: number[] = [];
  for (let n = 2; n < limit; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** Primes in groups of a small product: one division of large numbers tells the remainders of several. */
function grouped(primes: readonly number[]): PrimeGroup[] {
  const groups: { product: number; primes: number[] }[] = [];
  for (const prime of primes) {
    const last = groups.at(-1);
    if (last && last.product * prime < HALF * HALF) {
      last.product *= prime;
      last.primes.push(prime);
    } else groups.push({ product: prime, primes: [prime] });
  }
  return groups.map((group) => ({ primes: group.primes, product: BigInt(group.product) }));
}

interface PrimeGroup {
  readonly product: bigint;
  readonly primes: readonly number[];
}

function productOf(primes: readonly number[]): bigint {
  return primes.reduce((product, prime) => product * BigInt(prime), 1n);
}

function powersOf65537(prime: bigint): Set<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1n; !powers.has(power); power = (power * 65_537n) % prime) powers.add(power);
  return powers;
}

/** Two of them make a number that a double holds exactly. */
const HALF: number = 2 ** 26;
const FERMAT_ROUNDS = 100;
const SMALL_PRIMES = primesBelow(752);
const SMALL_PRODUCT = productOf(SMALL_PRIMES);
const SMALL_GROUPS = grouped(SMALL_PRIMES);
/** The primes that Nemec et al. (2017) take for the fingerprint: those up to 167, without 2. */
const ROCA_PRIMES = primesBelow(168).slice(1);
const ROCA_PRODUCT = productOf(ROCA_PRIMES);
const ROCA_POWERS = ROCA_PRIMES.map((prime) => [BigInt(prime), powersOf65537(BigInt(prime))] as const);
/** What was read is not read again for the next rule. */
let last: { readonly of: CertifiedKey; readonly modulus: bigint } | undefined;
const INTEGER = 0x02;

const EC = oid("1.2.840.10045.2.1");
const ALGORITHMS: readonly Buffer[] = [
  sequence(oid(OID.rsaEncryption), NULL),
  sequence(EC, oid("1.2.840.10045.3.1.7")),
  sequence(EC, oid("1.3.132.0.34")),
  sequence(EC, oid("1.3.132.0.35")),
].map(encode);
