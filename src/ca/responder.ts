import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { type KeyName, keyDestroyedAct, keyMadeAct } from "#custody/sealed-key-acts.ts";
import { recordIn } from "#journal/journal.ts";
import { encode, octetString, sequence, tagged } from "#lib/der.ts";
import { DAY, HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier, readCertificate } from "#lib/x509-certificate.ts";
import {
  deleteRespondersBefore,
  findResponder,
  insertResponder,
  type NewResponder,
  type ResponderRow,
} from "#store/issuers.ts";
import type { Db, Tx } from "#store/store.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { caName, responderCertificate } from "./ca-certificate.ts";
import type { CaDeps } from "./deps.ts";
import { type SigningAuthority, type SigningKey, sealPurpose } from "./signers.ts";

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
  /** False where there is one of this number. */
  insert(tx: Tx, responder: NewResponder): Promise<boolean>;
  /** Deletes those before this number, with their keys, and answers their numbers. */
  removeBefore(tx: Tx, issuerId: string, number: number): Promise<readonly number[]>;
  /** As whose key the journal tells of a responder's. */
  readonly keyOf: (issuerId: string) => Pick<KeyName, "of" | "owner">;
}

/**
 * The responder of an issuer that is valid, made when there is none or half of its life is over; the key before it is
 * destroyed then. Nodes share it; of several that make one at once the first wins.
 */
export async function responderOf(
  issuer: SigningAuthority,
  { store, clock, signers }: ResponderDeps,
  shelf: ResponderShelf = BUILT_IN,
): Promise<Responder> {
  const now = clock.now().getTime();
  const opened = signers.responders.get(issuer.id);
  if (opened && isFresh(opened, issuer, now)) return opened;
  const stored = await shelf.find(store, issuer.id);
  if (!stored || !isFresh(stored, issuer, now)) {
    await keep(newResponder(issuer, (stored?.number ?? 0) + 1, now, signers), shelf, { store, clock });
  }
  const current = await shelf.find(store, issuer.id);
  if (!current) throw new Error(`issuer ${issuer.id} has no OCSP responder`);
  const responder = open(current, signers, shelf);
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
  const notBefore = new Date(Math.max(Math.floor((now - HOUR) / SECOND) * SECOND, issuer.notBefore.getTime()));
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
    sealedKey: signers.root.seal(pkcs8.bytes, responderKeyName(issuer.id, number)),
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
  };
}

async function keep(
  made: NewResponder,
  shelf: ResponderShelf,
  { store, clock }: Pick<ResponderDeps, "store" | "clock">,
): Promise<void> {
  const { issuerId, number, sealedKey: sealed } = made;
  const spki = readCertificate(made.certificate).subjectPublicKeyInfo;
  const whose = shelf.keyOf(issuerId);
  await store.transaction().execute(async (tx) => {
    if (!(await shelf.insert(tx, made))) return;
    await recordIn(tx, keyMadeAct({ sealed, spki, ...whose }), clock);
    for (const before of await shelf.removeBefore(tx, issuerId, number)) {
      await recordIn(tx, keyDestroyedAct({ resource: responderKeyName(issuerId, before), ...whose }), clock);
    }
  });
}

/** In the first half of its life; the last one, which ends with its issuer, in all of it. */
function isFresh(
  { notBefore, notAfter }: Pick<ResponderRow, "notBefore" | "notAfter">,
  issuer: Pick<SigningAuthority, "notAfter">,
  now: EpochMillis,
): boolean {
  const isLast = notAfter >= issuer.notAfter.getTime();
  return now >= notBefore && now < (isLast ? notAfter : (notBefore + notAfter) / 2);
}

function open(row: ResponderRow, signers: ResponderDeps["signers"], shelf: ResponderShelf): Responder {
  const key = signers.openKey(row.sealedKey, responderKeyName(row.issuerId, row.number), shelf.keyOf(row.issuerId));
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

/** What the key of a responder is sealed for, and what the journal calls it. */
export function responderKeyName(issuerId: string, number: number): string {
  return `ca:${issuerId}/ocsp/${number}`;
}

const BUILT_IN: ResponderShelf = {
  find: findResponder,
  insert: insertResponder,
  removeBefore: deleteRespondersBefore,
  keyOf: (issuerId) => ({ of: sealPurpose(issuerId) }),
};
const RESPONDER_LIFE: Millis = 30 * DAY;
const MOST_OPEN = 256;
