import * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { BalancerRefusal } from "#domain/balancers/refusals.ts";
import type { CertificateRefusal } from "#domain/certificate/refusals.ts";
import { AddListenerCertificates } from "./add-listener-certificates.ts";
import { AddTags } from "./add-tags.ts";
import { CreateListener } from "./create-listener.ts";
import { CreateLoadBalancer } from "./create-load-balancer.ts";
import { CreateTargetGroup } from "./create-target-group.ts";
import { DeleteListener } from "./delete-listener.ts";
import { DeleteLoadBalancer } from "./delete-load-balancer.ts";
import { DeleteTargetGroup } from "./delete-target-group.ts";
import { DeregisterTargets } from "./deregister-targets.ts";
import { DescribeAccountLimits } from "./describe-account-limits.ts";
import { DescribeCapacityReservation } from "./describe-capacity-reservation.ts";
import { DescribeListenerAttributes } from "./describe-listener-attributes.ts";
import { DescribeListenerCertificates } from "./describe-listener-certificates.ts";
import { DescribeListeners } from "./describe-listeners.ts";
import { DescribeLoadBalancerAttributes } from "./describe-load-balancer-attributes.ts";
import { DescribeLoadBalancers } from "./describe-load-balancers.ts";
import { DescribeRules } from "./describe-rules.ts";
import { DescribeSSLPolicies } from "./describe-ssl-policies.ts";
import { DescribeTags } from "./describe-tags.ts";
import { DescribeTargetGroupAttributes } from "./describe-target-group-attributes.ts";
import { DescribeTargetGroups } from "./describe-target-groups.ts";
import { DescribeTargetHealth } from "./describe-target-health.ts";
import { refusals } from "./errors.ts";
import { ModifyListener } from "./modify-listener.ts";
import { ModifyListenerAttributes } from "./modify-listener-attributes.ts";
import { ModifyLoadBalancerAttributes } from "./modify-load-balancer-attributes.ts";
import { ModifyTargetGroup } from "./modify-target-group.ts";
import { ModifyTargetGroupAttributes } from "./modify-target-group-attributes.ts";
import type { Elbv2Deps } from "./operation.ts";
import { RegisterTargets } from "./register-targets.ts";
import { RemoveListenerCertificates } from "./remove-listener-certificates.ts";
import { RemoveTags } from "./remove-tags.ts";
import { rules } from "./rules.ts";
import { SetSecurityGroups } from "./set-security-groups.ts";
import { SetSubnets } from "./set-subnets.ts";

/** Elastic Load Balancing, version 2. One file per operation; this is the list of them. */
export const elbv2: Service<typeof sdk, Elbv2Deps, BalancerRefusal | CertificateRefusal> = {
  name: "elbv2",
  sdk,
  facts: FACTS.elbv2,
  operations: {
    AddListenerCertificates,
    AddTags,
    CreateListener,
    CreateLoadBalancer,
    CreateTargetGroup,
    DeleteListener,
    DeleteLoadBalancer,
    DeleteTargetGroup,
    DeregisterTargets,
    DescribeAccountLimits,
    DescribeCapacityReservation,
    DescribeListenerAttributes,
    DescribeListenerCertificates,
    DescribeListeners,
    DescribeLoadBalancerAttributes,
    DescribeLoadBalancers,
    DescribeRules,
    DescribeSSLPolicies,
    DescribeTags,
    DescribeTargetGroupAttributes,
    DescribeTargetGroups,
    DescribeTargetHealth,
    ModifyListener,
    ModifyListenerAttributes,
    ModifyLoadBalancerAttributes,
    ModifyTargetGroup,
    ModifyTargetGroupAttributes,
    RegisterTargets,
    RemoveListenerCertificates,
    RemoveTags,
    SetSecurityGroups,
    SetSubnets,
  },
  rules,
  refusals,
};
