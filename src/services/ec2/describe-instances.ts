import { hostMissing } from "#integrations/ec2/hosts.ts";
import { findHosts, groupNames } from "#integrations/ec2/lists.ts";
import { exactly, idsOf, listed } from "./describe.ts";
import { INSTANCE_FILTERS, shownInstance } from "./instance-views.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** The hosts that were registered with Sealkeeper. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export const DescribeInstances: Ec2Operation<"DescribeInstances"> = asking(async (input, look) => {
  const ids = idsOf(input.InstanceIds);
  const { views, token } = await listed(input, {
    filters: INSTANCE_FILTERS,
    named: { ids, parameter: "instanceIds", kind: "instance", missing: hostMissing },
    id: ({ InstanceId }) => InstanceId,
    list: async (after, limit) => {
      const hosts = await findHosts({ ids: ids ?? exactly(input, "instance-id"), after, limit }, look);
      const names = await groupNames(
        hosts.flatMap(({ securityGroups }) => securityGroups),
        look,
      );
      return hosts.map((host) => shownInstance(host, names));
    },
  });
  return {
    // Every host was registered by itself: a reservation of its own.
    Reservations: views.map((instance) => ({
      ReservationId: instance.InstanceId.replace(/^i-/, "r-"),
      OwnerId: look.owner.account,
      Groups: [],
      Instances: [instance],
    })),
    NextToken: token,
  };
});
