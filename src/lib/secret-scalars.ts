/** A number modulo the prime of its field, in Montgomery form. */
export type Scalar = Uint32Array;

/**
 * Arithmetic with secret numbers modulo a prime that everybody knows: in memory that is wiped when the field is disposed
 * of, in steps that do not depend on what the numbers are. Montgomery multiplication (Handbook of Applied Cryptography,
 * algorithm 14.36) with limbs of 16 bits, whose products JavaScript's numbers hold exactly.
 */
export class ScalarField implements Disposable {
  readonly #modulus: Modulus;
  readonly #used: Uint32Array[] = [];
  readonly #work: Uint32Array;
  readonly #reduced: Uint32Array;

  constructor(prime: bigint) {
    this.#modulus = modulusOf(prime);
    const { limbs } = this.#modulus;
    this.#work = this.#fresh(limbs.length + 2);
    this.#reduced = this.#fresh(limbs.length);
  }

  /** Reads a number, highest byte first, that has no more bytes than the prime. */
  read(bytes: Uint8Array): Scalar {
    const { limbs, square } = this.#modulus;
    if (bytes.length > limbs.length * 2) throw new RangeError(`${bytes.length} bytes are more than the field's`);
    const plain = this.#fresh(limbs.length);
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[bytes.length - 1 - i] as number;
      plain[i >> 1] = (plain[i >> 1] as number) | (byte << (8 * (i & 1)));
    }
    return this.multiply(plain, square);
  }

  /** A number in as many bytes as the prime has, highest first. */
  write(scalar: Scalar): Buffer {
    const { limbs, bytes } = this.#modulus;
    const one = this.#fresh(limbs.length);
    one[0] = 1;
    const plain = this.multiply(scalar, one);
    const written = Buffer.alloc(bytes);
    for (let i = 0; i < bytes; i++) written[bytes - 1 - i] = ((plain[i >> 1] as number) >> (8 * (i & 1))) & 0xff;
    return written;
  }

  add(a: Scalar, b: Scalar): Scalar {
    const { length } = this.#modulus.limbs;
    const work = this.#work;
    let carry = 0;
    for (let i = 0; i < length; i++) {
      const sum = (a[i] as number) + (b[i] as number) + carry;
      work[i] = sum & LIMB;
      carry = sum >>> 16;
    }
    work[length] = carry;
    return this.#reduce();
  }

  multiply(a: Scalar, b: Scalar): Scalar {
    const { limbs, inverse } = this.#modulus;
    const { length } = limbs;
    const work = this.#work.fill(0);
    for (let i = 0; i < length; i++) {
      accumulate(work, a, b[i] as number, length);
      const factor = ((work[0] as number) * inverse) & LIMB;
      accumulate(work, limbs, factor, length);
      work.copyWithin(0, 1);
      work[length + 1] = 0;
    }
    return this.#reduce();
  }

  /** 1 / a, as a^(p-2): the exponent is no secret. */
  invert(a: Scalar): Scalar {
    const { exponent } = this.#modulus;
    let power = a;
    for (const bit of exponent.slice(1)) {
      power = this.multiply(power, power);
      if (bit === "1") power = this.multiply(power, a);
    }
    return power;
  }

  [Symbol.dispose](): void {
    for (const memory of this.#used) memory.fill(0);
  }

  /** What is in `work`, less the prime if it is not below it. */
  #reduce(): Scalar {
    const { limbs } = this.#modulus;
    const { length } = limbs;
    let borrow = 0;
    for (let i = 0; i < length; i++) {
      const rest = (this.#work[i] as number) - (limbs[i] as number) - borrow;
      this.#reduced[i] = rest & LIMB;
      borrow = (rest >> 16) & 1;
    }
    // All ones where the prime was too much to take away.
    const keep = -(borrow & ((this.#work[length] as number) ^ 1)) & LIMB;
    const result = this.#fresh(length);
    for (let i = 0; i < length; i++) {
      result[i] = ((this.#work[i] as number) & keep) | ((this.#reduced[i] as number) & ~keep & LIMB);
    }
    return result;
  }

  #fresh(length: number): Uint32Array {
    const memory = new Uint32Array(length);
    this.#used.push(memory);
    return memory;
  }
}

/** Adds `a` times `factor`: a product of limbs with two limbs more stays below 2^32. */
function accumulate(work: Uint32Array, a: Uint32Array, factor: number, length: number): void {
  let carry = 0;
  for (let j = 0; j < length; j++) {
    const sum = (work[j] as number) + (a[j] as number) * factor + carry;
    work[j] = sum & LIMB;
    carry = sum >>> 16;
  }
  const top = (work[length] as number) + carry;
  work[length] = top & LIMB;
  work[length + 1] = (work[length + 1] as number) + (top >>> 16);
}

/** What is worked out of a prime once. */
interface Modulus {
  readonly limbs: Uint32Array;
  readonly bytes: number;
  /** -1 / p modulo 2^16. */
  readonly inverse: number;
  /** R^2 modulo p, which brings numbers into Montgomery form. */
  readonly square: Uint32Array;
  /** p - 2 in binary. */
  readonly exponent: string;
}

function modulusOf(prime: bigint): Modulus {
  const known = MODULI.get(prime);
  if (known) return known;
  const bits = prime.toString(2).length;
  const length = Math.ceil(bits / 16);
  const made: Modulus = {
    limbs: limbsOf(prime, length),
    bytes: Math.ceil(bits / 8),
    inverse: inverseOf(Number(prime & 0xffffn)),
    square: limbsOf(1n << BigInt(32 * length), length, prime),
    exponent: (prime - 2n).toString(2),
  };
  MODULI.set(prime, made);
  return made;
}

function limbsOf(value: bigint, length: number, modulus?: bigint): Uint32Array {
  const rest = modulus === undefined ? value : value % modulus;
  return Uint32Array.from({ length }, (_, i) => Number((rest >> BigInt(16 * i)) & 0xffffn));
}

/** -1 / odd modulo 2^16, by Newton's iteration. */
function inverseOf(odd: number): number {
  let inverse = 1;
  for (let i = 0; i < 4; i++) inverse = (inverse * ((2 - odd * inverse) & LIMB)) & LIMB;
  return -inverse & LIMB;
}

const LIMB = 0xffff;
const MODULI = new Map<bigint, Modulus>();
