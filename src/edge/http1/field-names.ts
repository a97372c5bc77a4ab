/** What a field is to a connection, beside being passed on. */
export type Role =
  | "plain"
  | "host"
  | "content-length"
  | "transfer-encoding"
  | "connection"
  | "te"
  | "upgrade"
  | "expect"
  | "hop";

/** A field name as it was written. */
export interface KnownName {
  readonly name: string;
  readonly key: string;
  readonly inRequest: Role;
  readonly inResponse: Role;
}

function known(): Map<string, KnownName> {
  const names = new Map<string, KnownName>();
  for (const written of [...Object.keys(ROLES), ...ORDINARY.trim().split(/\s+/)]) {
    const key = written.toLowerCase();
    const roles = ROLES[written] ?? ["plain", "plain"];
    for (const name of [written, key]) names.set(name, { name, key, inRequest: roles[0], inResponse: roles[1] });
  }
  return names;
}

/** RFC 9110 section 7.6.1. */
const ROLES: Readonly<Record<string, readonly [Role, Role]>> = {
  Host: ["host", "plain"],
  "Content-Length": ["content-length", "content-length"],
  "Transfer-Encoding": ["transfer-encoding", "transfer-encoding"],
  Connection: ["connection", "connection"],
  TE: ["te", "hop"],
  Upgrade: ["upgrade", "upgrade"],
  Expect: ["expect", "plain"],
  "Keep-Alive": ["hop", "hop"],
  "Proxy-Connection": ["hop", "hop"],
};
const ORDINARY = `
  Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials
  Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers
  Access-Control-Max-Age Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authorization
  Cache-Control Content-Disposition Content-Encoding Content-Language Content-Location Content-Range
  Content-Security-Policy Content-Type Cookie DNT Date ETag Etag Expires Forwarded From If-Match If-Modified-Since
  If-None-Match If-Range If-Unmodified-Since Last-Modified Link Location Max-Forwards NEL Origin P3P Permissions-Policy
  Pragma Priority Proxy-Authenticate Proxy-Authorization Range Referer Referrer-Policy Report-To Retry-After SOAPAction
  Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-GPC
  Sec-WebSocket-Accept Sec-WebSocket-Extensions Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server
  Server-Timing Set-Cookie Strict-Transport-Security Timing-Allow-Origin Trailer Upgrade-Insecure-Requests User-Agent
  Vary Via WWW-Authenticate Warning X-Amz-Cf-Id X-Amz-Content-Sha256 X-Amz-Date X-Amz-Security-Token X-Amz-Target
  X-Amzn-Trace-Id X-Cache X-Content-Type-Options X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto
  X-Frame-Options X-Powered-By X-Real-IP X-Request-ID X-Request-Id X-Requested-With X-XSS-Protection
`;

/** Names that are met often, as they are written most often, so that no request makes strings of them anew. */
export const KNOWN_NAMES: ReadonlyMap<string, KnownName> = known();
