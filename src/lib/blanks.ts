/** Without spaces and tabs around it, in the time of its length. `trim` takes away more than HTTP and DNS call white space. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** The elements of a comma-separated list, trimmed, in lower case; empty ones, too. */
export function listed(text: string): string[] {
  return text.split(",").map((one) => trimmed(one).toLowerCase());
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

const TAB = 9;
const SPACE = 32;
