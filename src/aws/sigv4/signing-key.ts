import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { type Claim, TERMINATOR } from "./claim.ts";

/** The key that signs within one scope, from the access key's `AWS4…` secret. Derived once for a day, region and service. */
export function signingKey(secret: KeyObject, { date, region, service }: Claim): KeyObject {
  const scopes = derived.get(secret) ?? new Map<string, KeyObject>();
  derived.set(secret, scopes);
  const scope = `${date}/${region}/${service}`;
  const known = scopes.get(scope);
  if (known) return known;
  const key = [date, region, service, TERMINATOR].reduce(
    (parent, part) => createSecretKey(createHmac("sha256", parent).update(part).digest()),
    secret,
  );
  // Scopes come from outside, before the signature is checked.
  if (scopes.size >= MOST_SCOPES) scopes.clear();
  scopes.set(scope, key);
  return key;
}

// HMAC with a KeyObject costs a quarter of HMAC with bytes. Forgotten together with the credential.
const derived = new WeakMap<KeyObject, Map<string, KeyObject>>();
const MOST_SCOPES = 100;
