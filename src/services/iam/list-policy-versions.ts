import { versionsOf } from "#identity/iam/managed-policies.ts";
import { pageOf } from "#identity/iam/paging.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showVersion } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html */
export const ListPolicyVersions: IamOperation<"ListPolicyVersions"> = async ({ PolicyArn, ...pages }, caller, deps) => {
  const versions = await versionsOf(PolicyArn, caller, deps);
  const page = await pageOf(readPages(pages), `versions ${PolicyArn}`, versions, ({ number }) => `v${number}`);
  const shown = page.items.map(({ number, createdAt, isDefault }) => showVersion({ number, createdAt, isDefault }));
  return { Versions: shown, ...showPage(page) };
};
