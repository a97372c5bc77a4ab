import { list, object, optional, type Shape, text, whole } from "#lib/shape.ts";

/** A problem document of RFC 7807 and RFC 8555 section 6.7, of which nothing is believed beyond its bounds. */
export interface Problem {
  /** `badNonce`, `rateLimited`, `caa` …; what is no type of ACME is given whole. */
  readonly type: string;
  readonly detail: string;
  /** What is wrong with single names (section 6.7.1). */
  readonly parts: readonly { readonly type: string; readonly detail: string; readonly name: string | undefined }[];
}

/** What a CA answered instead of what it was asked for. */
export class AcmeProblem extends Error {
  override readonly name = "AcmeProblem";
  readonly status: number;
  readonly problem: Problem;
  /** When it may be asked again; undefined when it does not say. */
  readonly retryAt: Date | undefined;

  constructor(status: number, problem: Problem, retryAt: Date | undefined) {
    super(tellProblem(problem));
    this.status = status;
    this.problem = problem;
    this.retryAt = retryAt;
  }
}

/** The problem in the body of an answer; one that says just the status where the body holds none. */
export function parseProblem(body: Uint8Array, status: number): Problem {
  return problemIn(json(body)) ?? { type: "", detail: `HTTP status ${status}`, parts: [] };
}

/** The problem that a JSON value is, as orders and challenges hold one; undefined when it is none. */
export function problemIn(value: unknown): Problem | undefined {
  if (!isProblem(value)) return undefined;
  const { type, detail, subproblems = [] } = value;
  return {
    type: typeOf(type),
    detail: shown(detail ?? ""),
    parts: subproblems.slice(0, MOST_PARTS).map((part) => ({
      type: typeOf(part.type),
      detail: shown(part.detail ?? ""),
      name: part.identifier === undefined ? undefined : shown(part.identifier.value),
    })),
  };
}

/** A problem in one line. */
export function tellProblem({ type, detail, parts }: Problem): string {
  const own = detail === "" ? type : type === "" ? detail : `${detail} (${type})`;
  const told = parts.map(({ name, detail: why, type: kind }) => `${name ?? "a name"}: ${why || kind}`);
  return [own, ...told].join("; ").slice(0, LONGEST_TOLD) || "an error without a word";
}

interface ProblemDocument {
  readonly type?: string;
  readonly detail?: string;
  readonly subproblems?: readonly (Omit<ProblemDocument, "subproblems"> & {
    readonly identifier?: { readonly value: string };
  })[];
}

const LONGEST = 65_536;
const words = { type: optional(text(LONGEST)), detail: optional(text(LONGEST)), status: optional(whole(0, 999)) };
const isProblem = object({
  ...words,
  subproblems: optional(
    list(object({ ...words, identifier: optional(object({ type: optional(text(100)), value: text(LONGEST) })) }), 1000),
  ),
}) as Shape<ProblemDocument>;

function typeOf(type = ""): string {
  return shown(type)
    .replace(/^urn:ietf:params:acme:error:/, "")
    .slice(0, LONGEST_TYPE);
}

/** Text from elsewhere that may stand in logs and on terminals. */
function shown(value: string): string {
  return value
    .slice(0, LONGEST_DETAIL)
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

const MOST_PARTS = 20;
const LONGEST_TYPE = 100;
const LONGEST_DETAIL = 1000;
const LONGEST_TOLD = 2000;
