import type { KeyObject } from "node:crypto";
import type { Call } from "#aws/call.ts";
import type { Caller } from "#domain/names.ts";

/** An access key as the verifier needs it. */
export interface Credential extends Pick<Caller, "account" | "kind" | "arn" | "accessKeyId" | "authority"> {
  /** `AWS4` and the secret, held by OpenSSL rather than as a string. */
  readonly secret: KeyObject;
  /** Temporary credentials come with one. */
  readonly sessionToken?: string;
  /** When they end. */
  readonly expiresAt?: Date;
}

/** Looks up an access key for a peer; undefined when there is none, or it may not be used from there. */
export type Credentials = (
  accessKeyId: string,
  peer: Pick<Call, "remoteAddress" | "headers">,
  sessionToken?: string,
) => Credential | undefined | Promise<Credential | undefined>;
