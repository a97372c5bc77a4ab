/** What is fuzzed: something of ours beside somebody else's of the same kind. */
export interface Fuzzer {
  /** One sentence for `--help`. */
  readonly what: string;
  /** Tries one case that `random` draws; the answer is how the two differed. */
  readonly attempt: (random: Random) => Outcome | Promise<Outcome>;
}

/**
 * `same`, or so many things that were the same; the name of a difference that the fuzzer's table allows; or a failure with
 * everything that it takes to see it.
 */
export type Outcome = "same" | { readonly same: number } | { readonly allowed: string } | { readonly failure: string };

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
export async function fuzz(
  fuzzer: Fuzzer,
  cases: number,
  randomOf: (number: number) => Random,
  { first = 0, progress = () => {} }: { readonly first?: number; readonly progress?: (done: number) => void } = {},
): Promise<FuzzReport> {
  let same = 0;
  const allowed = new Map<string, number>();
  const failures: { case: number; failure: string }[] = [];
  let done = 0;
  while (done < cases && failures.length < MOST_FAILURES) {
    const began = first + done;
    const batch = Array.from({ length: Math.min(AT_ONCE, cases - done) }, async (_, i) =>
      fuzzer.attempt(randomOf(began + i)),
    );
    for (const [i, outcome] of (await Promise.all(batch)).entries()) {
      if (outcome === "same") same++;
      else if ("same" in outcome) same += outcome.same;
      else if ("failure" in outcome) failures.push({ case: began + i, failure: outcome.failure });
      else allowed.set(outcome.allowed, (allowed.get(outcome.allowed) ?? 0) + 1);
    }
    if (Math.floor((done + batch.length) / PROGRESS) > Math.floor(done / PROGRESS)) progress(done + batch.length);
    done += batch.length;
  }
  return { cases: done, same, allowed, failures };
}

const MOST_FAILURES = 10;
const PROGRESS = 50_000;
/** Those that wait for the network, or act as if, wait together. */
const AT_ONCE = 32;
