import type * as sdk from "@aws-sdk/client-ec2";
import { authorize } from "#integrations/ec2/group-rules.ts";
import { tagNew } from "#integrations/ec2/tags.ts";
import type { NetworkWork } from "#integrations/ec2/work.ts";
import { shownRule } from "./group-views.ts";
import { type GivenRules, readGroupId, readRules } from "./permissions.ts";
import { readTagSpecifications } from "./wire.ts";

interface AuthorizeInput extends GivenRules {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly TagSpecifications?: Parameters<typeof readTagSpecifications>[0];
}

/** Adds rules of one direction to a group, with tags. */
export async function authorizeRules(
  input: AuthorizeInput,
  egress: boolean,
  work: NetworkWork,
): Promise<{ Return: boolean; SecurityGroupRules: sdk.SecurityGroupRule[] }> {
  const { tx, owner, ids } = work;
  const tags = readTagSpecifications(input.TagSpecifications, "security-group-rule");
  const groupId = await readGroupId(input, work);
  const made = await authorize(tx, groupId, await readRules(input, egress, work), owner, { ids });
  for (const { id } of made) await tagNew(tx, { id, type: "security-group-rule" }, tags, owner);
  return { Return: true, SecurityGroupRules: made.map((rule) => shownRule(rule, tags)) };
}
