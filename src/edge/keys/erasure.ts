import { generateKeyPairSync } from "node:crypto";
import { createSecureContext } from "node:tls";
import { tlsPolicy } from "#domain/tls/policies.ts";
import { closeContext, secureContext } from "#edge/tls/secure-contexts.ts";

/** Counts how often any of these byte strings stands in the memory of this process; undefined where nobody may look. */
export type CountInMemory = (traces: readonly Buffer[]) => Promise<number | undefined>;

/** Whether keys leave memory when they are dropped: `unknown` where that cannot be looked at. */
export interface Erasure {
  readonly erases: boolean | "unknown";
  readonly reason: string;
}

/**
 * Makes a throw-away key, builds a context with it and closes that as a revocation does, and looks into memory before,
 * between and after. What Node does for that is not documented: a release in which it does it no longer is noticed here.
 */
export async function tryErasure(count: CountInMemory): Promise<Erasure> {
  if (typeof (createSecureContext().context as { close?: unknown }).close !== "function") {
    return { erases: false, reason: "this Node has no way to release the key of a TLS context at once" };
  }
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const number = Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url");
  // OpenSSL keeps it as words, the lowest first.
  const traces = [number, Buffer.from(number).reverse()];
  let seen: Erasure = { erases: "unknown", reason: "the memory of this process cannot be read on this system" };
  for (let attempt = 0; attempt < ATTEMPTS && seen.erases !== true; attempt += 1) {
    // Once without looking: what making a key leaves behind is overwritten then, or stays for all counts.
    await useKey(pkcs8, () => Promise.resolve());
    const before = await count(traces);
    if (before === undefined) break;
    let during: number | undefined;
    await useKey(pkcs8, async () => {
      during = await count(traces);
    });
    seen = judge(before, during ?? 0, (await count(traces)) ?? Number.POSITIVE_INFINITY);
  }
  pkcs8.fill(0);
  return seen;
}

async function useKey(pkcs8: Buffer, look: () => Promise<void>): Promise<void> {
  const policy = tlsPolicy("ELBSecurityPolicy-TLS13-1-2-2021-06");
  if (!policy) throw new Error("the policy for the test of erasure is gone");
  const own = Buffer.alloc(pkcs8.length);
  pkcs8.copy(own);
  const context = secureContext({ policy, chain: undefined, pkcs8: own, ticketKeys: Buffer.alloc(48), session: "-" });
  own.fill(0);
  await look();
  closeContext(context);
  await new Promise((resolve) => setImmediate(resolve));
}

function judge(before: number, during: number, after: number): Erasure {
  if (during <= before) return { erases: "unknown", reason: "the key of a TLS context was not found where it must be" };
  if (after <= before) return { erases: true, reason: "the key of a TLS context is gone when the context is closed" };
  const reason = `${after - before} copies of a key were left in memory when its TLS context was closed`;
  return { erases: false, reason };
}

/** Garbage collection may leave something of the test itself, at random. */
const ATTEMPTS = 3;
