import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { RootOfCustody } from "#custody/root.ts";
import { temporaryKeyId } from "#domain/identity/access-key-id.ts";
import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { later, SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/** What a session is, as its token says it: nothing of it is stored. */
export interface SessionClaims {
  readonly kind: "role" | "user" | "root" | "federated";
  readonly account: AccountId;
  /** The id of the role or user; empty for an account's root user. */
  readonly principal: string;
  /** The name of a role session or federated user; empty for others. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Session policies by their text; undefined when the session was begun without any, by text or ARN. */
  readonly policies: readonly string[] | undefined;
  readonly policyArns: readonly string[];
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Keys of the tags that sessions begun by this one keep. */
  readonly transitive: readonly string[];
  readonly sourceIdentity: string | undefined;
}

/** Temporary credentials, to be handed to whom they are for. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: Date;
  /** How much of what a token may hold its policies and tags take, in percent. */
  readonly packedPolicySize: number | undefined;
}

/**
 * Begins a session of `seconds`. The token is the session: the secret and what it may do, sealed by the root of custody
 * for its access key's id, so that every node knows it and nobody can change it. Throws `packed-policy-too-large`.
 */
export function issueToken(
  claims: Omit<SessionClaims, "issuedAt" | "expiresAt">,
  seconds: number,
  { root, clock, ids }: { readonly root: RootOfCustody; readonly clock: Clock; readonly ids: Ids },
): TemporaryCredentials {
  const now = clock.now();
  const expiresAt = later(now, seconds * SECOND);
  const accessKeyId = temporaryKeyId(claims.account, ids.hex(10));
  const secret = Buffer.from(randomBytes(30).toString("base64"));
  const said: SessionClaims = { ...claims, issuedAt: now.getTime(), expiresAt: expiresAt.getTime() };
  const packed = deflateRawSync(Buffer.from(JSON.stringify(said)));
  if (packed.length > MOST_PACKED) {
    const percent = Math.ceil((100 * packed.length) / MOST_PACKED);
    const text = `PackedPolicySize: the policies and tags of the session take ${percent}% of what they may.`;
    throw new Refusal("packed-policy-too-large", text);
  }
  using clear = new PlaintextKey(Buffer.concat([secret, packed]));
  const sessionToken = root.seal(clear.bytes, purpose(accessKeyId)).toString("base64");
  const secretAccessKey = secret.toString();
  secret.fill(0);
  const restricts = claims.policies !== undefined || claims.tags.length > 0;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiresAt,
    packedPolicySize: restricts ? Math.ceil((100 * packed.length) / MOST_PACKED) : undefined,
  };
}

/** A token that was opened: its claims, and the secret of its access key until it is disposed of. */
export interface OpenedToken extends Disposable {
  readonly claims: SessionClaims;
  readonly secret: Uint8Array;
}

/** Opens the token of that access key; undefined when it is not what this root of custody sealed for it. */
export function openToken(
  accessKeyId: string,
  token: string,
  { root }: { readonly root: RootOfCustody },
): OpenedToken | undefined {
  if (token.length > MOST_TEXT || !/^[A-Za-z0-9+/]+=*$/.test(token)) return undefined;
  const clear = openSealed(Buffer.from(token, "base64"), purpose(accessKeyId), root);
  if (!clear) return undefined;
  const claims = JSON.parse(inflateRawSync(clear.bytes.subarray(SECRET)).toString()) as SessionClaims;
  return { claims, secret: clear.bytes.subarray(0, SECRET), [Symbol.dispose]: () => clear[Symbol.dispose]() };
}

function openSealed(sealed: Uint8Array, forWhat: string, root: RootOfCustody): PlaintextKey | undefined {
  try {
    return root.open(sealed, forWhat);
  } catch {
    // Whatever a root says of bytes that came from outside: they are no session.
    return undefined;
  }
}

const purpose = (accessKeyId: string): string => `session:${accessKeyId}`;
/** Characters of a secret access key. */
const SECRET = 40;
/** Of what a session says, compressed. Headers of 16 KB are read by servers; a token is a third longer than what it holds. */
const MOST_PACKED = 4096;
const MOST_TEXT = 8192;
