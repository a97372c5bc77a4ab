import type { AuthorityDeps } from "#lifecycle/authorities/index.ts";
import type { CaaDeps } from "#lifecycle/proof/check-caa.ts";
import type { CheckDeps } from "#lifecycle/proof/check-domains.ts";
import type { Check } from "#rehearsal/check.ts";
import type { Store } from "#store/store.ts";
import { type AuthorityCheckDeps, authority } from "./authority.ts";
import { caa } from "./caa.ts";
import { delegation } from "./delegation.ts";
import { edges } from "./edges.ts";
import { type EncryptionKeyDeps, encryptionKey } from "./encryption-key.ts";
import { grants } from "./grants.ts";
import { keyAlgorithm } from "./key-algorithm.ts";
import { lastAttempt } from "./last-attempt.ts";
import { names } from "./names.ts";
import { validation } from "./validation.ts";

export interface ChecksDeps extends CheckDeps, CaaDeps, AuthorityDeps, AuthorityCheckDeps, EncryptionKeyDeps {
  readonly store: Store;
}

/** Everything that a renewal needs, in the order in which it is told; eligibility.ts comes before. */
export const CHECKS: readonly Check<ChecksDeps>[] = [
  names,
  keyAlgorithm,
  validation,
  delegation,
  caa,
  authority,
  encryptionKey,
  grants,
  edges,
  lastAttempt,
];
