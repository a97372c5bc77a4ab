/** DescribeAcmeEndpoint's statuses. */
export type AcmeEndpointStatus = "CREATING" | "ACTIVE" | "FAILED" | "DELETING";

/** Whether an account must say how it can be reached. */
export type AcmeContact = "REQUIRED" | "NOT_REQUIRED";

/** DEACTIVATED by the client itself, REVOKED by the endpoint's owner; both are final. */
export type AcmeAccountStatus = "VALID" | "DEACTIVATED" | "REVOKED";

/** The kinds of key that an endpoint can be limited to (PublicKeyAlgorithm). */
export const ACME_KEY_ALGORITHMS = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const;
export type AcmeKeyAlgorithm = (typeof ACME_KEY_ALGORITHMS)[number];

/** https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html: for each account and region, and for each endpoint. */
export const ACME_QUOTAS = { endpoints: 50, bindings: 1_000, domainValidations: 1_500 } as const;
