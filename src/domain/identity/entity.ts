import type { AccountId } from "#domain/names.ts";

/** What IAM keeps under a name of its own in an account, except policies. */
export type EntityKind = "user" | "group" | "role" | "instance-profile";
/** What policies can be attached to. */
export type PrincipalKind = Exclude<EntityKind, "instance-profile">;

/** A user, group, role or instance profile. */
export interface Entity {
  /** `AIDA…`, `AGPA…`, `AROA…` or `AIPA…`: another one of the same name later has another id. */
  readonly id: string;
  readonly account: AccountId;
  readonly kind: EntityKind;
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly createdAt: Date;
  /** The ARN of the managed policy that bounds what it may do; of users and roles. */
  readonly boundary: string | undefined;
}

/** A role, with what only roles have. */
export interface Role extends Entity {
  readonly description: string | undefined;
  /** Who may assume it: as it is kept, with the unique ids of users and roles, or as it is shown, with their ARNs. */
  readonly trustPolicy: string;
  /** In seconds. */
  readonly maxSessionDuration: number;
  readonly lastUsed: LastUse | undefined;
}

/** When and where a role or an access key was last used, to within some minutes. */
export interface LastUse {
  readonly at: Date;
  readonly region: string;
  /** The service that was called, as signatures name it. */
  readonly service: string;
}

/** `arn:aws:iam::123456789012:user/path/Name` */
export function entityArn({ account, kind, path, name }: Pick<Entity, "account" | "kind" | "path" | "name">): string {
  return `arn:aws:iam::${account}:${kind}${path}${name}`;
}

/** `arn:aws:sts::123456789012:assumed-role/Name/session`: without the role's path, as AWS has it. */
export function assumedRoleArn(account: AccountId, role: string, session: string): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
}

/** `arn:aws:sts::123456789012:federated-user/name` */
export function federatedUserArn(account: AccountId, name: string): string {
  return `arn:aws:sts::${account}:federated-user/${name}`;
}

/** The account and name that the ARN of a user, group, role or instance profile says; undefined when it is none. */
export function parseEntityArn(
  arn: string,
):
  | { readonly account: AccountId; readonly kind: EntityKind; readonly path: string; readonly name: string }
  | undefined {
  const match = /^arn:aws:iam::(\d{12}):(user|group|role|instance-profile)(\/|\/[!-~]+\/)([\w+=,.@-]+)$/.exec(arn);
  const [, account, kind, path, name] = match ?? [];
  if (account === undefined || path === undefined || name === undefined) return undefined;
  return { account: account as AccountId, kind: kind as EntityKind, path, name };
}

/**
 * The unique id of an entity or policy from 11 random bytes in hexadecimal: a prefix that says what it is, and 17
 * letters (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
 */
export function uniqueId(kind: EntityKind | "policy", randomHex: string): string {
  const random = BigInt(`0x${randomHex}`);
  const letters = Array.from({ length: LETTERS }, (_, index) => ALPHABET[Number((random >> BigInt(5 * index)) & 31n)]);
  return `${PREFIXES[kind]}${letters.join("")}`;
}

/** Whether a text can be the unique id of a user, a role or (`AROA…:session`) a session, as policies and grants name them. */
export function isPrincipalId(text: string): boolean {
  return /^(AIDA[A-Z2-7]{17}|AROA[A-Z2-7]{17}(:[\w+=,.@-]{1,64})?)$/.test(text);
}

/** The account, role and session that the ARN of a role's session says; undefined when it is none. */
export function parseSessionArn(
  arn: string,
): { readonly account: AccountId; readonly role: string; readonly session: string } | undefined {
  const match = /^arn:aws:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]{1,64})$/.exec(arn);
  const [, account, role, session] = match ?? [];
  if (account === undefined || role === undefined || session === undefined) return undefined;
  return { account: account as AccountId, role, session };
}

/** How messages call it: "The role with name x cannot be found." */
export const TITLES: Readonly<Record<EntityKind, string>> = {
  user: "user",
  group: "group",
  role: "role",
  "instance-profile": "instance profile",
};

const PREFIXES: Readonly<Record<EntityKind | "policy", string>> = {
  user: "AIDA",
  group: "AGPA",
  role: "AROA",
  "instance-profile": "AIPA",
  policy: "ANPA",
};
/** RFC 4648 section 6. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS = 17;
