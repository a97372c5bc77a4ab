/** Why a caller is not let in. */
export type IdentityRefusal = "access-denied" | "access-key-invalid";
