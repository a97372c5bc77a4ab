import type { ResourceType } from "#domain/network/ids.ts";
import { findNetworkTags } from "#integrations/ec2/lists.ts";
import { exactly, type FilterTable, listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export const DescribeTags: Ec2Operation<"DescribeTags"> = asking(async (input, look) => {
  const { views, token } = await listed<TagView>(input, {
    filters: FILTERS,
    id: placeOf,
    list: async (after, limit) => {
      const found = await findNetworkTags({ ids: exactly(input, "resource-id"), after: readPlace(after), limit }, look);
      return found.map(({ resourceId, resourceType, key, value }) => ({
        ResourceId: resourceId,
        ResourceType: resourceType as TagView["ResourceType"],
        Key: key,
        Value: value,
        Tags: [{ Key: key, Value: value }],
      }));
    },
  });
  return {
    Tags: views.map(({ ResourceId, ResourceType, Key, Value }) => ({ ResourceId, ResourceType, Key, Value })),
    NextToken: token,
  };
});

interface TagView {
  readonly ResourceId: string;
  readonly ResourceType: ResourceType;
  readonly Key: string;
  readonly Value: string;
  /** For the filter by `tag:<key>`. */
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** Tags are in the order of things and keys; keys may be any text. */
function placeOf({ ResourceId, Key }: TagView): string {
  return `${ResourceId}/${Buffer.from(Key).toString("base64url")}`;
}

function readPlace(after: string): { readonly id: string; readonly key: string } {
  const [id = "", key = ""] = after.split("/");
  return { id, key: Buffer.from(key, "base64url").toString() };
}

const FILTERS: FilterTable<TagView> = {
  key: ({ Key }) => [Key],
  "resource-id": ({ ResourceId }) => [ResourceId],
  "resource-type": ({ ResourceType }) => [ResourceType],
  value: ({ Value }) => [Value],
};
