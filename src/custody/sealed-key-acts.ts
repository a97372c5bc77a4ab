import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { Act } from "#journal/journal.ts";
import { readSeal } from "./seal-form.ts";

/** How the journal names a key that is sealed under a custody key, and whose it is. */
export interface KeyName {
  readonly resource: string;
  /** The key in whose story it is told, too, as the journal calls that. */
  readonly of?: string | undefined;
  /** Undefined for keys of the installation. */
  readonly owner?: Pick<Act, "account" | "region"> | undefined;
}

/** A key of a CA, of a responder, a log, an account at a CA, or a secret; its name is what it is sealed for, or its ARN. */
export interface SealedKey extends Partial<KeyName> {
  /** What the store has of it: it says itself what it was sealed for. */
  readonly sealed: Uint8Array;
  /** SubjectPublicKeyInfo, DER; undefined for a key that both sides have. */
  readonly spki?: Uint8Array | undefined;
}

/**
 * That a key was made, and sealed in the same moment: under which custody key, and the SHA-256 of its public half. Goes into
 * the transaction that keeps the key.
 */
export function keyMadeAct({ sealed, spki, ...key }: SealedKey): Act {
  const { keyId = "", purpose = "" } = readSeal(sealed) ?? {};
  const facts =
    spki === undefined
      ? { algorithm: "SECRET" }
      : {
          algorithm: algorithmOf(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" })),
          publicKeySha256: publicKeyHash(spki),
        };
  return {
    ...actOn({ resource: purpose, ...key }),
    eventName: "CreateSealedKey",
    detail: { ...facts, sealedUnder: keyId },
  };
}

/** That a process opened a sealed key, to sign with it from now on: which one did. */
export function keyOpenedAct(key: KeyName, by: string): Act {
  return { ...actOn(key), eventName: "OpenSealedKey", detail: { by } };
}

/** That a sealed key is gone from the store: its name is what `keyMadeAct` gave it. */
export function keyDestroyedAct(key: KeyName): Act {
  return { ...actOn(key), eventName: "DestroySealedKey" };
}

/** By which the journal names a key pair: the SHA-256 of its public half (SubjectPublicKeyInfo), in hexadecimal. */
export function publicKeyHash(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("hex");
}

function actOn({ resource, of, owner }: KeyName): Omit<Act, "eventName"> {
  return {
    account: owner?.account ?? "",
    region: owner?.region ?? "",
    principal: "custody.sealkeeper",
    eventSource: "custody.sealkeeper",
    resource,
    ...(of !== undefined && { certificate: of }),
    requestId: "",
  };
}

/** As leaf keys are called: RSA_2048, EC_prime256v1. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails: details = {} }: KeyObject): string {
  const type = asymmetricKeyType ?? "";
  const size = details.namedCurve ?? details.modulusLength;
  return size === undefined ? type.toUpperCase() : `${type.toUpperCase()}_${size}`;
}
