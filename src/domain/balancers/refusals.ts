/** Why a load balancer, listener or target group is not made, changed or shown. */
export type BalancerRefusal =
  | "alpn-policy-invalid"
  | "balancer-configuration-invalid"
  | "balancer-name-used"
  | "balancer-not-found"
  | "certificate-too-many"
  | "listener-not-found"
  | "listener-port-used"
  | "resource-in-use"
  | "ssl-policy-not-found"
  | "target-group-name-used"
  | "target-group-not-found"
  | "target-invalid";
