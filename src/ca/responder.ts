import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { encode, octetString, sequence, tagged } from "#lib/der.ts";
import { DAY, HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier, readCertificate } from "#lib/x509-certificate.ts";
import { findResponder, insertResponder, type NewResponder, type ResponderRow } from "#store/issuers.ts";
import type { Db } from "#store/store.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { caName, responderCertificate } from "./ca-certificate.ts";
import type { CaDeps } from "./deps.ts";
import type { SigningAuthority, SigningKey } from "./signers.ts";

/** Who answers OCSP for an issuer, so that the issuer's own key does not have to sign on every request. */
export interface Responder extends SigningKey {
  /** Of the issuer. */
  readonly id: string;
  readonly certificate: Buffer;
  /** byKey: SHA-1 of the public key (RFC 6960 section 4.2.1). DER. */
  readonly responderId: Buffer;
  /** What answers bring along: the certificate. DER. */
  readonly certificates: Buffer;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
}

/** Where the responders of some issuers are kept. */
export interface ResponderShelf {
  /** The newest one of an issuer. */
  find(db: Db, issuerId: string): Promise<ResponderRow | undefined>;
  /** Does nothing where there is one of this number. */
  insert(db: Db, responder: NewResponder): Promise<void>;
}

/**
 * The responder of an issuer, made when there is none or half of its life is over. Nodes share it; of several that make
 * one at once the first wins.
 */
export async function responderOf(
  issuer: SigningAuthority,
  { store, clock, signers }: ResponderDeps,
  shelf: ResponderShelf = BUILT_IN,
): Promise<Responder> {
  const now = clock.now().getTime();
  const opened = signers.responders.get(issuer.id);
  if (opened && isFresh(opened, now)) return opened;
  const stored = await shelf.find(store, issuer.id);
  if (!stored || !isFresh(stored, now)) {
    await shelf.insert(store, newResponder(issuer, (stored?.number ?? 0) + 1, now, signers));
  }
  const current = await shelf.find(store, issuer.id);
  if (!current) throw new Error(`issuer ${issuer.id} has no OCSP responder`);
  const responder = open(current, signers);
  if (signers.responders.size >= MOST_OPEN) signers.responders.clear();
  signers.responders.set(issuer.id, responder);
  return responder;
}

export type ResponderDeps = Pick<CaDeps, "store" | "clock" | "signers">;

function newResponder(
  issuer: SigningAuthority,
  number: number,
  now: EpochMillis,
  signers: ResponderDeps["signers"],
): NewResponder {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const notBefore = new Date(Math.floor((now - HOUR) / SECOND) * SECOND);
  const notAfter = new Date(Math.min(later(notBefore, RESPONDER_LIFE - SECOND).getTime(), issuer.notAfter.getTime()));
  const subject = {
    name: caName(`Sealkeeper OCSP ${issuer.id} ${number}`),
    subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
  };
  const { serial, der } = responderCertificate(subject, issuer, { notBefore, notAfter });
  using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
  return {
    issuerId: issuer.id,
    number,
    serial,
    certificate: der,
    sealedKey: signers.root.seal(pkcs8.bytes, purpose(issuer.id, number)),
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
  };
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
    responderId: encode(tagged(2, octetString(keyIdentifier(readCertificate(row.certificate).subjectPublicKeyInfo)))),
    certificates: encode(tagged(0, sequence(row.certificate))),
    notBefore: row.notBefore,
    notAfter: row.notAfter,
  };
}

function purpose(issuerId: string, number: number): string {
  return `ca:${issuerId}/ocsp/${number}`;
}

const BUILT_IN: ResponderShelf = { find: findResponder, insert: insertResponder };
const RESPONDER_LIFE: Millis = 30 * DAY;
const MOST_OPEN = 256;
