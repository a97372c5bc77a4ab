import type { Authority } from "./policies/authority.ts";
import type { Facts } from "./policies/facts.ts";

declare const named: unique symbol;
/** A string that has been through its parser. The only way to get one is to parse. */
export type Named<Kind extends string> = string & { readonly [named]: Kind };

/** Twelve digits. */
export type AccountId = Named<"AccountId">;
/** An AWS region name, as it stands in a signature's scope; every well-formed name is a region here. */
export type Region = Named<"Region">;
/** Lower-case A-labels, no trailing dot; may start with "*.". */
export type DomainName = Named<"DomainName">;

/** An account in a region: what every ARN, row and master key starts from. */
export interface Owner {
  readonly account: AccountId;
  readonly region: Region;
}

/**
 * Who calls, proved by a signature. `root` is an account's own key and may do everything that is the account's;
 * `user` and `role` (a session of one) may do what their policies say;
 * `edge` is an edge process: it may do nothing but what KMS grants and its own channel give it.
 */
export interface Caller extends Owner {
  readonly kind: "root" | "user" | "role" | "edge";
  /** The principal's ARN, as GetCallerIdentity shows it and as grants name it. */
  readonly arn: string;
  readonly accessKeyId: string;
  readonly requestId: string;
  /** What it may do, of users and roles; without it they may do nothing. */
  readonly authority?: Authority | undefined;
  /** What is known of the call itself: `aws:sourceip`, `aws:currenttime`. */
  readonly facts?: Facts | undefined;
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** A fully qualified name for a certificate, at least two labels; undefined when it is none. */
export function parseDomainName(text: string): DomainName | undefined {
  const name = text.toLowerCase().replace(/\.$/, "");
  const labels = name.replace(/^\*\./, "").split(".");
  const valid = name.length <= 253 && labels.length >= 2 && labels.every((label) => LABEL.test(label));
  return valid ? (name as DomainName) : undefined;
}

export function parseAccountId(text: string): AccountId | undefined {
  return /^\d{12}$/.test(text) ? (text as AccountId) : undefined;
}

export function parseRegion(text: string): Region | undefined {
  return /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text) ? (text as Region) : undefined;
}
