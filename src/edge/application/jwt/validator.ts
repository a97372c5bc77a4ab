import { errors, type JWTPayload, jwtVerify } from "jose";
import type { EdgeAction } from "#domain/edge-config.ts";
import type { Gate, Verdict } from "#edge/application/gate.ts";
import type { ProviderClient } from "#edge/application/provider-call.ts";
import type { Visit } from "#edge/application/visit.ts";
import { allValues, type Fields, field } from "#edge/http/fields.ts";
import type { Meters } from "#edge/metrics/board.ts";
import type { Clock } from "#lib/clock.ts";
import { type JwtReason, wrongClaim } from "./claims.ts";
import { KeySetError, keySet } from "./key-set.ts";

export type JwtAction = Extract<EdgeAction, { type: "jwt-validation" }>;

export interface ValidatorDeps {
  readonly provider: ProviderClient;
  readonly clock: Clock;
  readonly meters: Meters;
}

/**
 * Lets requests pass that carry a bearer token of the issuer, unchanged: signature, `iss`, `exp`, `nbf`, `iat` and the
 * additional claims are checked. Others are answered with 401, or 500 when the issuer's keys cannot be had.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
 */
export function jwtValidator(action: JwtAction, { provider, clock, meters }: ValidatorDeps): Gate {
  const keys = keySet(action.jwksEndpoint, provider);
  const [taken, refused] = [meters.of("JWTValidationSuccessCount"), meters.of("JWTValidationFailureCount")];
  const judge = async (token: string): Promise<JwtReason | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: action.issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ["exp", "iss"],
        currentDate: clock.now(),
      });
      return wrongPayload(payload, action, clock.now().getTime());
    } catch (error) {
      return reasonOf(error);
    }
  };
  const answer = (visit: Visit, reason: JwtReason): Verdict => {
    refused.add(1);
    if (reason.startsWith("JWKS")) visit.answer(500, [], reason);
    else visit.answer(401, [reason === "JWTHeaderNotPresent" ? CHALLENGE : INVALID_TOKEN], reason);
    return "answered";
  };
  return (visit) => {
    visit.execute("jwt-validation");
    const token = bearerToken(visit.exchange.fields);
    if (token.reason) return answer(visit, token.reason);
    return judge(token.text).then((reason) => {
      if (reason) return answer(visit, reason);
      taken.add(1);
      return "pass";
    });
  };
}

function bearerToken(fields: Fields): { readonly text: string; readonly reason?: JwtReason } {
  const [only, ...more] = allValues(fields, "authorization");
  if (only === undefined) return { text: "", reason: "JWTHeaderNotPresent" };
  const text = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(only)?.[1];
  if (text === undefined || more.length > 0) return { text: "", reason: "JWTRequestFormatInvalid" };
  return { text };
}

function wrongPayload(payload: JWTPayload, { additionalClaims }: JwtAction, now: number): JwtReason | undefined {
  if (payload.iat !== undefined && payload.iat * 1000 > now + LEEWAY) return "JWTClaimValueInvalid";
  for (const claim of additionalClaims) {
    const own = Object.hasOwn(payload, claim.name) ? payload[claim.name] : undefined;
    const wrong = wrongClaim(own, claim);
    if (wrong) return wrong;
  }
  return undefined;
}

function reasonOf(error: unknown): JwtReason {
  if (error instanceof KeySetError) return error.reason;
  if (error instanceof errors.JWTExpired) return "JWTClaimValueInvalid";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === "missing") return "JWTClaimNotPresent";
    return error.reason === "invalid" ? "JWTClaimFormatInvalid" : "JWTClaimValueInvalid";
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return "JWTRequestFormatInvalid";
  if (error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid) return "JWKSResponseInvalid";
  if (error instanceof errors.JWKSTimeout) return "JWKSRequestTimeout";
  if (error instanceof errors.JOSEError) return "JWTSignatureValidationError";
  throw error;
}

const CHALLENGE = field("WWW-Authenticate", "Bearer");
const INVALID_TOKEN = field("WWW-Authenticate", 'Bearer error="invalid_token"');
/** All that have a public key: a shared secret would be in a key set for everybody to see. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** Clocks differ. */
const LEEWAY = 60_000;
