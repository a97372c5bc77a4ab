import type * as sdk from "@aws-sdk/client-ec2";
import type { Owner } from "#domain/names.ts";
import { KINDS, type ResourceType } from "#domain/network/ids.ts";
import type { NetworkTag } from "#domain/network/tags.ts";
import { ec2Error } from "./errors.ts";

export function shownTags(tags: readonly NetworkTag[] | undefined): sdk.Tag[] {
  return (tags ?? []).map(({ key, value }) => ({ Key: key, Value: value }));
}

/** `arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-…` */
export function ec2Arn({ account, region }: Owner, type: ResourceType, id: string): string {
  return `arn:aws:ec2:${region}:${account}:${type}/${id}`;
}

interface GivenTags {
  readonly ResourceType?: string;
  readonly Tags?: readonly GivenTag[];
}

interface GivenTag {
  readonly Key?: string;
  readonly Value?: string;
}

/** The tags that a request gives to what it makes. Throws InvalidParameterValue for those of another kind of thing. */
export function readTagSpecifications(
  specifications: readonly GivenTags[] | undefined,
  type: ResourceType,
): NetworkTag[] {
  return (specifications ?? []).flatMap(({ ResourceType: given, Tags = [] }) => {
    if (given === type) return Tags.map(readTag);
    const known = given !== undefined && Object.hasOwn(KINDS, given);
    throw ec2Error(
      "InvalidParameterValue",
      known
        ? `'${given}' is not a valid taggable resource type for this operation.`
        : `'${given?.slice(0, 100)}' is not a valid resource type`,
    );
  });
}

export function readTag({ Key = "", Value = "" }: GivenTag): NetworkTag {
  return { key: Key, value: Value };
}
