import { Refusal } from "#domain/refusal.ts";
import { DAY, hasCome } from "#lib/duration.ts";
import { isKeyPairSpec, type KeySpec } from "./key-specs.ts";
import type { MasterKey } from "./master-key.ts";
import { arnOf } from "./names.ts";
import type { MaterialVersion } from "./rotation.ts";

/** How material is wrapped for its import, in KMS's words. */
export type WrappingAlgorithm =
  | "RSAES_OAEP_SHA_1"
  | "RSAES_OAEP_SHA_256"
  | "RSA_AES_KEY_WRAP_SHA_1"
  | "RSA_AES_KEY_WRAP_SHA_256";

/** The key pair it is wrapped under. */
export type WrappingKeySpec = "RSA_2048" | "RSA_3072" | "RSA_4096";

/** Whether material is imported for the first time, or comes back. */
export type ImportType = "NEW_KEY_MATERIAL" | "EXISTING_KEY_MATERIAL";

/** Refuses keys whose material only KMS makes: those of ML-DSA and ML-KEM. */
export function checkImportable(spec: KeySpec): void {
  if (!spec.startsWith("ML_")) return;
  throw new Refusal("unsupported-operation", `Key material of the spec ${spec} cannot be imported: leave Origin out.`);
}

/** Refuses a key whose material was made here for what is about imported material. */
export function checkExternal(key: MasterKey): void {
  if (key.origin === "EXTERNAL") return;
  throw wrongOrigin(key);
}

/** Refuses a key for what its origin does not allow, in AWS's words. */
export function wrongOrigin(key: MasterKey): Refusal {
  return new Refusal(
    "unsupported-operation",
    `${arnOf(key)} origin is ${key.origin} which is not valid for this operation.`,
  );
}

/**
 * Refuses a way to wrap material that is not for keys of `spec`
 * (https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-get-public-key-and-token.html): an RSA key does
 * not fit into a block of RSA, that of P-521 not into one of 2048 bits, and secret bits need no more than a block.
 */
export function checkWrapping(spec: KeySpec, algorithm: WrappingAlgorithm, wrappingKey: WrappingKeySpec): void {
  const inTwoSteps = isTwoStep(algorithm);
  const tooLarge = spec.startsWith("RSA_") || (spec === "ECC_NIST_P521" && wrappingKey === "RSA_2048");
  if (inTwoSteps ? isKeyPairSpec(spec) : !tooLarge) return;
  throw new Refusal(
    "unsupported-operation",
    `The wrapping algorithm ${algorithm} with the wrapping key spec ${wrappingKey} is not valid for key material of the ` +
      `spec ${spec}: use ${inTwoSteps ? "RSAES_OAEP_SHA_256" : "RSA_AES_KEY_WRAP_SHA_256"}.`,
  );
}

/** Whether the wrapping key wraps an AES key, and that the material. */
export function isTwoStep(algorithm: WrappingAlgorithm): boolean {
  return algorithm.startsWith("RSA_AES_");
}

/** When imported material ends; undefined: never. Refuses an end that is missing, not wanted, over, or too far away. */
export function readExpiration(model: string | undefined, validTo: Date | undefined, now: Date): Date | undefined {
  if (model === "KEY_MATERIAL_DOES_NOT_EXPIRE") {
    if (validTo === undefined) return undefined;
    throw invalid("ValidTo must not be specified when ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE.");
  }
  if (validTo === undefined) throw invalid("ValidTo must be specified when ExpirationModel is KEY_MATERIAL_EXPIRES.");
  if (hasCome(validTo, now)) throw invalid("ValidTo must be in the future.");
  if (validTo.getTime() > now.getTime() + LONGEST) {
    throw invalid("ValidTo must be at most 365 days from now.");
  }
  return validTo;
}

/** Which version of a key's material an import is about. */
export interface Place {
  readonly version: number;
  /** Whether the material was never imported into this key, nor any related one. */
  readonly isNew: boolean;
}

/**
 * Where material with this id belongs. `known` are all versions that the key has or had, oldest first, and `current` is
 * the one that encrypts. Refused with `key-material-incorrect` when it is not the one that is asked for.
 */
export function placeOf(
  materialId: string,
  {
    known,
    current,
  }: { readonly known: readonly Pick<MaterialVersion, "version" | "materialId">[]; readonly current: number },
  asked: {
    readonly type: ImportType | undefined;
    readonly materialId: string | undefined;
    readonly isReplica: boolean;
  },
): Place {
  const type = asked.type ?? (known.length === 0 ? "NEW_KEY_MATERIAL" : "EXISTING_KEY_MATERIAL");
  const same = known.find((version) => version.materialId === materialId);
  if (type === "EXISTING_KEY_MATERIAL") {
    if (asked.materialId !== undefined && asked.materialId !== materialId) {
      throw incorrect("it is not the key material that KeyMaterialId names");
    }
    if (!same) throw incorrect("it is none that was imported into this key before");
    return { version: same.version, isNew: false };
  }
  if (asked.materialId !== undefined) {
    throw invalid("KeyMaterialId must not be specified when ImportType is NEW_KEY_MATERIAL.");
  }
  if (asked.isReplica) {
    throw new Refusal(
      "unsupported-operation",
      "New key material cannot be imported into a replica key: import it into the primary key first, then here with the ImportType EXISTING_KEY_MATERIAL.",
    );
  }
  if (same) throw incorrect("it was imported into this key before, and ImportType is NEW_KEY_MATERIAL");
  if (known.length === 0) return { version: current, isNew: true };
  if (known.some(({ version }) => version > current)) {
    throw new Refusal(
      "key-state-forbids",
      "The key has key material that waits for its rotation already: rotate to it, or delete it first.",
    );
  }
  return { version: current + 1, isNew: true };
}

/** Refuses material that a key cannot have. */
export function incorrect(why: string): Refusal {
  return new Refusal("key-material-incorrect", `The key material cannot be imported into this key: ${why}.`);
}

function invalid(message: string): Refusal {
  return new Refusal("key-value-invalid", message);
}

const LONGEST = 365 * DAY;
