import { atPath, parseJsonPath } from "./json-path.ts";
import { isObject } from "./pattern-problem.ts";

/** A parameter of a request, and whether its value is secret. */
export interface HttpParameter {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
}

/** What a connection adds to every request. */
export interface Authorization {
  readonly credentials:
    | { readonly type: "API_KEY"; readonly name: string; readonly value: string }
    | { readonly type: "BASIC"; readonly username: string; readonly password: string };
  readonly headers: readonly HttpParameter[];
  readonly query: readonly HttpParameter[];
  readonly body: readonly HttpParameter[];
}

/** What a target adds to its requests. Values that begin with `$.` are taken from the event. */
export interface TargetHttpParameters {
  readonly path: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface ApiCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The request by which an event reaches an API destination. Where target and connection say the same thing, the
 * connection is right. Throws UnfitPath.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export function apiCall(
  destination: { readonly endpoint: string; readonly method: string },
  authorization: Authorization,
  parameters: TargetHttpParameters,
  event: Readonly<Record<string, unknown>>,
  input: string,
): ApiCall {
  const url = new URL(
    withPath(
      destination.endpoint,
      parameters.path.map((value) => resolved(value, event)),
    ),
  );
  for (const [key, value] of Object.entries(parameters.query)) url.searchParams.set(key, resolved(value, event));
  for (const { key, value } of authorization.query) url.searchParams.set(key, value);
  const custom = new Map(
    Object.entries(parameters.headers).map(([key, value]) => [key.toLowerCase(), resolved(value, event)]),
  );
  for (const { key, value } of authorization.headers) custom.set(key.toLowerCase(), value);
  for (const name of NOT_FOR_USERS) custom.delete(name);
  const [name, value] = credentialHeader(authorization.credentials);
  custom.set(name, value);
  const printable = [...custom].map(([key, text]) => [key, text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "")]);
  return {
    method: destination.method,
    url,
    headers: { "content-type": "application/json; charset=utf-8", ...Object.fromEntries(printable), ...FIXED },
    body: withBodyParameters(input, authorization.body),
  };
}

/** How many path values an endpoint takes: each `*` of its path is one. */
export function pathVariables(endpoint: string): number {
  return endpoint.split("*").length - 1;
}

function withPath(endpoint: string, values: readonly string[]): string {
  const [head = "", ...rest] = endpoint.split("*");
  const url = rest.reduce(
    (before, part, at) => `${before}${encodeURIComponent((values[at] ?? "").toWellFormed())}${part}`,
    head,
  );
  // Nothing escapes these: the path would be another one than the destination's.
  if (rest.length > 0 && /\/\.{1,2}(?:[/?#]|$)/.test(url)) throw new UnfitPath();
  return url;
}

/** A value for the path of an endpoint that would lead elsewhere. */
export class UnfitPath extends Error {
  override readonly name = "UnfitPath";

  constructor() {
    super("a value for the path is . or .., which would lead to another one");
  }
}

function resolved(value: string, event: Readonly<Record<string, unknown>>): string {
  const path = value.startsWith("$.") ? parseJsonPath(value) : undefined;
  if (!path) return value;
  const found = atPath(event, path);
  return typeof found === "string" ? found : (JSON.stringify(found) ?? "");
}

function credentialHeader(credentials: Authorization["credentials"]): readonly [string, string] {
  if (credentials.type === "API_KEY") return [credentials.name.toLowerCase(), credentials.value];
  const { username, password } = credentials;
  return ["authorization", `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`];
}

/** Only an object has room for more members. */
function withBodyParameters(input: string, parameters: readonly HttpParameter[]): string {
  if (parameters.length === 0) return input;
  let body: unknown;
  try {
    body = JSON.parse(input);
  } catch {
    return input;
  }
  if (!isObject(body)) return input;
  return JSON.stringify({ ...body, ...Object.fromEntries(parameters.map(({ key, value }) => [key, value])) });
}

/** "Headers included in requests to API destinations", the user guide. */
const FIXED: Readonly<Record<string, string>> = {
  "user-agent": "Amazon/EventBridge/ApiDestinations",
  range: "bytes=0-1048575",
  "accept-encoding": "gzip,deflate",
};

/** Headers that belong to the connection or to us. */
const NOT_FOR_USERS: readonly string[] = [
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "forwarded",
  "host",
  "http2-settings",
  "max-forwards",
  "proxy-authorization",
  "range",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
];
