import type { EdgeAction } from "#domain/edge-config.ts";
import { type ProviderAnswer, type ProviderClient, ProviderError } from "#edge/application/provider-call.ts";
import { SECOND } from "#lib/duration.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { JsonError, parseJsonObject } from "#lib/strict-json.ts";
import { AuthFailure, type AuthReason } from "./failure.ts";
import { checkIdToken } from "./id-token.ts";
import type { Session } from "./session.ts";

export type OidcAction = Extract<EdgeAction, { type: "authenticate-oidc" }>;

/** What a token request presents: RFC 6749 sections 4.1.3 and 6. */
export type Grant =
  | { readonly grant_type: "authorization_code"; readonly code: string; readonly redirect_uri: string }
  | { readonly grant_type: "refresh_token"; readonly refresh_token: string };

export interface TokenDeps {
  readonly provider: ProviderClient;
  readonly openSecret: (name: string) => Promise<PlaintextKey>;
}

/**
 * Turns a grant into what a session holds: asks the token endpoint, checks the ID token, asks who the user is. A refresh
 * keeps what it does not get anew, of `before`. Throws AuthFailure.
 */
export async function redeem(
  grant: Grant,
  action: OidcAction,
  now: number,
  before: Session | undefined,
  deps: TokenDeps,
): Promise<Session> {
  const tokens = await requestTokens(grant, action, deps);
  const accessToken = textOf(tokens["access_token"]);
  const type = textOf(tokens["token_type"]);
  if (accessToken === undefined || !HEADER_TEXT.test(accessToken) || type?.toLowerCase() !== "bearer") {
    throw new AuthFailure("AuthInvalidTokenResponse");
  }
  const idToken = textOf(tokens["id_token"]);
  if (idToken === undefined && !before) throw new AuthFailure("AuthInvalidTokenResponse");
  const identified = idToken === undefined ? before?.subject : checkIdToken(idToken, action, now);
  const { subject, claims } = await requestUser(accessToken, action, deps);
  if (subject !== identified) throw new AuthFailure("AuthInvalidUserinfoResponse");
  if (claims.length + accessToken.length > MOST_CLAIMS) throw new AuthFailure("AuthUserinfoResponseSizeExceeded");
  const refreshToken = textOf(tokens["refresh_token"]) ?? before?.refreshToken;
  const life = Number(tokens["expires_in"] ?? Number.NaN);
  return {
    subject,
    claims,
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(life > 0 && life < MOST_LIFE ? { accessExpires: now + Math.floor(life * SECOND) } : {}),
    expires: before?.expires ?? now + action.sessionTimeoutSeconds * SECOND,
  };
}

async function requestTokens(
  grant: Grant,
  { tokenEndpoint, clientId, secret }: OidcAction,
  { provider, openSecret }: TokenDeps,
): Promise<Readonly<Record<string, unknown>>> {
  using opened = await openSecret(secret).catch(() => {
    throw new AuthFailure("AuthUnhandledException");
  });
  // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
  const credentials = `${formEncoded(clientId)}:${formEncoded(opened.bytes.toString())}`;
  const request = {
    url: tokenEndpoint,
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(grant).toString(),
    mostBytes: MOST_TOKENS,
  } as const;
  const answer = await ask(provider.call(request), "AuthTokenEpRequestTimeout", "AuthInvalidTokenResponse");
  if (answer.status !== 200) {
    const failed = jsonOf(answer)?.["error"];
    throw new AuthFailure(failed === "invalid_grant" ? "AuthInvalidGrantError" : "AuthTokenEpRequestFailed");
  }
  const tokens = jsonOf(answer);
  if (!tokens) throw new AuthFailure("AuthInvalidTokenResponse");
  return tokens;
}

async function requestUser(
  accessToken: string,
  { userInfoEndpoint }: OidcAction,
  { provider }: TokenDeps,
): Promise<{ subject: string; claims: string }> {
  const request = {
    url: userInfoEndpoint,
    method: "GET",
    headers: { authorization: `Bearer ${accessToken}` },
    mostBytes: MOST_TOKENS,
  } as const;
  const answer = await ask(provider.call(request), "AuthUserinfoEpRequestTimeout", "AuthUserinfoResponseSizeExceeded");
  if (answer.status !== 200) throw new AuthFailure("AuthUserinfoEpRequestFailed");
  const user = jsonOf(answer);
  const subject = textOf(user?.["sub"]);
  if (!user || subject === undefined || subject === "" || CONTROL.test(subject)) {
    throw new AuthFailure("AuthInvalidUserinfoResponse");
  }
  return { subject, claims: JSON.stringify(user) };
}

/** Throws AuthFailure for what is no answer. */
async function ask(
  call: Promise<ProviderAnswer>,
  unreachable: AuthReason,
  tooLarge: AuthReason,
): Promise<ProviderAnswer> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new AuthFailure(error.kind === "too-large" ? tooLarge : unreachable);
  }
}

function jsonOf({ body }: ProviderAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseJsonObject(body.toString());
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function formEncoded(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2);
}

const HEADER_TEXT = /^[\x21-\x7e]+$/;
// oxlint-disable-next-line no-control-regex -- these are what must not get into a header
const CONTROL = /[\x00-\x1f\x7f]/;
const MOST_TOKENS = 64 * 1024;
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#authentication-flow */
const MOST_CLAIMS = 11 * 1024;
/** A hundred years, in seconds: what says more is no time. */
const MOST_LIFE = 100 * 365 * 86_400;
