import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { DAY, HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier, readCertificate } from "#lib/x509-certificate.ts";
import { findResponder, insertResponder, type ResponderRow } from "#store/issuers.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { caName, responderCertificate } from "./ca-certificate.ts";
import type { CaDeps } from "./deps.ts";
import type { Issuer } from "./signers.ts";

/** Who answers OCSP for an issuer, so that the issuer's own key does not have to sign on every request. */
export interface Responder extends Pick<Issuer, "id" | "algorithm" | "key" | "publicKey"> {
  /** Of the issuer. */
  readonly id: string;
  readonly certificate: Buffer;
  /** ResponderID byKey (RFC 6960 section 4.2.1): SHA-1 of the public key. */
  readonly keyHash: Buffer;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
}

/**
 * The responder of an issuer, made when there is none or half of its life is over. Nodes share it; of several that make
 * one at once the first wins.
 */
export async function responderOf(issuer: Issuer, { store, clock, signers }: ResponderDeps): Promise<Responder> {
  const now = clock.now().getTime();
  const opened = signers.responders.get(issuer.id);
  if (opened && isFresh(opened, now)) return opened;
  const stored = await findResponder(store, issuer.id);
  if (!stored || !isFresh(stored, now)) await makeResponder(issuer, (stored?.number ?? 0) + 1, now, { store, signers });
  const current = await findResponder(store, issuer.id);
  if (!current) throw new Error(`issuer ${issuer.id} has no OCSP responder`);
  const responder = open(current, signers);
  signers.responders.set(issuer.id, responder);
  return responder;
}

export type ResponderDeps = Pick<CaDeps, "store" | "clock" | "signers">;

async function makeResponder(
  issuer: Issuer,
  number: number,
  now: EpochMillis,
  { store, signers }: Pick<ResponderDeps, "store" | "signers">,
): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const notBefore = new Date(Math.floor((now - HOUR) / SECOND) * SECOND);
  const notAfter = new Date(Math.min(later(notBefore, RESPONDER_LIFE - SECOND).getTime(), issuer.notAfter.getTime()));
  const subject = {
    name: caName(`Sealkeeper OCSP ${issuer.id} ${number}`),
    subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
  };
  const { serial, der } = responderCertificate(subject, issuer, { notBefore, notAfter });
  using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
  await insertResponder(store, {
    issuerId: issuer.id,
    number,
    serial,
    certificate: der,
    sealedKey: signers.root.seal(pkcs8.bytes, purpose(issuer.id, number)),
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
  });
}

function isFresh({ notBefore, notAfter }: Pick<ResponderRow, "notBefore" | "notAfter">, now: EpochMillis): boolean {
  return now >= notBefore && now < (notBefore + notAfter) / 2;
}

function open(row: ResponderRow, signers: ResponderDeps["signers"]): Responder {
  const key = signers.openKey(row.sealedKey, purpose(row.issuerId, row.number));
  return {
    id: row.issuerId,
    algorithm: signatureAlgorithm("EC_prime256v1"),
    key,
    publicKey: createPublicKey(key),
    certificate: Buffer.from(row.certificate),
    keyHash: keyIdentifier(readCertificate(row.certificate).subjectPublicKeyInfo),
    notBefore: row.notBefore,
    notAfter: row.notAfter,
  };
}

function purpose(issuerId: string, number: number): string {
  return `ca:${issuerId}/ocsp/${number}`;
}

const RESPONDER_LIFE: Millis = 30 * DAY;
