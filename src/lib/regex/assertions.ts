import { type Assertion, NEWLINE, WORD } from "./syntax.ts";

/** What stands before a place in a text, as far as assertions ask. */
export type Before = "nothing" | "newline" | "word" | "other";

export function beforeOf(code: number): Before {
  if (code === NEWLINE) return "newline";
  return WORD[code & 0xff] === true ? "word" : "other";
}

/** Whether an assertion holds between what stands before and the next character, of which there is none at the end. */
export function holds(assertion: Assertion, before: Before, next: number | undefined): boolean {
  switch (assertion) {
    case "begin-text":
      return before === "nothing";
    case "end-text":
      return next === undefined;
    case "begin-line":
      return before === "nothing" || before === "newline";
    case "end-line":
      return next === undefined || next === NEWLINE;
    case "word":
      return isBoundary(before, next);
    case "not-word":
      return !isBoundary(before, next);
  }
}

function isBoundary(before: Before, next: number | undefined): boolean {
  return (before === "word") !== (next !== undefined && WORD[next & 0xff] === true);
}
