import { changeZoneTags } from "#dns/zone-tags.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Operation } from "./operation.ts";
import { readTagged, readTags } from "./tags.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html */
export const ChangeTagsForResource: Route53Operation<"ChangeTagsForResource"> = async (input, { account }, deps) => {
  const { AddTags, RemoveTagKeys } = input;
  if (!AddTags && !RemoveTagKeys) throw invalidInput("Give AddTags or RemoveTagKeys.");
  const add = readTags(AddTags ?? []);
  const remove = RemoveTagKeys ?? [];
  const both = add.find(({ key }) => remove.includes(key));
  if (both) throw invalidInput(`The tag key '${both.key}' can not be added and removed at once.`);
  await changeZoneTags(account, readTagged(input.ResourceType, input.ResourceId), { add, remove }, deps);
};
