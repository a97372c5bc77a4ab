import { object, optional, text, whole } from "#lib/shape.ts";
import type { ClientKeys } from "./client-keys.ts";

/** A user who has logged in. Times are epoch milliseconds. */
export interface Session {
  readonly subject: string;
  /** What the user info endpoint said: a JSON object, as it came. */
  readonly claims: string;
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** When the access token ends; undefined when the provider does not say. */
  readonly accessExpires?: number;
  /** When the user must log in again, whatever the tokens say. */
  readonly expires: number;
}

/** The session as the value of a cookie, for cookies of that name. */
export function sealSession(session: Session, cookieName: string, keys: ClientKeys): string {
  return keys.seal(purpose(cookieName), JSON.stringify(session));
}

/** Undefined for anything that is no session of this client, and for one that is over. */
export function openSession(sealed: string, cookieName: string, keys: ClientKeys, now: number): Session | undefined {
  const opened = keys.open(purpose(cookieName), sealed);
  if (opened === undefined) return undefined;
  const session: unknown = JSON.parse(opened);
  if (!SHAPE(session)) return undefined;
  const known = session as Session;
  return known.expires > now ? known : undefined;
}

function purpose(cookieName: string): string {
  return `session ${cookieName}`;
}

const SHAPE = object({
  subject: text(4096),
  claims: text(16_384),
  accessToken: text(16_384),
  refreshToken: optional(text(16_384)),
  accessExpires: optional(whole(0, Number.MAX_SAFE_INTEGER)),
  expires: whole(0, Number.MAX_SAFE_INTEGER),
});
