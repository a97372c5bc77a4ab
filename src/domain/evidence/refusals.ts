/** Why a look into the journal is turned down. */
export type EvidenceRefusal = "event-token-invalid";
