import { Refusal } from "#domain/refusal.ts";
import { linearRegex } from "#lib/regex/linear-regex.ts";
import { parseRegex, RegexError } from "#lib/regex/syntax.ts";

/**
 * Answers how many groups of a regular expression capture. Throws `balancer-input-invalid` for one that edges do not
 * take: they match in linear time, so look-around, backreferences, atomic groups, possessive quantifiers, recursion and
 * Unicode classes are refused, as ALB refuses them.
 */
export function checkRegex(regex: string, most: number): number {
  if (regex === "") throw refuse("A regular expression cannot be empty");
  if (regex.length > most) {
    throw refuse(`The regular expression '${regex.slice(0, 64)}…' cannot be longer than '${most}' characters`);
  }
  if (!/^[\x20-\x7e]+$/.test(regex)) {
    throw refuse("A regular expression can only contain visible ASCII characters");
  }
  try {
    linearRegex(regex);
    return parseRegex(regex).groups;
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw refuse(`The regular expression '${regex}' is not valid: ${error.message}`);
  }
}

function refuse(message: string): Refusal {
  return new Refusal("balancer-input-invalid", message);
}
