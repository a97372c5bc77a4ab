/** Why a policy is not taken. */
export type PolicyRefusal = "policy-malformed";
