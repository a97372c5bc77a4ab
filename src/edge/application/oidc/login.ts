import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Exchange } from "#edge/http/exchange.ts";
import { type Fields, field } from "#edge/http/fields.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import { object, text, whole } from "#lib/shape.ts";
import type { ClientKeys } from "./client-keys.ts";
import { cookie, cookieValue, endedCookie } from "./cookies.ts";
import { AuthFailure } from "./failure.ts";
import type { OidcAction } from "./tokens.ts";

/** The path to which providers send users back. */
export const RESPONSE_PATH = "/oauth2/idpresponse";

/** The fields of the answer that sends a user to the provider. Throws AuthFailure when there is no host to come back to. */
export function loginFields(
  { host, target, fields }: Pick<Exchange, "host" | "target" | "fields">,
  action: OidcAction,
  stateOf: StateOf,
  now: Date,
): Fields {
  if (host === undefined || host === "") throw new AuthFailure("AuthMissingHostHeader");
  // Several pages that log in at once share a nonce, so that the first one does not fail.
  const before = cookieValue(fields, NONCE);
  const nonce = before !== undefined && /^[\w-]{22}$/.test(before) ? before : randomBytes(16).toString("base64url");
  const url = new URL(action.authorizationEndpoint);
  const params = {
    ...action.authenticationRequestExtraParams,
    client_id: action.clientId,
    redirect_uri: redirectUri(host),
    response_type: "code",
    scope: action.scope,
    state: stateOf({ host, target: shortened(target), nonce, at: now.getTime() }),
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const expires = new Date(now.getTime() + LOGIN_LIFE);
  return [field("Location", url.href), cookie(NONCE, nonce, expires)];
}

/** Where a login began: what `state` tells when the user comes back. */
export interface Login {
  readonly host: string;
  readonly target: string;
  readonly nonce: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export type StateOf = (login: Login) => string;

export function sealLogin(login: Login, keys: ClientKeys): string {
  return keys.seal(PURPOSE, JSON.stringify(login));
}

/** Throws AuthFailure for a state that is not ours or of another browser, or when the user took too long. */
export function openLogin(state: string, keys: ClientKeys, fields: Fields, now: number): Login {
  const opened = keys.open(PURPOSE, state);
  const login: unknown = opened === undefined ? undefined : JSON.parse(opened);
  if (!SHAPE(login)) throw new AuthFailure("AuthInvalidStateParam");
  const known = login as Login;
  const nonce = cookieValue(fields, NONCE);
  if (nonce === undefined) throw new AuthFailure("AuthMissingAWSALBAuthNonce");
  const [given, wanted] = [Buffer.from(nonce), Buffer.from(known.nonce)];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new AuthFailure("AuthInvalidAWSALBAuthNonce");
  }
  if (known.at + LOGIN_LIFE < now) throw new AuthFailure("AuthInvalidStateParam");
  return known;
}

export const endedNonce: () => Fields = () => [endedCookie(NONCE)];

export function redirectUri(host: string): string {
  return `https://${host.toLowerCase()}${RESPONSE_PATH}`;
}

/** A state goes through URLs of others, which have limits: of what is too long the query is left out, then the path. */
function shortened(target: string): string {
  if (target.length <= MOST_TARGET) return target;
  const path = target.split("?", 1)[0] ?? "/";
  return path.length <= MOST_TARGET ? path : "/";
}

const PURPOSE = "login";
const NONCE = "AWSALBAuthNonce";
const SHAPE = object({
  host: text(1024),
  target: text(16_384),
  nonce: text(64),
  at: whole(0, Number.MAX_SAFE_INTEGER),
});
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html (client login timeout) */
const LOGIN_LIFE: Millis = 15 * MINUTE;
const MOST_TARGET = 2_048;
