import type { AccountId } from "#domain/names.ts";

/** A managed policy: a customer's own, or one of AWS's. */
export interface ManagedPolicy {
  readonly arn: string;
  /** `ANPA…` */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly description: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The number of the version in force. */
  readonly defaultVersion: number;
  /** How many users, groups and roles it is attached to. */
  readonly attachments: number;
  /** How many users and roles it bounds. */
  readonly boundaries: number;
}

/** One text of a managed policy. */
export interface PolicyVersion {
  readonly number: number;
  readonly document: string;
  readonly createdAt: Date;
  readonly isDefault: boolean;
}

/** `arn:aws:iam::123456789012:policy/path/Name` */
export function policyArn(account: AccountId, path: string, name: string): string {
  return `arn:aws:iam::${account}:policy${path}${name}`;
}

/** Whose managed policy an ARN names: an account's, or AWS's; undefined when it names none. */
export function policyOwner(arn: string): AccountId | "aws" | undefined {
  const [, owner] = /^arn:aws:iam::(\d{12}|aws):policy\/[!-~]+$/.exec(arn) ?? [];
  return owner as AccountId | "aws" | undefined;
}

/** `v3` → 3; undefined when it names no version. */
export function parseVersionId(text: string): number | undefined {
  const [, digits] = /^v([1-9]\d{0,8})$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** How long a policy is for its limit: IAM does not count white space. */
export function policySize(document: string): number {
  return document.replace(/\s/g, "").length;
}

/** Whether an ARN names a managed policy that an account may use: its own or AWS's. */
export function isAwsOrOwn(arn: string, account: AccountId): boolean {
  const owner = policyOwner(arn);
  return owner === "aws" || owner === account;
}
