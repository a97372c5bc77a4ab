import { hash } from "node:crypto";
import type { Call } from "#aws/call.ts";
import { ALGORITHM, type Claim, TERMINATOR } from "./claim.ts";

/** What the signature is over: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function stringToSign(
  call: Call,
  { date, region, service, signedHeaders, timestamp }: Claim,
  bodyHash: string,
): string {
  const canonicalRequest = [
    call.method,
    canonicalPath(call.path),
    canonicalQuery(call.query),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(call.headers, name)}`),
    "",
    signedHeaders.join(";"),
    bodyHash,
  ].join("\n");
  const scope = `${date}/${region}/${service}/${TERMINATOR}`;
  return `${ALGORITHM}\n${timestamp}\n${scope}\n${hash("sha256", canonicalRequest, "hex")}`;
}

/** The names come from outside: `constructor` is none that a request has. */
function canonicalValue(headers: Call["headers"], name: string): string {
  return Object.hasOwn(headers, name) ? (headers[name]?.trim().replace(/\s+/g, " ") ?? "") : "";
}

/** Every service but S3 normalises the path and encodes it a second time. */
function canonicalPath(path: string): string {
  if (path === "/") return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  return `/${segments.join("/")}${path.endsWith("/") && segments.length > 0 ? "/" : ""}`;
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
