import { invalid } from "./pattern-problem.ts";

/**
 * A test for texts in which `*` stands for anything, nothing included; `\*` and `\\` stand for themselves. It takes
 * time in proportion to the text for each `*`. Throws `event-pattern-invalid`.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const [head = "", ...rest] = literals(pattern);
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === head;
  return (text) => {
    if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
    let at = head.length;
    for (const literal of rest) {
      // The first place is as good as any later one.
      const found = text.indexOf(literal, at);
      if (found < 0) return false;
      at = found + literal.length;
    }
    return at <= text.length - tail.length;
  };
}

/** What stands between the stars. Positions in complaints count the quote before the text, as EventBridge's do. */
function literals(pattern: string): string[] {
  const parts = [""];
  for (let at = 0; at < pattern.length; at++) {
    const here = pattern.charAt(at);
    if (here === "*") {
      if (pattern.charAt(at + 1) === "*") throw invalid(`Consecutive wildcard characters at pos ${at + 1}`);
      parts.push("");
    } else if (here === "\\") {
      const escaped = pattern.charAt(++at);
      if (escaped !== "*" && escaped !== "\\") throw invalid(`Invalid escape character at pos ${at}`);
      parts.push(`${parts.pop() ?? ""}${escaped}`);
    } else {
      parts.push(`${parts.pop() ?? ""}${here}`);
    }
  }
  return parts;
}
