import type { EdgeAction } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";

type Of<Type> = Extract<EdgeAction, { type: Type }>;

/**
 * Throws `action-invalid` for a configuration of OpenID Connect that AWS refuses; the client secret is looked at where
 * it is sealed. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
export function checkOidc(oidc: Omit<Of<"authenticate-oidc">, "secret">): void {
  const endpoints = {
    Issuer: oidc.issuer,
    AuthorizationEndpoint: oidc.authorizationEndpoint,
    TokenEndpoint: oidc.tokenEndpoint,
    UserInfoEndpoint: oidc.userInfoEndpoint,
  };
  for (const [name, url] of Object.entries(endpoints)) checkUrl(name, url, MOST_URL);
  text("ClientId", oidc.clientId, 1, 1024);
  text("Scope", oidc.scope, 1, 1024);
  if (!/^[!#$%&'*+.^`|~\w-]{1,128}$/.test(oidc.sessionCookieName)) {
    throw invalid(`The SessionCookieName '${oidc.sessionCookieName}' is not the name of a cookie`);
  }
  if (!(oidc.sessionTimeoutSeconds >= 1 && oidc.sessionTimeoutSeconds <= WEEK)) {
    throw invalid(`The SessionTimeout '${oidc.sessionTimeoutSeconds}' must be between '1-${WEEK}' inclusive`);
  }
  const params = Object.entries(oidc.authenticationRequestExtraParams);
  if (params.length > 10) throw invalid("You can specify up to 10 AuthenticationRequestExtraParams");
  for (const [name, value] of params) {
    text("name of AuthenticationRequestExtraParams", name, 1, 128);
    text(`AuthenticationRequestExtraParam '${name}'`, value, 0, 1024);
    if (OWN_PARAMS.includes(name)) {
      throw invalid(`The load balancer sets '${name}' itself: leave it out of AuthenticationRequestExtraParams`);
    }
  }
}

/** Throws `action-invalid`. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html */
export function checkJwt({ jwksEndpoint, issuer, additionalClaims }: Of<"jwt-validation">): void {
  checkUrl("JwksEndpoint", jwksEndpoint, 256);
  text("Issuer", issuer, 1, 256);
  if (additionalClaims.length > 10) throw invalid("You can specify up to 10 AdditionalClaims");
  const names = additionalClaims.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalid("An additional claim cannot be specified more than once");
  for (const { name, format, values } of additionalClaims) {
    text("name of a claim", name, 1, 256);
    if (CHECKED_ANYWAY.includes(name)) throw invalid(`The claim '${name}' is validated anyway: leave it out`);
    if (values.length === 0 || values.length > 10) throw invalid(`The claim '${name}' must have 1 to 10 values`);
    if (format === "single-string" && values.length > 1) {
      throw invalid(`The claim '${name}' with the format 'single-string' can have one value`);
    }
    for (const value of values) {
      text(`value of the claim '${name}'`, value, 1, 256);
      if (format === "space-separated-values" && value.includes(" ")) {
        throw invalid(`The values of the claim '${name}' cannot include spaces with the format '${format}'`);
      }
    }
  }
}

function checkUrl(name: string, text: string, most: number): void {
  const url = URL.parse(text);
  const good =
    url?.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    url.hash === "" &&
    /^[!-~]+$/.test(text);
  if (!good || text.length > most) {
    throw invalid(`The ${name} '${text.slice(0, 256)}' must be a full https:// URL of at most ${most} characters`);
  }
}

function text(what: string, value: string, least: number, most: number): void {
  if (value.length < least || value.length > most || !/^[\x20-\x7e]*$/.test(value)) {
    throw invalid(`The ${what} must have ${least} to ${most} printable characters`);
  }
}

function invalid(message: string): Refusal {
  return new Refusal("action-invalid", message);
}

const MOST_URL = 2048;
/** Of seconds. */
const WEEK = 604_800;
const OWN_PARAMS = ["client_id", "redirect_uri", "response_type", "scope", "state", "nonce"];
const CHECKED_ANYWAY = ["exp", "iss", "nbf", "iat"];
