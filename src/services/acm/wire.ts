import type * as sdk from "@aws-sdk/client-acm";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import { PERSISTENT_LABEL } from "#lifecycle/proof/validation-record.ts";

/**
 * Answers spell key algorithms with a hyphen, `RSA-2048` and `EC-prime256v1`, although the model's enum and all inputs
 * have an underscore: recorded from ACM, 2023 to 2026.
 */
export function shownKeyAlgorithm(algorithm: KeyAlgorithm): sdk.KeyAlgorithm {
  return algorithm.replace("_", "-") as sdk.KeyAlgorithm;
}

/** `0a:1b:…` of hexadecimal digits. */
export function shownSerial(hex: string): string {
  return hex.replaceAll(/..(?!$)/g, "$&:");
}

export function shownTime(millis: number | null): Date | undefined {
  return millis === null ? undefined : new Date(millis);
}

export function readTags(tags: readonly { readonly Key: string; readonly Value?: string }[]): readonly Tag[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

/** The CNAME record that proves a domain. */
export function shownRecord(name: string | null, value: string | null): sdk.ResourceRecord {
  // The model knows CNAME only; SDKs, CLI and Terraform hand on what they are given.
  if (name?.startsWith(`${PERSISTENT_LABEL}.`)) {
    return { Name: `${name}.`, Type: "TXT" as sdk.RecordType, Value: value ?? undefined };
  }
  return { Name: `${name}.`, Type: "CNAME", Value: `${value}.` };
}
