import { profilesPage } from "#identity/iam/instance-profiles.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showProfile } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export const ListInstanceProfiles: IamOperation<"ListInstanceProfiles"> = async (
  { PathPrefix = "/", ...pages },
  caller,
  deps,
) => {
  const page = await profilesPage(PathPrefix, readPages(pages), caller, deps);
  return { InstanceProfiles: page.items.map((profile) => showProfile(profile)), ...showPage(page) };
};
