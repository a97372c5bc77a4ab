import { authorizationDetails } from "#identity/iam/authorization-details.ts";
import type { IamOperation } from "./operation.ts";
import { kindsOf, showDetails } from "./show-details.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export const GetAccountAuthorizationDetails: IamOperation<"GetAccountAuthorizationDetails"> = async (
  { Filter, ...pages },
  caller,
  deps,
) => {
  const page = await authorizationDetails(kindsOf(Filter), readPages(pages), caller, deps);
  return { ...showDetails(page.items), ...showPage(page) };
};
