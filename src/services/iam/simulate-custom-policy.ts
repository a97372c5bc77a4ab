import type { IamOperation } from "./operation.ts";
import { readMore, simulate } from "./simulate.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
export const SimulateCustomPolicy: IamOperation<"SimulateCustomPolicy"> = (input) => {
  return simulate(input, { ...readMore(input), facts: {} });
};
