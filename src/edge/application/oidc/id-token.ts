import { decodeJwt, errors } from "jose";
import { AuthFailure } from "./failure.ts";

/**
 * Whose ID token it is. It came from the token endpoint itself, over verified TLS, which stands for its signature
 * (OpenID Connect Core 1.0 section 3.1.3.7, point 6). Throws AuthFailure for one that is not for this client or is over.
 */
export function checkIdToken(
  token: string,
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  now: number,
): string {
  const { iss, aud, azp, exp, sub } = read(token);
  const audience = typeof aud === "string" ? [aud] : (aud ?? []);
  const isOurs = audience.includes(clientId) && (azp === undefined || azp === clientId);
  const good = iss === issuer && isOurs && typeof exp === "number" && (exp + LEEWAY) * 1000 > now;
  if (!good || typeof sub !== "string" || sub === "") throw new AuthFailure("AuthInvalidIdToken");
  return sub;
}

function read(token: string): ReturnType<typeof decodeJwt<{ readonly azp?: unknown }>> {
  try {
    return decodeJwt<{ readonly azp?: unknown }>(token);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new AuthFailure("AuthInvalidIdToken");
    throw error;
  }
}

/** Clocks differ; in seconds. */
const LEEWAY = 60;
