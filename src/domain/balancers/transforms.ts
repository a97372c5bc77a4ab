import type { EdgeTransform } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import { QUOTAS } from "./quotas.ts";
import { checkRegex } from "./regexes.ts";

/**
 * Throws `balancer-input-invalid` for transforms that a rule cannot have.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 */
export function checkTransforms(transforms: readonly EdgeTransform[]): void {
  const types = transforms.map(({ type }) => type);
  if (new Set(types).size < types.length) {
    throw refuse("A rule can only have one transform of each type, 'host-header-rewrite' and 'url-rewrite'");
  }
  for (const { type, rewrites } of transforms) {
    if (rewrites.length === 0 || rewrites.length > MOST_REWRITES) {
      throw refuse(`A '${type}' transform must have 1 to ${MOST_REWRITES} rewrites`);
    }
    for (const { regex, replace } of rewrites) checkReplacement(replace, checkRegex(regex, QUOTAS.rewriteCharacters));
  }
}

/** What is put into a request line or a Host header must not end it. */
function checkReplacement(replace: string, groups: number): void {
  if (replace.length > QUOTAS.rewriteCharacters || !/^[\x21-\x7e]*$/.test(replace)) {
    throw refuse(`A replacement can have up to '${QUOTAS.rewriteCharacters}' visible ASCII characters without spaces`);
  }
  for (const [name, number] of replace.matchAll(/\$(\d+)/g)) {
    if (Number(number) > groups) {
      throw refuse(`The replacement '${replace}' names ${name}, but its regular expression has ${groups} groups`);
    }
  }
}

function refuse(message: string): Refusal {
  return new Refusal("balancer-input-invalid", message);
}

const MOST_REWRITES = 10;
