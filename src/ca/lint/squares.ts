/** The largest integer whose square is not above `value`. */
export function squareRoot(value: bigint): bigint {
  const root = nearRoot(value, value.toString(16).length * 4);
  return root * root > value ? root - 1n : root;
}

/** The root, or one more. `bits` is at least as many as `value` has, and at most three more. */
function nearRoot(value: bigint, bits: number): bigint {
  if (bits <= EXACT_BITS) return BigInt(Math.floor(Math.sqrt(Number(value))));
  // The root of the upper digits, one added to be above, is right in more than half of the digits: one step of Newton's
  // method doubles them.
  const rest = (bits >> 2) - 4;
  const above = (nearRoot(value >> BigInt(2 * rest), bits - 2 * rest) + 1n) << BigInt(rest);
  return (above + value / above) >> 1n;
}

/**
 * In which round, from 1 to `rounds`, Fermat's method writes an odd `number` as a² - b²: a begins at the root and grows
 * by one; undefined when it does in none. Remainders decide nearly every round: few remainders of a number are squares.
 */
export function fermatRound(number: bigint, rounds: number): number | undefined {
  const first = squareRoot(number - 1n) + 1n;
  let a = Number(first % BIG_SIEVE);
  let rest = Number((first * first - number) % BIG_SIEVE);
  for (let round = 0; round < rounds; round++) {
    if (maybeSquare(rest) && isSquare((first + BigInt(round)) ** 2n - number)) return round + 1;
    // (a + 1)² = a² + 2a + 1
    rest = (rest + 2 * a + 1) % SIEVE;
    a = (a + 1) % SIEVE;
  }
  return undefined;
}

function isSquare(value: bigint): boolean {
  return squareRoot(value) ** 2n === value;
}

function maybeSquare(rest: number): boolean {
  for (const squares of SQUARES) if (squares[rest % squares.length] === 0) return false;
  return true;
}

/** So far the square root of a double is exact. */
const EXACT_BITS = 50;
/** The one that sorts out most, and is quickest, first; with their product the sums above stay integers of 31 bits. */
const MODULI: readonly number[] = [64, 63, 65, 11, 17];
const SIEVE: number = MODULI.reduce((product, modulus) => product * modulus, 1);
const BIG_SIEVE = BigInt(SIEVE);
/** For each modulus, which remainders squares have. */
const SQUARES: readonly Uint8Array[] = MODULI.map((modulus) => {
  const squares = new Uint8Array(modulus);
  for (let n = 0; n < modulus; n++) squares[(n * n) % modulus] = 1;
  return squares;
});
