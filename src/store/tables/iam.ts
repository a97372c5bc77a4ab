import type { EpochMillis, Fixed } from "./types.ts";

export interface IamTables {
  /** Users, groups, roles and instance profiles. */
  iamEntities: {
    id: Fixed<string>;
    account: Fixed<string>;
    kind: Fixed<"user" | "group" | "role" | "instance-profile">;
    name: string;
    /** The name in lower case: names that differ only in case are one. */
    nameKey: string;
    path: string;
    /** Path and name in the order of lists: what begins with a path stands together. */
    place: string;
    createdAt: Fixed<EpochMillis>;
    boundary: string | null;
    /** This and what follows is of roles only. */
    description: string | null;
    /** With the unique ids of the users and roles that it names. */
    trustPolicy: string | null;
    maxSessionDuration: number | null;
    lastUsedAt: EpochMillis | null;
    lastUsedRegion: string | null;
    lastUsedService: string | null;
  };
  iamInlinePolicies: {
    entityId: Fixed<string>;
    name: Fixed<string>;
    document: string;
    /** Without white space. */
    size: number;
  };
  iamMembers: {
    userId: Fixed<string>;
    groupId: Fixed<string>;
    /** Names in lower case, for the order of lists. */
    groupKey: string;
    userKey: string;
  };
  /** At most one role of an instance profile. */
  iamProfileRoles: {
    profileId: Fixed<string>;
    roleId: Fixed<string>;
  };
  /** An account's own managed policies, and those of AWS that it has used. */
  iamPolicies: {
    account: Fixed<string>;
    arn: Fixed<string>;
    /** `Local`: the account's; `AWS`: only its uses are counted, what it says stands in the code. */
    owner: Fixed<"Local" | "AWS">;
    id: Fixed<string>;
    name: Fixed<string>;
    nameKey: Fixed<string>;
    path: Fixed<string>;
    place: Fixed<string>;
    description: Fixed<string | null>;
    createdAt: Fixed<EpochMillis>;
    updatedAt: EpochMillis;
    defaultVersion: number;
    /** Numbers are never given twice. */
    nextVersion: number;
    attachments: number;
    boundaries: number;
  };
  iamPolicyVersions: {
    arn: Fixed<string>;
    number: Fixed<number>;
    document: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
  };
  iamAttachments: {
    entityId: Fixed<string>;
    policyArn: Fixed<string>;
    policyName: Fixed<string>;
    account: Fixed<string>;
    kind: Fixed<"user" | "group" | "role">;
  };
  /** Of entities by id and of policies by ARN. */
  iamTags: {
    owner: Fixed<string>;
    /** Tag keys that differ only in case are one. */
    tagKeyFolded: Fixed<string>;
    tagKey: string;
    tagValue: string;
  };
  /** How many users, roles … an account has. */
  iamCounts: {
    account: Fixed<string>;
    what: Fixed<string>;
    amount: number;
  };
  accountAliases: {
    alias: Fixed<string>;
    account: Fixed<string>;
  };
}
