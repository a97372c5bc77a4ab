/** To which an endpoint can be limited. */
export const KEY_TYPES = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const;
export type KeyType = (typeof KEY_TYPES)[number];
