import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { CommonError, ErrorName } from "#aws/service.ts";
import type { BalancerRefusal } from "#domain/balancers/refusals.ts";
import type { CertificateRefusal } from "#domain/certificate/refusals.ts";

/** Elastic Load Balancing answers this code, although its model does not have it. */
const UNSUPPORTED_CERTIFICATE = "UnsupportedCertificate" as string as CommonError;

/** How Elastic Load Balancing names what load balancers and certificates refuse; its model maps these to query codes. */
export const refusals: Readonly<Record<BalancerRefusal | CertificateRefusal, ErrorName<typeof sdk>>> = {
  "action-invalid": "InvalidLoadBalancerActionException",
  "actions-too-many": "TooManyActionsException",
  "alpn-policy-invalid": "ALPNPolicyNotSupportedException",
  "balancer-configuration-invalid": "InvalidConfigurationRequestException",
  "balancer-input-invalid": "ValidationException",
  "balancer-name-used": "DuplicateLoadBalancerNameException",
  "balancer-not-found": "LoadBalancerNotFoundException",
  "balancer-operation-forbidden": "OperationNotPermittedException",
  "balancer-tag-twice": "DuplicateTagKeysException",
  "balancer-tags-too-many": "TooManyTagsException",
  "balancers-too-many": "TooManyLoadBalancersException",
  "bundle-invalid": "InvalidCaCertificatesBundleException",
  "bundle-not-found": "CaCertificatesBundleNotFoundException",
  "certificate-too-many": "TooManyCertificatesException",
  "listener-not-found": "ListenerNotFoundException",
  "listener-port-used": "DuplicateListenerException",
  "listeners-too-many": "TooManyListenersException",
  "protocol-unsupported": "UnsupportedProtocolException",
  "protocols-incompatible": "IncompatibleProtocolsException",
  "resource-in-use": "ResourceInUseException",
  "revocation-content-invalid": "InvalidRevocationContentException",
  "revocation-content-not-found": "RevocationContentNotFoundException",
  "revocation-not-found": "RevocationIdNotFoundException",
  "revocations-too-many": "TooManyTrustStoreRevocationEntriesException",
  "rule-not-found": "RuleNotFoundException",
  "rule-priority-used": "PriorityInUseException",
  "rules-too-many": "TooManyRulesException",
  "security-group-invalid": "InvalidSecurityGroupException",
  "ssl-policy-not-found": "SSLPolicyNotFoundException",
  "subnet-invalid": "InvalidSubnetException",
  "subnet-not-found": "SubnetNotFoundException",
  "target-group-name-used": "DuplicateTargetGroupNameException",
  "target-group-not-found": "TargetGroupNotFoundException",
  "target-group-used-elsewhere": "TargetGroupAssociationLimitException",
  "target-groups-of-balancer-too-many": "TooManyUniqueTargetGroupsPerLoadBalancerException",
  "target-invalid": "InvalidTargetException",
  "targets-too-many": "TooManyTargetsException",
  "trust-store-association-not-found": "TrustStoreAssociationNotFoundException",
  "trust-store-association-own": "DeleteAssociationSameAccountException",
  "trust-store-in-use": "TrustStoreInUseException",
  "trust-store-name-used": "DuplicateTrustStoreNameException",
  "trust-store-not-found": "TrustStoreNotFoundException",
  "trust-stores-too-many": "TooManyTrustStoresException",

  // AWS says CertificateNotFound of every certificate that cannot be used here; the message says why.
  "certificate-arn-invalid": "CertificateNotFoundException",
  "certificate-not-found": "CertificateNotFoundException",
  "certificate-not-issued-yet": "CertificateNotFoundException",
  "certificate-unusable": "CertificateNotFoundException",
  "certificate-unsupported": UNSUPPORTED_CERTIFICATE,
  "certificate-wrong-account": "CertificateNotFoundException",
  "certificate-wrong-region": "CertificateNotFoundException",

  // What only ACM's own operations refuse.
  "certificate-in-use": "ResourceInUseException",
  "domain-name-invalid": "ValidationException",
  "domain-validation-options-invalid": "ValidationException",
  "import-invalid": "ValidationException",
  "page-token-invalid": "ValidationException",
  "parameters-exclude-each-other": "ValidationException",
  "quota-exceeded": "ValidationException",
  "state-forbids": "ValidationException",
  "tag-invalid": "ValidationException",
  "too-many-tags": "TooManyTagsException",
};
