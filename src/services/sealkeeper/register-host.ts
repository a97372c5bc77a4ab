import { registerHost } from "#integrations/ec2/hosts.ts";
import { changeNetwork } from "#integrations/ec2/work.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownHost } from "./hosts.ts";

/** Registers a machine, so that target groups can name it by an instance id; or says anew where it is. */
export const RegisterHost: SealkeeperOperation<"RegisterHost"> = async (input, caller, deps) => ({
  Host: await changeNetwork(caller, deps, async ({ tx, owner }) => {
    const given = {
      instanceId: input.InstanceId,
      address: input.Address,
      subnetId: input.SubnetId,
      zone: input.AvailabilityZone,
      securityGroups: input.SecurityGroupIds,
      tags: input.Tags?.map(({ Key, Value = "" }) => ({ key: Key, value: Value })),
    };
    return shownHost(await registerHost(tx, given, owner, deps));
  }),
});
