import { timingSafeEqual } from "node:crypto";
import type { MacAlgorithm } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type ContextlessRequest, contextlessCall } from "./contextless.ts";
import type { Custody } from "./custody.ts";
import { resultOf, type UsedKey, useKey } from "./use-key.ts";

export interface MacRequest extends ContextlessRequest {
  readonly message: Uint8Array;
  readonly algorithm: MacAlgorithm;
}

/** The message authentication code of up to 4096 bytes (RFC 2104). */
export async function generateMac(
  request: MacRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly mac: Buffer }> {
  return await withMac("GenerateMac", request, caller, deps, (mac) => ({ mac }));
}

/** Answers which key made a code; refuses with `mac-invalid` when it was not this one. */
export async function verifyMac(
  request: MacRequest & { readonly mac: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey> {
  return await withMac("VerifyMac", request, caller, deps, (expected) => {
    const { mac } = request;
    if (mac.length === expected.length && timingSafeEqual(mac, expected)) return {};
    throw new Refusal("mac-invalid", "The MAC is not this key's for this message and algorithm.");
  });
}

async function withMac<Result extends object>(
  operation: "GenerateMac" | "VerifyMac",
  request: MacRequest,
  caller: Caller,
  deps: Custody,
  work: (mac: Buffer) => Result,
): Promise<Result & UsedKey> {
  const { algorithm, message } = request;
  const { key, call } = await contextlessCall(operation, request, caller, deps);
  return await useKey(key, key.version, call, caller, deps, async (secret) =>
    work(await resultOf(secret.do({ do: "mac", algorithm, data: message }))),
  );
}
