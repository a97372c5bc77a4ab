import type { Operation, OperationName } from "#aws/service.ts";
import type { Caller } from "#domain/names.ts";
import type { NetworkDeps } from "#integrations/ec2/deps.ts";
import { askNetwork, changeNetwork, type NetworkLook, type NetworkWork } from "#integrations/ec2/work.ts";
import { ec2Error } from "./errors.ts";
import type { Ec2Sdk } from "./model.ts";

export type Ec2Deps = NetworkDeps;

export type Ec2Operation<Name extends OperationName<Ec2Sdk>> = Operation<Ec2Sdk, Name, Ec2Deps>;

/**
 * An operation that changes something, in one transaction. With `DryRun` everything is tried and taken back: the answer
 * is DryRunOperation, or the error that it would have been.
 */
export function changing<In extends object, Out>(
  perform: (input: In, work: NetworkWork) => Promise<Out>,
): (input: In, caller: Caller, deps: Ec2Deps) => Promise<Out> {
  return (input, caller, deps) =>
    changeNetwork(caller, deps, async (work) => {
      const output = await perform(input, work);
      refuseDryRun(input);
      return output;
    });
}

/** An operation that only asks. */
export function asking<In extends object, Out>(
  perform: (input: In, look: NetworkLook) => Promise<Out>,
): (input: In, caller: Caller, deps: Ec2Deps) => Promise<Out> {
  return (input, caller, deps) =>
    askNetwork(caller, deps, async (look) => {
      const output = await perform(input, look);
      refuseDryRun(input);
      return output;
    });
}

function refuseDryRun(input: { readonly DryRun?: boolean }): void {
  if (input.DryRun) throw ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
}
