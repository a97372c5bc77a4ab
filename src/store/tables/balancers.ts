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
    /** What its edges share and clients do not know. */
    cookieSecret: Fixed<string>;
    vpcId: Fixed<string>;
    /** JSON lists: the names of the zones of its subnets, and ids. */
    zones: string;
    subnets: string;
    securityGroups: string;
    /** JSON object of what was set. */
    attributes: string;
    /** How many certificates stand in the lists of its listeners, each counted once. */
    listedCertificates: Generated<number>;
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
    defaultActions: string;
    /** JSON; null when it is off. */
    mutualAuthentication: string | null;
    /** The trust store that this names. */
    trustStoreArn: string | null;
    /** JSON object of what was set. */
    attributes: string;
  };
  /** Rules beside the default ones. */
  listenerRules: {
    arn: Fixed<string>;
    listenerArn: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    /** Of its own in the listener; below zero only inside a transaction that exchanges priorities. */
    priority: number;
    /** JSON. */
    conditions: string;
    actions: string;
    transforms: string;
  };
  /** A certificate may stand here twice for a listener: as its default and in its list. */
  listenerCertificates: {
    listenerArn: Fixed<string>;
    isDefault: Fixed<Flag>;
    certificateArn: Fixed<string>;
    loadBalancerArn: Fixed<string>;
  };
  /** Which target groups a rule, also a default one, forwards to; follows from its actions. */
  listenerTargetGroups: {
    ruleArn: Fixed<string>;
    listenerArn: Fixed<string>;
    targetGroupArn: Fixed<string>;
  };
  targetGroups: {
    arn: Fixed<string>;
    account: Fixed<string>;
    region: Fixed<string>;
    name: Fixed<string>;
    protocol: Fixed<string>;
    protocolVersion: Fixed<string>;
    targetType: Fixed<string>;
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
    /** As it was registered: an address, an instance's id or a load balancer's ARN. */
    id: Fixed<string>;
    port: Fixed<number>;
    zone: string | null;
    registeredAt: EpochMillis;
    /** Null while it is registered; else when it has drained and the row may go. */
    drainedAt: EpochMillis | null;
  };
  /** Client secrets of rules, sealed like private keys, each under a grant of the load balancer. */
  balancerSecrets: {
    name: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    keyArn: Fixed<string>;
    grantId: Fixed<string>;
    grantToken: Fixed<string>;
    wrappedDataKey: Fixed<Uint8Array>;
    sealedKey: Fixed<Uint8Array>;
    createdAt: Fixed<EpochMillis>;
  };
  trustStores: {
    arn: Fixed<string>;
    account: Fixed<string>;
    region: Fixed<string>;
    name: Fixed<string>;
    /** Counts changes of its contents: whoever raises it holds the row. */
    version: number;
    certificates: number;
    revokedEntries: number;
    /** Which id the next list of revoked certificates gets. */
    nextRevocation: number;
    /** PEM. */
    bundle: Uint8Array;
  };
  trustStoreRevocations: {
    trustStoreArn: Fixed<string>;
    id: Fixed<number>;
    entries: Fixed<number>;
    size: Fixed<number>;
    /** DER. */
    content: Fixed<Uint8Array>;
  };
  /** Tags of load balancers, listeners, rules, target groups and trust stores. */
  balancerTags: {
    resourceArn: Fixed<string>;
    key: Fixed<string>;
    value: string;
  };
}
