import { type Before, beforeOf, holds } from "./assertions.ts";
import type { Program } from "./program.ts";
import { NEWLINE, WORD } from "./syntax.ts";

/**
 * A test whether a text contains a match: a deterministic automaton that is built while it runs (RE2's way). Each
 * character costs a look into a table once its state is known; states are forgotten when there are too many.
 */
export function automaton(program: Program): (text: string) => boolean {
  const { classOf, samples } = classes(program);
  const end = samples.length;
  let states = new Map<string, State>();

  const stateOf = (steps: readonly number[], before: Before): State => {
    const key = `${before} ${steps.join(" ")}`;
    const known = states.get(key);
    if (known) return known;
    if (states.size === MOST_STATES) states = new Map();
    const state: State = { steps, before, next: Array.from({ length: end + 1 }, () => undefined) };
    states.set(key, state);
    return state;
  };
  /** Where a state leads to on a class of characters, or on the end of the text. */
  const advance = (state: State, at: number): State | Verdict => {
    const code = at === end ? undefined : samples[at];
    const seen = new Uint8Array(program.steps.length);
    const reached: number[] = [];
    const open = [...state.steps];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (seen[step] === 1) continue;
      seen[step] = 1;
      const one = program.steps[step];
      switch (one?.op) {
        case "match":
          return true;
        case "char":
          if (code !== undefined && one.set[code] === true) reached.push(step + 1);
          break;
        case "jump":
          open.push(one.to);
          break;
        case "split":
          open.push(one.first, one.second);
          break;
        case "save":
          open.push(step + 1);
          break;
        case "assert":
          if (holds(one.assertion, state.before, code)) open.push(step + 1);
          break;
        case undefined:
          break;
      }
    }
    if (code === undefined) return false;
    if (!program.anchored) reached.push(0);
    if (reached.length === 0) return false;
    return stateOf(
      [...new Set(reached)].sort((a, b) => a - b),
      beforeOf(code),
    );
  };
  const first = stateOf([0], "nothing");

  return (text) => {
    let state = first;
    for (let at = 0; at <= text.length; at++) {
      const kind = at === text.length ? end : (classOf[text.charCodeAt(at) & 0xff] ?? 0);
      const next = (state.next[kind] ??= advance(state, kind));
      if (typeof next === "boolean") return next;
      state = next;
    }
    return false;
  };
}

type Verdict = boolean;

interface State {
  readonly steps: readonly number[];
  readonly before: Before;
  readonly next: (State | Verdict | undefined)[];
}

/** Characters that no step tells apart are of one class; `samples` has one of each. */
function classes({ steps }: Program): { classOf: Uint8Array; samples: readonly number[] } {
  const sets = steps.flatMap((step) => (step.op === "char" ? [step.set] : []));
  const known = new Map<string, number>();
  const classOf = new Uint8Array(256);
  const samples: number[] = [];
  for (let code = 0; code < 256; code++) {
    const key = `${code === NEWLINE}${WORD[code]}${sets.map((set) => (set[code] === true ? 1 : 0)).join("")}`;
    const found = known.get(key) ?? samples.push(code) - 1;
    known.set(key, found);
    classOf[code] = found;
  }
  return { classOf, samples };
}

const MOST_STATES = 256;
