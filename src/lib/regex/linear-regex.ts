import { automaton } from "./automaton.ts";
import { compileSteps } from "./program.ts";
import { parseRegex, type RegexFlags } from "./syntax.ts";
import { findMatch } from "./threads.ts";

/** A regular expression whose time grows with the length of the text only, whatever the expression and the text are. */
export interface LinearRegex {
  /** Whether some part of the text matches. Characters are bytes (latin1). */
  test(text: string): boolean;
  /** The leftmost match, preferred as Perl prefers, and its groups; undefined where a group took no part. */
  exec(text: string): RegexMatch | undefined;
}

export interface RegexMatch {
  readonly from: number;
  readonly to: number;
  /** The whole match first. */
  readonly groups: readonly (string | undefined)[];
}

/**
 * Compiles RE2's syntax, so that no pattern can hold up an edge. Throws RegexError for what it does not know, and for
 * patterns that come to more than 1,000 steps.
 */
export function linearRegex(pattern: string, flags: RegexFlags = {}): LinearRegex {
  const program = compileSteps(parseRegex(pattern, flags));
  const test = automaton(program);
  return {
    test,
    exec(text) {
      const slots = findMatch(program, text);
      if (!slots) return undefined;
      const groups: (string | undefined)[] = [];
      for (let slot = 0; slot < program.slots; slot += 2) {
        const [from, to] = [slots[slot] ?? -1, slots[slot + 1] ?? -1];
        groups.push(from < 0 || to < 0 ? undefined : text.slice(from, to));
      }
      return { from: slots[0] ?? 0, to: slots[1] ?? 0, groups };
    },
  };
}
