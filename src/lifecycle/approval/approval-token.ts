import { keyedHash } from "#lib/keyed-hash.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { instanceSecret, type SecretDeps } from "#lifecycle/instance-secret.ts";
import type { Db } from "#store/store.ts";

/** What proves that somebody read a letter: 256 random bits in its link. */
export interface ApprovalToken {
  /** What is kept of it for good: without the secret of this installation it cannot even be guessed at. */
  readonly hash: string;
  /** The token itself, sealed for its letter, to be kept until that has left. */
  readonly sealed: Buffer;
}

/** Makes the token of a letter. */
export function newApprovalToken(letterId: string, secret: PlaintextKey, { root, ids }: SecretDeps): ApprovalToken {
  const token = Buffer.from(ids.hex(TOKEN_BYTES), "hex");
  return { hash: hashOf(token.toString("base64url"), secret), sealed: root.seal(token, purposeOf(letterId)) };
}

/** The token of a letter that has not left yet, as it stands in the link. */
export function openApprovalToken(letterId: string, sealed: Uint8Array, { root }: SecretDeps): string {
  using token = root.open(sealed, purposeOf(letterId));
  return token.bytes.toString("base64url");
}

/** What a token is found by; undefined for what is no token of ours by its form. */
export async function approvalTokenHash(db: Db, token: string, deps: SecretDeps): Promise<string | undefined> {
  if (!FORM.test(token)) return undefined;
  using secret = await approvalSecret(db, deps);
  return hashOf(token, secret);
}

/** What all tokens of this installation are hashed with. */
export function approvalSecret(db: Db, deps: SecretDeps): Promise<PlaintextKey> {
  return instanceSecret(db, "approval-tokens", deps);
}

function hashOf(token: string, secret: PlaintextKey): string {
  return keyedHash(secret.bytes, "approval", token).toString("hex");
}

function purposeOf(letterId: string): string {
  return `letter:${letterId}`;
}

const TOKEN_BYTES = 32;
const FORM = /^[\w-]{43}$/;
