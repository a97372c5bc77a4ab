import type * as sdk from "@aws-sdk/client-iam";
import { type Entity, entityArn, type LastUse, type Role } from "#domain/identity/entity.ts";
import type { ManagedPolicy, PolicyVersion } from "#domain/identity/managed-policy.ts";
import type { InstanceProfile } from "#identity/iam/instance-profiles.ts";
import type { Page, Pages } from "#identity/iam/paging.ts";
import type { IamTag } from "#identity/iam/tags.ts";

/** The part of a list that is asked for. */
export function readPages({ Marker, MaxItems }: { readonly Marker?: string; readonly MaxItems?: number }): Pages {
  return { marker: Marker, limit: MaxItems };
}

export function showPage({ nextMarker }: Page<unknown>): Pick<sdk.ListUsersResponse, "IsTruncated" | "Marker"> {
  return nextMarker === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: nextMarker };
}

export function readTags(tags: readonly { readonly Key: string; readonly Value: string }[] = []): readonly IamTag[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

export function showTags(tags: readonly IamTag[]): sdk.Tag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

interface Tagged {
  readonly tags?: readonly IamTag[];
}

export function showUser(user: Entity & Tagged): sdk.User {
  const { path, name, id, createdAt } = user;
  return {
    Path: path,
    UserName: name,
    UserId: id,
    Arn: entityArn(user),
    CreateDate: createdAt,
    ...showBoundary(user),
    ...tagsOf(user),
  };
}

export function showGroup(group: Entity): sdk.Group {
  const { path, name, id, createdAt } = group;
  return { Path: path, GroupName: name, GroupId: id, Arn: entityArn(group), CreateDate: createdAt };
}

/** Lists show neither the boundary nor when a role was last used: GetRole does. */
export function showRole(role: Role & Tagged, more: { readonly whole?: boolean } = {}): sdk.Role {
  const { path, name, id, createdAt, description, maxSessionDuration, lastUsed } = role;
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: entityArn(role),
    CreateDate: createdAt,
    AssumeRolePolicyDocument: encode(role.trustPolicy),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: maxSessionDuration,
    ...(more.whole ? { ...showBoundary(role), RoleLastUsed: showRoleUse(lastUsed) } : {}),
    ...tagsOf(role),
  };
}

export function showProfile(profile: InstanceProfile & Tagged): sdk.InstanceProfile {
  const { path, name, id, createdAt, role } = profile;
  return {
    Path: path,
    InstanceProfileName: name,
    InstanceProfileId: id,
    Arn: entityArn(profile),
    CreateDate: createdAt,
    Roles: role ? [showRole(role)] : [],
    ...tagsOf(profile),
  };
}

/** Lists do not show the description: GetPolicy does. */
export function showPolicy(policy: ManagedPolicy & Tagged, more: { readonly whole?: boolean } = {}): sdk.Policy {
  const { arn, id, name, path, description } = policy;
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    Path: path,
    DefaultVersionId: `v${policy.defaultVersion}`,
    AttachmentCount: policy.attachments,
    PermissionsBoundaryUsageCount: policy.boundaries,
    IsAttachable: true,
    ...(more.whole && description !== undefined ? { Description: description } : {}),
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
    ...tagsOf(policy),
  };
}

export function showVersion({
  number,
  isDefault,
  createdAt,
  document,
}: Omit<PolicyVersion, "document"> & { readonly document?: string }): sdk.PolicyVersion {
  return {
    ...(document === undefined ? {} : { Document: encode(document) }),
    VersionId: `v${number}`,
    IsDefaultVersion: isDefault,
    CreateDate: createdAt,
  };
}

/** IAM answers policies as URLs would have them (RFC 3986). */
export function encode(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function showBoundary({ boundary }: Entity): Pick<sdk.User, "PermissionsBoundary"> {
  if (boundary === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: POLICY, PermissionsBoundaryArn: boundary } };
}

function showRoleUse(use: LastUse | undefined): sdk.RoleLastUsed {
  return use ? { LastUsedDate: use.at, Region: use.region } : {};
}

function tagsOf({ tags = [] }: Tagged): { Tags?: sdk.Tag[] } {
  return tags.length > 0 ? { Tags: showTags(tags) } : {};
}

/** What IAM answers, although its model says something else (API_AttachedPermissionsBoundary). */
const POLICY = "Policy" as string as sdk.PermissionsBoundaryAttachmentType;
