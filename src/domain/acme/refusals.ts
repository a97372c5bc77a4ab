/** Why an ACME endpoint, or something that belongs to one, is not given or changed. */
export type AcmeRefusal = "acme-conflict" | "acme-input-invalid" | "acme-not-found" | "acme-quota-exceeded";
