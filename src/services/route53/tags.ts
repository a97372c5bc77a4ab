import type * as sdk from "@aws-sdk/client-route-53";
import { AwsError } from "#aws/service.ts";
import { invalidInput } from "./errors.ts";
import { readZoneId } from "./wire.ts";

/** The zone that a resource type and id name. There are no health checks. */
export function readTagged(type: sdk.TagResourceType, id: string): string {
  if (type === "healthcheck")
    throw new AwsError("NoSuchHealthCheck", `No health check exists with the specified ID: ${id}`);
  return readZoneId(id);
}

export function readTags(tags: readonly sdk.Tag[]): readonly { readonly key: string; readonly value: string }[] {
  const read = tags.map(({ Key: key, Value: value = "" }) => ({ key: readKey(key), value }));
  if (new Set(read.map(({ key }) => key)).size < read.length) throw invalidInput("A tag key is given twice.");
  return read;
}

function readKey(key: string | undefined): string {
  if (key === undefined || key === "") throw invalidInput("A tag needs a key.");
  if (/^aws:/i.test(key)) throw invalidInput(`The tag key '${key}' is not allowed: aws: is reserved.`);
  return key;
}

export function shownTags(
  id: string,
  tags: readonly { readonly key: string; readonly value: string }[] | undefined,
): sdk.ResourceTagSet {
  return {
    ResourceType: "hostedzone",
    ResourceId: id,
    Tags: (tags ?? []).map(({ key, value }) => ({ Key: key, Value: value })),
  };
}
