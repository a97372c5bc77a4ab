import type { Caller } from "#domain/names.ts";
import { type Facts, factsOf } from "#domain/policies/facts.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import type { Grant } from "./grant.ts";
import type { KeyUsage } from "./key-specs.ts";
import type { MasterKey } from "./master-key.ts";
import { aliasIn, isMultiRegion } from "./names.ts";

/**
 * What KMS's condition keys say of a call to a key. `kms:ViaService` is not known of it: who signs a call makes it
 * (`serviceObjection` knows it of what services do).
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export function keyFacts(
  key: Pick<MasterKey, "account" | "id" | "spec" | "usage" | "origin">,
  {
    context,
    algorithm,
    keyId,
  }: {
    readonly context: EncryptionContext;
    readonly algorithm?: string | undefined;
    /** How the request names the key. */
    readonly keyId?: string | undefined;
  },
  caller: Pick<Caller, "account">,
): Facts {
  const pairs = Object.entries(context);
  return factsOf({
    "aws:ResourceAccount": key.account,
    "kms:CallerAccount": caller.account,
    "kms:RequestAlias": keyId === undefined ? undefined : aliasIn(keyId),
    ...kindFacts({ ...key, multiRegion: isMultiRegion(key.id) }),
    [ALGORITHM_KEYS[key.usage]]: algorithm,
    ...(pairs.length > 0 && { "kms:EncryptionContextKeys": Object.keys(context) }),
    ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
  });
}

/** What they say of a key that is to be made. */
export function newKeyFacts(
  key: Parameters<typeof kindFacts>[0] & { readonly mayLockOut: boolean },
  caller: Pick<Caller, "account">,
): Facts {
  return factsOf({
    "kms:CallerAccount": caller.account,
    ...kindFacts(key),
    "kms:MultiRegionKeyType": key.multiRegion ? "PRIMARY" : undefined,
    "kms:BypassPolicyLockoutSafetyCheck": String(key.mayLockOut),
  });
}

/** The two that are deprecated go on saying the same. */
function kindFacts(key: {
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  readonly multiRegion: boolean;
}): Readonly<Record<string, string>> {
  return {
    "kms:KeySpec": key.spec,
    "kms:CustomerMasterKeySpec": key.spec,
    "kms:KeyUsage": key.usage,
    "kms:CustomerMasterKeyUsage": key.usage,
    "kms:KeyOrigin": key.origin,
    "kms:MultiRegion": String(key.multiRegion),
  };
}

/** What they say of a grant that is to be made. */
export function grantFacts(
  grant: Pick<Grant, "granteePrincipal" | "constraint"> &
    Partial<Pick<Grant, "retiringPrincipal">> & { readonly operations: readonly string[] },
): Facts {
  const { constraint } = grant;
  const kind = constraint && (constraint.kind === "equals" ? "EncryptionContextEquals" : "EncryptionContextSubset");
  return factsOf({
    "kms:GranteePrincipal": grant.granteePrincipal,
    "kms:RetiringPrincipal": grant.retiringPrincipal,
    "kms:GrantOperations": grant.operations,
    "kms:GrantConstraintType": kind,
    "kms:GrantIsForAWSResource": "false",
  });
}

const ALGORITHM_KEYS: Readonly<Record<KeyUsage, string>> = {
  ENCAPSULATE_DECAPSULATE: "kms:EncapsulationAlgorithm",
  ENCRYPT_DECRYPT: "kms:EncryptionAlgorithm",
  GENERATE_VERIFY_MAC: "kms:MacAlgorithm",
  KEY_AGREEMENT: "kms:KeyAgreementAlgorithm",
  SIGN_VERIFY: "kms:SigningAlgorithm",
};
