import { listed } from "#lib/blanks.ts";

/** How a load balancer deals with requests that two parsers may read differently. */
export type DesyncMode = "monitor" | "defensive" | "strictest";

/** How safe a request is to pass on. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode */
export type DesyncLevel = "Compliant" | "Acceptable" | "Ambiguous" | "Severe";

/** `reason` as ALB's access log names it, for example `BothTeClPresent`; undefined for what is compliant. */
export interface Classification {
  readonly level: DesyncLevel;
  readonly reason: DesyncReason | undefined;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#classification-reasons */
export type DesyncReason =
  | "AmbiguousUri"
  | "BadContentLength"
  | "BadHeader"
  | "BadMethod"
  | "BadTransferEncoding"
  | "BadUri"
  | "BadVersion"
  | "BothTeClPresent"
  | "DuplicateContentLength"
  | "EmptyHeader"
  | "GetHeadZeroContentLength"
  | "MultipleContentLength"
  | "MultipleTransferEncodingChunked"
  | "NonCompliantHeader"
  | "NonCompliantVersion"
  | "SpaceInUri"
  | "SuspiciousHeader"
  | "UndefinedContentLengthSemantics"
  | "UndefinedTransferEncodingSemantics";

/** What becomes of a request: `close` passes it on, and both connections end behind it. */
export type DesyncVerdict = "pass" | "close" | "refuse";

/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode
 * ALB passes on what is `Severe` when it only monitors; here nobody can tell where such a request ends, so it never is.
 */
export const DESYNC: Readonly<Record<DesyncMode, Readonly<Record<DesyncLevel, DesyncVerdict>>>> = {
  monitor: { Compliant: "pass", Acceptable: "pass", Ambiguous: "pass", Severe: "refuse" },
  defensive: { Compliant: "pass", Acceptable: "pass", Ambiguous: "close", Severe: "refuse" },
  strictest: { Compliant: "pass", Acceptable: "refuse", Ambiguous: "refuse", Severe: "refuse" },
};

/** What can be told from a request's head about where the request ends. */
export interface Framing {
  readonly method: string;
  readonly version: "1.0" | "1.1";
  /** The values of its `Content-Length` and `Transfer-Encoding` fields. */
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
  /** The same of fields whose names only look like these. */
  readonly lookalikeLengths: readonly string[];
  readonly lookalikeCodings: readonly string[];
  /** A value has control characters other than a tab. */
  readonly unusual: boolean;
}

/** Judges a request that could be read as ALB does; of several reasons the first of the highest level counts. */
export function classify(framing: Framing): Classification {
  let worst: DesyncReason | undefined;
  for (const reason of reasons(framing)) {
    if (worst === undefined || RANK[DESYNC_REASONS[reason]] > RANK[DESYNC_REASONS[worst]]) worst = reason;
  }
  return worst === undefined ? COMPLIANT : classified(worst);
}

/** The classification of a reason. */
export function classified(reason: DesyncReason): Classification {
  return { level: DESYNC_REASONS[reason], reason };
}

export const COMPLIANT: Classification = { level: "Compliant", reason: undefined };

/** The order is that of https://github.com/aws/http-desync-guardian, which ALB uses. */
function* reasons(framing: Framing): Generator<DesyncReason> {
  const { method, version, lengths, codings, lookalikeLengths, lookalikeCodings, unusual } = framing;
  if (unusual) yield "NonCompliantHeader";
  if (lookalikeLengths.length + lookalikeCodings.length > 0) yield "SuspiciousHeader";
  const allCodings = [...codings, ...lookalikeCodings];
  const allLengths = [...lengths, ...lookalikeLengths];
  if (version === "1.0" && allCodings.length > 0) yield "UndefinedTransferEncodingSemantics";
  yield* reasonsOfCodings(allCodings);
  if (allLengths.some((length) => contentLength(length) === undefined)) yield "BadContentLength";
  const [first, ...others] = allLengths.map(contentLength);
  if (others.some((length) => length !== first)) yield "MultipleContentLength";
  if (others.some((length) => length === first)) yield "DuplicateContentLength";
  if (method === "GET" || method === "HEAD") {
    if (allCodings.length > 0) yield "UndefinedTransferEncodingSemantics";
    if (first === 0) yield "GetHeadZeroContentLength";
    else if (first !== undefined) yield "UndefinedContentLengthSemantics";
  }
  if (allCodings.length > 0 && allLengths.length > 0) yield "BothTeClPresent";
}

function* reasonsOfCodings(values: readonly string[]): Generator<DesyncReason> {
  // Empty elements are kept: nothing knows them.
  const all = values.flatMap(listed);
  const chunked = all.filter((coding) => coding === "chunked").length;
  if (chunked > 1) yield "MultipleTransferEncodingChunked";
  // Chunks tell where a body ends only if they are its outermost coding (RFC 9112 section 6.3).
  if (chunked === 1 && all.at(-1) !== "chunked") yield "BadTransferEncoding";
  if (!all.every((coding) => TRANSFER_CODINGS.has(coding))) yield "BadTransferEncoding";
}

/** The number of bytes that a `Content-Length` names: digits only (RFC 9110 section 8.6), as far as they can be counted. */
export function contentLength(value: string): number | undefined {
  if (value.length === 0 || value.length > MOST_DIGITS) return undefined;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    length = length * 10 + digit;
  }
  return Number.isSafeInteger(length) ? length : undefined;
}

/** The levels of the reasons, as ALB's documentation has them. */
const DESYNC_REASONS: Readonly<Record<DesyncReason, DesyncLevel>> = {
  AmbiguousUri: "Ambiguous",
  BadContentLength: "Severe",
  BadHeader: "Severe",
  BadMethod: "Severe",
  BadTransferEncoding: "Severe",
  BadUri: "Severe",
  BadVersion: "Severe",
  BothTeClPresent: "Ambiguous",
  DuplicateContentLength: "Ambiguous",
  EmptyHeader: "Ambiguous",
  GetHeadZeroContentLength: "Acceptable",
  MultipleContentLength: "Severe",
  MultipleTransferEncodingChunked: "Severe",
  NonCompliantHeader: "Acceptable",
  NonCompliantVersion: "Acceptable",
  SpaceInUri: "Acceptable",
  SuspiciousHeader: "Ambiguous",
  UndefinedContentLengthSemantics: "Ambiguous",
  UndefinedTransferEncodingSemantics: "Ambiguous",
};

const RANK: Readonly<Record<DesyncLevel, number>> = { Compliant: 0, Acceptable: 1, Ambiguous: 2, Severe: 3 };
/** IANA's registry of transfer codings. All but `chunked` and `identity` can be told from nonsense, but are not supported. */
const TRANSFER_CODINGS: ReadonlySet<string> = new Set(["chunked", "compress", "deflate", "gzip", "identity"]);
const MOST_DIGITS = 16;
