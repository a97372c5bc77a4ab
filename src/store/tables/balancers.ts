import type { Generated } from "kysely";
import type { EpochMillis, Fixed, Flag } from "./types.ts";

export interface BalancerTables {
  loadBalancers: {
    arn: Fixed<string>;
    account: Fixed<string>;
    region: Fixed<string>;
    name: Fixed<string>;
    type: Fixed<string>;
    scheme: Fixed<string>;
    /** Lower case. */
    dnsName: Fixed<string>;
    /** IPv4, of this load balancer alone. */
    address: Fixed<string>;
    /** `provisioning` or `active`. */
    state: string;
    createdAt: Fixed<EpochMillis>;
    /** JSON lists of ids. */
    subnets: string;
    securityGroups: string;
    /** JSON object of what was set. */
    attributes: string;
    /** Counts changes of the load balancer and of all that belongs to it: whoever raises it holds the row. */
    revision: Generated<number>;
  };
  listeners: {
    arn: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    ruleArn: Fixed<string>;
    port: number;
    protocol: string;
    sslPolicy: string | null;
    alpnPolicy: string | null;
    /** JSON. */
    defaultAction: string;
  };
  /** A certificate may stand here twice for a listener: as its default and in its list. */
  listenerCertificates: {
    listenerArn: Fixed<string>;
    isDefault: Fixed<Flag>;
    certificateArn: Fixed<string>;
    loadBalancerArn: Fixed<string>;
  };
  /** Which target groups a listener forwards to; follows from its action. */
  listenerTargetGroups: {
    listenerArn: Fixed<string>;
    targetGroupArn: Fixed<string>;
  };
  targetGroups: {
    arn: Fixed<string>;
    account: Fixed<string>;
    region: Fixed<string>;
    name: Fixed<string>;
    protocol: Fixed<string>;
    port: Fixed<number>;
    vpcId: Fixed<string>;
    /** The one load balancer whose listeners forward to it; null when none does. */
    loadBalancerArn: string | null;
    /** JSON. */
    healthCheck: string;
    /** JSON object of what was set. */
    attributes: string;
    /** Counts changes of the target group and of its targets: whoever raises it holds the row. */
    revision: Generated<number>;
  };
  targets: {
    targetGroupArn: Fixed<string>;
    address: Fixed<string>;
    port: Fixed<number>;
    registeredAt: EpochMillis;
    /** Null while it is registered; else when it has drained and the row may go. */
    drainedAt: EpochMillis | null;
  };
  /** Tags of load balancers, listeners and target groups. */
  balancerTags: {
    resourceArn: Fixed<string>;
    key: Fixed<string>;
    value: string;
  };
}
