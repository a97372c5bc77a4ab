import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { type ProviderClient, ProviderError } from "#edge/application/provider-call.ts";
import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import type { JwtReason } from "./claims.ts";

/** The key set of an issuer could not be had: said with what the access log says of it. */
export class KeySetError extends Error {
  override readonly name = "KeySetError";
  readonly reason: JwtReason;

  constructor(reason: JwtReason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * The keys at a JWKS endpoint, asked for when a token wants one: kept for ten minutes, and asked for anew when a token
 * names another key, though not more often than every 30 seconds. Rejects with KeySetError when they cannot be had.
 */
export function keySet(endpoint: string, provider: ProviderClient): JWTVerifyGetKey {
  const fetchKeys = async (url: string): Promise<Response> => {
    const request = { url, method: "GET", headers: {}, mostBytes: MOST_BYTES } as const;
    const answer = await provider.call(request).catch((error: unknown) => {
      if (!(error instanceof ProviderError)) throw error;
      throw new KeySetError(error.kind === "too-large" ? "JWKSResponseSizeExceeded" : "JWKSRequestTimeout");
    });
    if (answer.status !== 200) throw new KeySetError("JWKSRequestFailed");
    if (countKeys(answer.body) > MOST_KEYS) throw new KeySetError("JWKSResponseSizeExceeded");
    return new Response(new Uint8Array(answer.body), { status: 200 });
  };
  return createRemoteJWKSet(new URL(endpoint), {
    cooldownDuration: COOL_DOWN,
    cacheMaxAge: KEPT,
    timeoutDuration: 15 * SECOND, // the call has a limit of its own
    [customFetch]: fetchKeys,
  });
}

/** Throws KeySetError for what is no key set. */
function countKeys(body: Buffer): number {
  let set: unknown;
  try {
    set = JSON.parse(body.toString());
  } catch {
    throw new KeySetError("JWKSResponseInvalid");
  }
  const keys = typeof set === "object" && set !== null && "keys" in set ? set.keys : undefined;
  if (!Array.isArray(keys)) throw new KeySetError("JWKSResponseInvalid");
  return keys.length;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html#jwt-validation-limits */
const MOST_BYTES = 150 * 1024;
const MOST_KEYS = 10;
const COOL_DOWN: Millis = 30 * SECOND;
const KEPT: Millis = 10 * MINUTE;
