import type { AcmeEndpoint } from "#store/acme-endpoints.ts";
import type { ResourceUrls } from "./answer.ts";
import type { ServerDeps } from "./deps.ts";
import type { KeyCache } from "./keys.ts";
import type { Nonces } from "./nonces.ts";
import type { RateLimits } from "./rate-limits.ts";

/** What one process keeps while it answers ACME clients. Nothing in it is missed by another process. */
export interface ServerState {
  readonly nonces: Nonces;
  readonly keys: KeyCache;
  readonly limits: RateLimits;
  /** Told of failures that a client is not told of. */
  readonly onError: (error: unknown) => void;
}

/** One endpoint, as its handlers see it. */
export interface AcmeContext extends ServerDeps, ServerState {
  readonly endpoint: AcmeEndpoint;
  readonly urls: ResourceUrls;
}
