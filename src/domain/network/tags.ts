import { Refusal } from "#domain/refusal.ts";
import { NETWORK_QUOTAS } from "./quotas.ts";

export interface NetworkTag {
  readonly key: string;
  readonly value: string;
}

/** Throws for tags that no resource of EC2 can have. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
export function checkNetworkTags(tags: readonly NetworkTag[]): void {
  const keys = tags.map(({ key }) => key);
  if (new Set(keys).size < keys.length) throw invalid("Duplicate tag keys specified");
  for (const { key, value } of tags) {
    if (key === "" || Array.from(key).length > 127)
      throw invalid(`Tag key '${key.slice(0, 130)}' must have 1 to 127 characters`);
    if (Array.from(value).length > 256)
      throw invalid(`The value of tag '${key}' exceeds the maximum length of 256 characters`);
    if (/^aws:/i.test(key)) throw invalid("Tag keys starting with 'aws:' are reserved for internal use");
  }
  checkTagCount(keys.length);
}

export function checkTagCount(count: number): void {
  if (count > NETWORK_QUOTAS.tagsPerResource) {
    throw new Refusal(
      "network-tags-too-many",
      `The maximum number of Tags for a resource has been reached: ${NETWORK_QUOTAS.tagsPerResource}`,
    );
  }
}

function invalid(message: string): Refusal {
  return new Refusal("network-value-invalid", message);
}
