import type { Generated } from "kysely";
import type { EpochMillis, Fixed } from "./types.ts";

export interface JournalTables {
  /** Who did what, in CloudTrail's words. Appended only; no secret ever stands in it. */
  auditRecords: {
    id: Generated<number>;
    at: Fixed<EpochMillis>;
    account: Fixed<string>;
    region: Fixed<string>;
    /** The principal's ARN; empty when the caller was never proved. */
    principal: Fixed<string>;
    accessKeyId: Fixed<string>;
    /** The principal's short name, as CloudTrail's Username has it: `root`, `alice`, `acm.amazonaws.com`. */
    userName: Fixed<string>;
    /** For example `acm.amazonaws.com`, `kms.amazonaws.com`. */
    eventSource: Fixed<string>;
    /** The operation, or the internal act: `RequestCertificate`, `Decrypt`, `SignCertificate`. */
    eventName: Fixed<string>;
    /** What it was about: an ARN, a zone id. */
    resource: Fixed<string | null>;
    /** The certificate whose key it was about, where `resource` is another thing: a master key. */
    certificate: Fixed<string | null>;
    /** The grant that allowed it, where one did. */
    grantId: Fixed<string | null>;
    requestId: Fixed<string>;
    /** Where an API call came from, and by what program; null for what we do ourselves. */
    sourceIp: Fixed<string | null>;
    userAgent: Fixed<string | null>;
    /** Null when it succeeded. */
    errorCode: Fixed<string | null>;
    errorMessage: Fixed<string | null>;
    /** Further facts, as a JSON object of texts. */
    detail: Fixed<string | null>;
  };
  /** Records that have no place in the tree yet. A trigger writes them. */
  auditPending: { recordId: Fixed<number> };
  /** The tree's leaves, counted from 0: which record stands where. */
  auditLeaves: { leafIndex: Fixed<number>; recordId: Fixed<number> };
  /** By what API calls and other events are found (CloudTrail's LookupEvents). Written with the leaves, behind the calls. */
  auditLookups: {
    account: Fixed<string>;
    region: Fixed<string>;
    attribute: Fixed<string>;
    value: Fixed<string>;
    at: Fixed<EpochMillis>;
    recordId: Fixed<number>;
  };
  /** The tree's hashes, as tiles (lib/merkle/tiles.ts). */
  auditTiles: { level: Fixed<number>; number: Fixed<number>; hashes: Uint8Array };
  /** The tree, one row: how large it is, and its newest head, which may be of fewer leaves. */
  auditTrees: { id: Fixed<number>; size: number; signedAt: EpochMillis | null; checkpoint: string | null };
  /** Heads that are kept, one an hour and one at each end of a node: each is a promise about everything before it. */
  auditCheckpoints: { size: Fixed<number>; signedAt: Fixed<EpochMillis>; checkpoint: Fixed<string> };
  /** The key that signs the heads, one row; sealed by the root of custody. */
  auditSigners: {
    id: Fixed<number>;
    name: Fixed<string>;
    publicKey: Fixed<Uint8Array>;
    sealedKey: Uint8Array;
    createdAt: Fixed<EpochMillis>;
  };
}
