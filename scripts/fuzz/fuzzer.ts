/** What is fuzzed: something of ours beside somebody else's of the same kind. */
export interface Fuzzer {
  /** One sentence for `--help`. */
  readonly what: string;
  /** Tries one case that `random` draws; the answer is how the two differed. */
  readonly attempt: (random: Random) => Outcome;
}

/** `same`, the name of a difference that the fuzzer's table allows, or a failure with everything that it takes to see it. */
export type Outcome = "same" | { readonly allowed: string } | { readonly failure: string };

/** Numbers in [0, 1). */
export type Random = () => number;

export interface FuzzReport {
  readonly cases: number;
  readonly same: number;
  /** How often each allowed difference was met. */
  readonly allowed: ReadonlyMap<string, number>;
  readonly failures: readonly { readonly case: number; readonly failure: string }[];
}

/** Tries so many cases, each drawn from the seed and its number, so that one can be repeated alone. Stops at ten failures. */
export function fuzz(
  fuzzer: Fuzzer,
  cases: number,
  randomOf: (number: number) => Random,
  { first = 0, progress = () => {} }: { readonly first?: number; readonly progress?: (done: number) => void } = {},
): FuzzReport {
  let same = 0;
  const allowed = new Map<string, number>();
  const failures: { case: number; failure: string }[] = [];
  let number = first;
  for (; number < first + cases && failures.length < MOST_FAILURES; number++) {
    const outcome = fuzzer.attempt(randomOf(number));
    if (outcome === "same") same++;
    else if ("failure" in outcome) failures.push({ case: number, failure: outcome.failure });
    else allowed.set(outcome.allowed, (allowed.get(outcome.allowed) ?? 0) + 1);
    if ((number + 1) % PROGRESS === 0) progress(number + 1 - first);
  }
  return { cases: number - first, same, allowed, failures };
}

const MOST_FAILURES = 10;
const PROGRESS = 50_000;
