import * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { BalancerRefusal } from "#domain/balancers/refusals.ts";
import type { CertificateRefusal } from "#domain/certificate/refusals.ts";
import { access, tagging, tagsOf } from "./access.ts";
import { AddListenerCertificates } from "./add-listener-certificates.ts";
import { AddTags } from "./add-tags.ts";
import { AddTrustStoreRevocations } from "./add-trust-store-revocations.ts";
import { CreateListener } from "./create-listener.ts";
import { CreateLoadBalancer } from "./create-load-balancer.ts";
import { CreateRule } from "./create-rule.ts";
import { CreateTargetGroup } from "./create-target-group.ts";
import { CreateTrustStore } from "./create-trust-store.ts";
import { DeleteListener } from "./delete-listener.ts";
import { DeleteLoadBalancer } from "./delete-load-balancer.ts";
import { DeleteRule } from "./delete-rule.ts";
import { DeleteSharedTrustStoreAssociation } from "./delete-shared-trust-store-association.ts";
import { DeleteTargetGroup } from "./delete-target-group.ts";
import { DeleteTrustStore } from "./delete-trust-store.ts";
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
import { DescribeTrustStoreAssociations } from "./describe-trust-store-associations.ts";
import { DescribeTrustStoreRevocations } from "./describe-trust-store-revocations.ts";
import { DescribeTrustStores } from "./describe-trust-stores.ts";
import { refusals } from "./errors.ts";
import { GetResourcePolicy } from "./get-resource-policy.ts";
import { GetTrustStoreCaCertificatesBundle } from "./get-trust-store-ca-certificates-bundle.ts";
import { GetTrustStoreRevocationContent } from "./get-trust-store-revocation-content.ts";
import { ModifyCapacityReservation } from "./modify-capacity-reservation.ts";
import { ModifyIpPools } from "./modify-ip-pools.ts";
import { ModifyListener } from "./modify-listener.ts";
import { ModifyListenerAttributes } from "./modify-listener-attributes.ts";
import { ModifyLoadBalancerAttributes } from "./modify-load-balancer-attributes.ts";
import { ModifyRule } from "./modify-rule.ts";
import { ModifyTargetGroup } from "./modify-target-group.ts";
import { ModifyTargetGroupAttributes } from "./modify-target-group-attributes.ts";
import { ModifyTrustStore } from "./modify-trust-store.ts";
import type { Elbv2Deps } from "./operation.ts";
import { RegisterTargets } from "./register-targets.ts";
import { RemoveListenerCertificates } from "./remove-listener-certificates.ts";
import { RemoveTags } from "./remove-tags.ts";
import { RemoveTrustStoreRevocations } from "./remove-trust-store-revocations.ts";
import { rules } from "./rules.ts";
import { SetIpAddressType } from "./set-ip-address-type.ts";
import { SetRulePriorities } from "./set-rule-priorities.ts";
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
    AddTrustStoreRevocations,
    CreateListener,
    CreateLoadBalancer,
    CreateRule,
    CreateTargetGroup,
    CreateTrustStore,
    DeleteListener,
    DeleteLoadBalancer,
    DeleteRule,
    DeleteSharedTrustStoreAssociation,
    DeleteTargetGroup,
    DeleteTrustStore,
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
    DescribeTrustStoreAssociations,
    DescribeTrustStoreRevocations,
    DescribeTrustStores,
    GetResourcePolicy,
    GetTrustStoreCaCertificatesBundle,
    GetTrustStoreRevocationContent,
    ModifyCapacityReservation,
    ModifyIpPools,
    ModifyListener,
    ModifyListenerAttributes,
    ModifyLoadBalancerAttributes,
    ModifyRule,
    ModifyTargetGroup,
    ModifyTargetGroupAttributes,
    ModifyTrustStore,
    RegisterTargets,
    RemoveListenerCertificates,
    RemoveTags,
    RemoveTrustStoreRevocations,
    SetIpAddressType,
    SetRulePriorities,
    SetSecurityGroups,
    SetSubnets,
  },
  access,
  tagging,
  tagsOf,
  rules,
  refusals,
};
