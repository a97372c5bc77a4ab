import { type MountedService, mount } from "#aws/service.ts";
import { acm } from "#services/acm/index.ts";
import { acmPca } from "#services/acm-pca/index.ts";
import { cloudtrail } from "#services/cloudtrail/index.ts";
import { cloudwatch } from "#services/cloudwatch/index.ts";
import { ec2 } from "#services/ec2/index.ts";
import { elbv2 } from "#services/elbv2/index.ts";
import { eventbridge } from "#services/eventbridge/index.ts";
import { iam } from "#services/iam/index.ts";
import { kms } from "#services/kms/index.ts";
import { route53 } from "#services/route53/index.ts";
import { sealkeeper } from "#services/sealkeeper/index.ts";
import { sts } from "#services/sts/index.ts";
import type { World } from "./world.ts";

/** Every AWS API that is served, closed over the world. */
export function mountServices(world: World): readonly MountedService[] {
  return [
    mount(acm, world),
    mount(acmPca, world),
    mount(cloudtrail, world),
    mount(cloudwatch, world),
    mount(ec2, world),
    mount(elbv2, world),
    mount(eventbridge, world),
    mount(iam, world),
    mount(kms, world),
    mount(route53, world),
    mount(sealkeeper, world),
    mount(sts, world),
  ];
}
