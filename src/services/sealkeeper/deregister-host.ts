import { deregisterHost } from "#integrations/ec2/hosts.ts";
import { changeNetwork } from "#integrations/ec2/work.ts";
import type { SealkeeperOperation } from "./api.ts";

/** Forgets a machine: target groups that name it have nowhere to send its requests to. */
export const DeregisterHost: SealkeeperOperation<"DeregisterHost"> = ({ InstanceId }, caller, deps) =>
  changeNetwork(caller, deps, ({ tx, owner }) => deregisterHost(tx, InstanceId, owner));
