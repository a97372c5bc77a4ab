/** The keys that certificates are issued for, in ACM's words. */
export type LeafKeyAlgorithm = "RSA_2048" | "EC_prime256v1" | "EC_secp384r1";
