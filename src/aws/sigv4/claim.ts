import type { Call } from "#aws/call.ts";
import { AwsError } from "#aws/service.ts";

/** Who says to have signed what: enough to route by, not to trust. */
export interface Claim {
  readonly accessKeyId: string;
  /** `20261122`, the first part of the scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261122T010203Z` */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
  /** Seconds that a presigned URL is good for; undefined for a signature in the header. */
  readonly expires: number | undefined;
}

/**
 * Reads the signature that a request carries, in its Authorization header or (presigned) in its query. Answers, rather
 * than throws, the error of a request without one: which service it is for decides how the error is spelled.
 */
export function readClaim({ headers, query }: Pick<Call, "headers" | "query">): Claim | AwsError {
  const authorization = headers["authorization"];
  if (authorization !== undefined) return headerClaim(authorization, headers);
  if (query.has("X-Amz-Algorithm")) return queryClaim(query);
  return new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
}

function headerClaim(authorization: string, headers: Call["headers"]): Claim | AwsError {
  const [algorithm = "", ...rest] = authorization.trim().split(/\s+/);
  if (algorithm !== ALGORITHM) return unsupported(algorithm);
  const fields = new Map(rest.join("").split(",").map(nameAndValue));
  const timestamp = headers["x-amz-date"];
  return (
    incomplete("Authorization header requires", [
      ["'Credential' parameter", fields.get("Credential")],
      ["'Signature' parameter", fields.get("Signature")],
      ["'SignedHeaders' parameter", fields.get("SignedHeaders")],
      ["existence of a 'X-Amz-Date' header", timestamp],
    ]) ??
    claim({
      credential: fields.get("Credential"),
      signature: fields.get("Signature"),
      signedHeaders: fields.get("SignedHeaders"),
      timestamp,
      sessionToken: headers["x-amz-security-token"],
      expires: undefined,
    })
  );
}

function queryClaim(query: URLSearchParams): Claim | AwsError {
  const field = (name: string): string | undefined => query.get(`X-Amz-${name}`) ?? undefined;
  if (field("Algorithm") !== ALGORITHM) return unsupported(field("Algorithm") ?? "");
  const names = ["Credential", "Signature", "SignedHeaders", "Date", "Expires"];
  const missing = incomplete(
    "AWS query-string parameters must include",
    names.map((name) => [`'X-Amz-${name}'`, field(name)]),
  );
  if (missing) return missing;
  const expires = Number(field("Expires"));
  if (!Number.isInteger(expires) || expires < 1 || expires > WEEK_SECONDS) {
    return new AwsError("IncompleteSignatureException", "X-Amz-Expires must be a number of seconds up to a week.");
  }
  return claim({
    credential: field("Credential"),
    signature: field("Signature"),
    signedHeaders: field("SignedHeaders"),
    timestamp: field("Date"),
    sessionToken: field("Security-Token"),
    expires,
  });
}

interface Fields {
  readonly credential: string | undefined;
  readonly signature: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly timestamp: string | undefined;
  readonly sessionToken: string | undefined;
  readonly expires: number | undefined;
}

function claim({
  credential = "",
  signature = "",
  signedHeaders = "",
  timestamp = "",
  ...rest
}: Fields): Claim | AwsError {
  const [accessKeyId = "", date = "", region = "", service = "", terminator, ...more] = credential.split("/");
  if (terminator === undefined || more.length > 0) {
    const text = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.";
    return new AwsError("IncompleteSignatureException", text);
  }
  if (terminator !== TERMINATOR) {
    const text = `Credential should be scoped with a valid terminator: '${TERMINATOR}'.`;
    return new AwsError("InvalidSignatureException", text);
  }
  return { accessKeyId, date, region, service, signature, timestamp, signedHeaders: signedHeaders.split(";"), ...rest };
}

/** What is missing, each in a sentence of its own, as AWS lists it. */
function incomplete(opening: string, wanted: readonly (readonly [string, string | undefined])[]): AwsError | undefined {
  const missing = wanted.filter(([, value]) => !value).map(([what]) => `${opening} ${what}.`);
  return missing.length > 0 ? new AwsError("IncompleteSignatureException", missing.join(" ")) : undefined;
}

function unsupported(algorithm: string): AwsError {
  const text = `Unsupported AWS 'algorithm': '${algorithm.slice(0, 40)}'. Requests are signed with ${ALGORITHM}.`;
  return new AwsError("IncompleteSignatureException", text);
}

function nameAndValue(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const TERMINATOR = "aws4_request";
const WEEK_SECONDS = 604_800;
