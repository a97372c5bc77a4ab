import type { EdgeTransform } from "#domain/edge-config.ts";
import { type LinearRegex, linearRegex } from "#lib/regex/linear-regex.ts";
import { RegexError } from "#lib/regex/syntax.ts";

/** What a target gets to see instead of what the client asked for, and how that came out. */
export interface Transformed {
  /** Undefined: as the client wrote it. */
  readonly host: string | undefined;
  readonly target: string | undefined;
  readonly status: TransformStatus;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#transform-status-codes */
export type TransformStatus =
  | "TransformSuccess"
  | "TransformBufferTooSmall"
  | "TransformCompileTooBig"
  | "TransformInvalidHost"
  | "TransformInvalidPath"
  | "TransformRegexSyntaxError"
  | "TransformReplaceError";

/** Undefined when nothing matches: the request goes on as it is. */
export type Transform = (host: string, target: string) => Transformed | undefined;

/**
 * Compiles the transforms of a rule. A host is rewritten without its port; a URL is path and query, as the client wrote
 * them. When a pattern matches and the rewrite fails the request is answered with 500.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 */
export function compileTransforms(transforms: readonly EdgeTransform[]): Transform | undefined {
  const hosts = rewritesOf(transforms, "host-header-rewrite");
  const urls = rewritesOf(transforms, "url-rewrite");
  if (hosts.length + urls.length === 0) return undefined;
  return (host, target) => {
    const newHost = rewrite(hosts, host.replace(/:\d*$/, ""));
    const newTarget = rewrite(urls, target);
    if (newHost === undefined && newTarget === undefined) return undefined;
    const failed =
      failure(newHost, MOST_HOST, HOST, "TransformInvalidHost") ??
      failure(newTarget, MOST_TARGET, TARGET, "TransformInvalidPath");
    if (failed) return { host: undefined, target: undefined, status: failed };
    return { host: newHost?.text, target: newTarget?.text, status: "TransformSuccess" };
  };
}

interface Rewrite {
  readonly regex: LinearRegex | undefined;
  /** Why there is no regex. */
  readonly broken: TransformStatus | undefined;
  /** Texts and the numbers of groups. */
  readonly parts: readonly (string | number)[];
}

interface Rewritten {
  readonly text: string;
  readonly failed?: TransformStatus;
}

function rewritesOf(transforms: readonly EdgeTransform[], type: EdgeTransform["type"]): Rewrite[] {
  return transforms
    .filter((transform) => transform.type === type)
    .flatMap(({ rewrites }) => rewrites)
    .map(({ regex, replace }) => ({ ...compile(regex), parts: replace.split(/\$(\d)/).map(partOf) }));
}

/** `split` answers text and group in turn. */
function partOf(part: string, at: number): string | number {
  return at % 2 === 0 ? part : Number(part);
}

function compile(regex: string): Pick<Rewrite, "regex" | "broken"> {
  try {
    return { regex: linearRegex(regex), broken: undefined };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return {
      regex: undefined,
      broken: error.kind === "syntax" ? "TransformRegexSyntaxError" : "TransformCompileTooBig",
    };
  }
}

/** The first rewrite that matches replaces the match; undefined when none does. */
function rewrite(rewrites: readonly Rewrite[], text: string): Rewritten | undefined {
  for (const { regex, broken, parts } of rewrites) {
    if (broken) return { text: "", failed: broken };
    if (regex?.test(text) !== true) continue;
    const found = regex.exec(text);
    if (!found) continue;
    let replaced = "";
    for (const part of parts) {
      if (typeof part === "number" && part >= found.groups.length) return { text: "", failed: "TransformReplaceError" };
      replaced += typeof part === "number" ? (found.groups[part] ?? "") : part;
    }
    return { text: text.slice(0, found.from) + replaced + text.slice(found.to) };
  }
  return undefined;
}

function failure(
  rewritten: Rewritten | undefined,
  most: number,
  form: RegExp,
  otherwise: TransformStatus,
): TransformStatus | undefined {
  if (!rewritten) return undefined;
  if (rewritten.failed) return rewritten.failed;
  if (rewritten.text.length > most) return "TransformBufferTooSmall";
  return form.test(rewritten.text) ? undefined : otherwise;
}

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** What may stand in a request line (RFC 9112 section 3.2.1), and nothing that would end it. */
const TARGET = /^\/[\x21-\x22\x24-\x7e\x80-\xff]*$/;
const MOST_HOST = 255;
const MOST_TARGET = 16 * 1024;
