import type { PersistentAccount } from "#ca/upstream/account.ts";
import type { AcmeEndpointArn } from "#domain/acme/arns.ts";
import { baseDomain } from "#domain/certificate/requested-names.ts";
import type { AccountId, DomainName } from "#domain/names.ts";
import { keyedHash } from "#lib/keyed-hash.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";

/** The CNAME record that proves control of a domain; lower case, without the last dots. */
export interface ValidationRecord {
  readonly name: string;
  readonly value: string;
}

/**
 * The record for a domain, the same for `example.com` and `*.example.com`, in every region and for every request of an
 * account, so that it is written once and serves every certificate and renewal; without the secret nobody can tell it
 * for another account. https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html. An ACME endpoint has records
 * of its own.
 */
export function validationRecord(
  secret: PlaintextKey,
  owner: AccountId | AcmeEndpointArn,
  domain: DomainName,
  suffix: string = ACM_SUFFIX,
): ValidationRecord {
  const base = baseDomain(domain);
  const token = (part: "name" | "value"): string =>
    `_${keyedHash(secret.bytes, part, owner, base).toString("hex", 0, TOKEN_BYTES)}`;
  return { name: `${token("name")}.${base}`, value: `${token("value")}.${zoneLabel(secret)}.${suffix}` };
}

/**
 * The record by which a public CA finds our answer to its dns-01 challenge for a domain (RFC 8555 section 8.4): written
 * once, it serves every certificate and renewal of the account, as the other one does, and proves control to us as well.
 */
export function challengeRecord(
  secret: PlaintextKey,
  account: AccountId,
  domain: DomainName,
  challengeZone: string,
): ValidationRecord {
  const base = baseDomain(domain);
  const token = keyedHash(secret.bytes, "challenge", account, base).toString("hex", 0, TOKEN_BYTES);
  return { name: `${CHALLENGE_LABEL}.${base}`, value: `${token}.${challengeZone}` };
}

/**
 * The TXT record by which the owner of a domain lets our account at a public CA prove it for good
 * (draft-ietf-acme-dns-persist): nothing is published for it, so no zone of ours need be reached.
 */
export function persistentRecord(
  { issuerName, account }: PersistentAccount,
  domain: DomainName,
  wildcard: boolean,
): ValidationRecord {
  const policy = wildcard ? "; policy=wildcard" : "";
  return {
    name: `${PERSISTENT_LABEL}.${baseDomain(domain)}`,
    value: `${issuerName}; accounturi=${account}${policy}`,
  };
}

/** Where CAs look for records that stay. */
export const PERSISTENT_LABEL = "_validation-persist";

/** Where CAs look for the answers to dns-01 challenges. */
export const CHALLENGE_LABEL = "_acme-challenge";

/** Ten letters that many accounts share: under AWS one of a few zones in which the targets live. */
function zoneLabel(secret: PlaintextKey): string {
  return [...keyedHash(secret.bytes, "zone").subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

const ACM_SUFFIX = "acm-validations.aws";
const TOKEN_BYTES = 16;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
