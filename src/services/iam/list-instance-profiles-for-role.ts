import { profilesWithRole } from "#identity/iam/instance-profiles.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showProfile } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
export const ListInstanceProfilesForRole: IamOperation<"ListInstanceProfilesForRole"> = async (
  { RoleName, ...pages },
  caller,
  deps,
) => {
  const page = await profilesWithRole(RoleName, readPages(pages), caller, deps);
  return { InstanceProfiles: page.items.map((profile) => showProfile(profile)), ...showPage(page) };
};
