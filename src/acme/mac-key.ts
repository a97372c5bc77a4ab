import { randomFillSync } from "node:crypto";
import type { RootOfCustody } from "#custody/root.ts";
import type { AcmeBindingArn } from "#domain/acme/arns.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

interface SealDeps {
  readonly root: RootOfCustody;
}

/** A fresh MAC key for an external account binding, sealed for it. */
export function newMacKey(arn: AcmeBindingArn, { root }: SealDeps): Buffer {
  using key = new PlaintextKey(Buffer.alloc(KEY_BYTES));
  randomFillSync(key.bytes);
  return root.seal(key.bytes, purpose(arn));
}

/** The key in clear, for one `using` block. */
export function openMacKey(arn: AcmeBindingArn, sealed: Uint8Array, { root }: SealDeps): PlaintextKey {
  return root.open(sealed, purpose(arn));
}

const purpose = (arn: AcmeBindingArn): string => `acme-binding:${arn}`;
/** HS256 takes keys of at least 32 bytes (RFC 7518 section 3.2). */
const KEY_BYTES = 32;
