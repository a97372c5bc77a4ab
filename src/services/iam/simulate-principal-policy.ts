import { authorityOf } from "#identity/iam/simulated-principal.ts";
import type { IamOperation } from "./operation.ts";
import { readMore, simulate } from "./simulate.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export const SimulatePrincipalPolicy: IamOperation<"SimulatePrincipalPolicy"> = async (input, caller, deps) =>
  simulate(input, await authorityOf(input.PolicySourceArn, readMore(input), caller, deps));
