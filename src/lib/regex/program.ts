import { type Assertion, type CharSet, type Node, RegexError, type Syntax } from "./syntax.ts";

/** One step of Thompson's machine. Where two ways lead on, the first is preferred. */
export type Step =
  | { readonly op: "char"; readonly set: CharSet }
  | { readonly op: "assert"; readonly assertion: Assertion }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "match" };

export interface Program {
  readonly steps: readonly Step[];
  /** Two for each group, the whole match first. */
  readonly slots: number;
  /** Every match begins where the text does. */
  readonly anchored: boolean;
}

/** Compiles a parsed expression. Throws RegexError (`too-big`) when it comes to too many steps. */
export function compileSteps({ root, groups }: Syntax): Program {
  const steps: Step[] = [];
  emit(steps, { kind: "group", index: 0, body: root });
  push(steps, { op: "match" });
  return { steps, slots: 2 * (groups + 1), anchored: beginsAtStart(root) };
}

function emit(steps: Step[], node: Node): void {
  switch (node.kind) {
    case "set":
      push(steps, { op: "char", set: node.set });
      return;
    case "assert":
      push(steps, { op: "assert", assertion: node.assertion });
      return;
    case "sequence":
      for (const part of node.parts) emit(steps, part);
      return;
    case "choice":
      return emitChoice(steps, node.options);
    case "group":
      push(steps, { op: "save", slot: 2 * node.index });
      emit(steps, node.body);
      push(steps, { op: "save", slot: 2 * node.index + 1 });
      return;
    case "repeat":
      return emitRepeat(steps, node);
  }
}

function emitChoice(steps: Step[], options: readonly Node[]): void {
  const [first, ...others] = options;
  if (!first) return;
  if (others.length === 0) return emit(steps, first);
  const split = push(steps, { op: "jump", to: 0 });
  emit(steps, first);
  const leave = push(steps, { op: "jump", to: 0 });
  steps[split] = { op: "split", first: split + 1, second: steps.length };
  emitChoice(steps, others);
  steps[leave] = { op: "jump", to: steps.length };
}

function emitRepeat(steps: Step[], { body, least, most, greedy }: Extract<Node, { kind: "repeat" }>): void {
  for (let times = 0; times < least; times++) emit(steps, body);
  if (most === Number.POSITIVE_INFINITY) {
    const split = push(steps, { op: "jump", to: 0 });
    emit(steps, body);
    push(steps, { op: "jump", to: split });
    steps[split] = fork(greedy, split + 1, steps.length);
    return;
  }
  const splits: number[] = [];
  for (let times = least; times < most; times++) {
    splits.push(push(steps, { op: "jump", to: 0 }));
    emit(steps, body);
  }
  for (const split of splits) steps[split] = fork(greedy, split + 1, steps.length);
}

function fork(greedy: boolean, on: number, over: number): Step {
  return greedy ? { op: "split", first: on, second: over } : { op: "split", first: over, second: on };
}

function push(steps: Step[], step: Step): number {
  if (steps.length === MOST_STEPS) throw new RegexError("too-big", "it is too complex");
  return steps.push(step) - 1;
}

function beginsAtStart(node: Node): boolean {
  switch (node.kind) {
    case "assert":
      return node.assertion === "begin-text";
    case "sequence":
      return node.parts[0] !== undefined && beginsAtStart(node.parts[0]);
    case "choice":
      return node.options.every(beginsAtStart);
    case "group":
      return beginsAtStart(node.body);
    case "repeat":
      return node.least > 0 && beginsAtStart(node.body);
    case "set":
      return false;
  }
}

/** What a character of a request may cost at worst; a pattern of 128 characters without counted repetitions has fewer. */
const MOST_STEPS = 1_000;
