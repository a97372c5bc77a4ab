import { createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import {
  type CaCertificate,
  caName,
  crossCertificate,
  intermediateCertificate,
  rootCertificate,
} from "#ca/ca-certificate.ts";
import type { CaProfile } from "#ca/profiles.ts";
import { type Issuer, type Signers, sealPurpose } from "#ca/signers.ts";
import { keyMadeAct } from "#custody/sealed-key-acts.ts";
import type { Period } from "#domain/certificate/validity.ts";
import { type Act, recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type KeyAlgorithm, keyFamily, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier, readCertificate } from "#lib/x509-certificate.ts";
import { type CrossCertificateRow, insertCrossCertificate } from "#store/hierarchies.ts";
import { insertIssuer, type NewIssuer } from "#store/issuers.ts";
import type { Tx } from "#store/store.ts";

/** A CA that was just made: its key is not stored yet. */
export interface MadeCa {
  readonly issuer: Issuer;
  readonly parentId: string;
  readonly certificate: CaCertificate;
}

/** The key of a new CA. RSA-4096 takes most of a second. */
export async function generateKey(algorithm: KeyAlgorithm): Promise<KeyObject> {
  const [family, size = ""] = algorithm.split("_");
  const { privateKey } =
    family === "RSA"
      ? await promisify(generateKeyPair)("rsa", { modulusLength: Number(size) })
      : await promisify(generateKeyPair)("ec", { namedCurve: size });
  return privateKey;
}

/** A self-signed root that lives for as long as its profile says. */
export function makeRoot(profile: NewCa, key: KeyObject, now: Date): MadeCa {
  const issuer = newIssuer(profile, key, lifeOf(profile, now));
  return { issuer, parentId: issuer.id, certificate: rootCertificate(issuer, periodOf(issuer)) };
}

/** An intermediate under `parent`, which it does not outlive. */
export function makeIntermediate(profile: NewCa, key: KeyObject, parent: Issuer, now: Date, caUrl: string): MadeCa {
  const issuer = newIssuer(profile, key, within(lifeOf(profile, now), parent));
  return { issuer, parentId: parent.id, certificate: intermediateCertificate(issuer, parent, periodOf(issuer), caUrl) };
}

/** The name and key of the root `subject`, certified by the root `signer`, from now on for as long as both live. */
export function makeCross(subject: CrossSubject, signer: Issuer, now: Date, caUrl: string): CrossCertificateRow {
  const period = within({ notBefore: secondsOf(later(now, -HOUR)), notAfter: subject.notAfter }, signer);
  const { serial, der } = crossCertificate(subject, signer, period, caUrl);
  return {
    subjectId: subject.id,
    signerId: signer.id,
    serial,
    certificate: der,
    notBefore: period.notBefore.getTime(),
    notAfter: period.notAfter.getTime(),
  };
}

/** What of a root is certified by another. */
export type CrossSubject = Pick<Issuer, "id" | "name" | "subjectPublicKeyInfo" | "notAfter">;

/** The life of a certificate that `signer` gives a CA now: as long as wished, but no longer than its own. */
export function caLife(validity: Millis, now: Date, signer: Period): Period {
  return within(lifeOf({ validity }, now), signer);
}

/** What a new CA is to be. */
export type NewCa = Pick<CaProfile, "id" | "commonName" | "key" | "validity">;

/** A CA as a row, its key sealed. */
export function issuerRow(
  { issuer, parentId, certificate }: MadeCa,
  standing: Pick<NewIssuer, "hierarchy" | "state" | "activeFrom">,
  root: Signers["root"],
): NewIssuer {
  using pkcs8 = new PlaintextKey(issuer.key.export({ type: "pkcs8", format: "der" }));
  return {
    ...standing,
    id: issuer.id,
    parentId,
    serial: certificate.serial,
    certificate: certificate.der,
    sealedKey: root.seal(pkcs8.bytes, sealPurpose(issuer.id)),
    notBefore: issuer.notBefore.getTime(),
    notAfter: issuer.notAfter.getTime(),
    family: keyFamily(issuer.keyAlgorithm),
    keyState: "here",
  };
}

/** Keeps new CAs and cross-certificates, each with its line in the journal. False when one of the ids is taken. */
export async function keepCas(
  tx: Tx,
  { issuers, crosses }: { readonly issuers: readonly NewIssuer[]; readonly crosses: readonly CrossCertificateRow[] },
  clock: Clock,
): Promise<boolean> {
  for (const row of issuers) {
    if (!(await insertIssuer(tx, row))) return false;
    const name = sealPurpose(row.id);
    if (row.sealedKey) {
      const spki = readCertificate(row.certificate).subjectPublicKeyInfo;
      await recordIn(tx, keyMadeAct({ sealed: row.sealedKey, spki }), clock);
    }
    const above = row.parentId === row.id ? {} : { of: sealPurpose(row.parentId) };
    await recordIn(tx, caAct("CreateIssuer", name, above), clock);
  }
  for (const cross of crosses) {
    if (!(await insertCrossCertificate(tx, cross))) return false;
    await recordIn(tx, crossAct(cross), clock);
  }
  return true;
}

/** Something that was done to a CA or a hierarchy, for the journal; `of` names the CA whose key did it. */
export function caAct(
  eventName: string,
  resource: string,
  { of, ...detail }: { readonly of?: string } & Readonly<Record<string, string>> = {},
): Act {
  return {
    account: "",
    region: "",
    principal: "ca.sealkeeper",
    eventSource: "ca.sealkeeper",
    eventName,
    resource,
    ...(of !== undefined && { certificate: of }),
    requestId: "",
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

/** That one root certified another. */
export function crossAct({ subjectId, signerId }: Pick<CrossCertificateRow, "subjectId" | "signerId">): Act {
  return caAct("CrossSignRoot", sealPurpose(subjectId), { of: sealPurpose(signerId), by: signerId });
}

function newIssuer({ id, commonName, key: keyAlgorithm }: NewCa, key: KeyObject, period: Period): Issuer {
  const publicKey = createPublicKey(key);
  const subjectPublicKeyInfo = publicKey.export({ type: "spki", format: "der" });
  return {
    id,
    name: caName(commonName),
    keyId: keyIdentifier(subjectPublicKeyInfo),
    subjectPublicKeyInfo,
    keyAlgorithm,
    algorithm: signatureAlgorithm(keyAlgorithm),
    key,
    publicKey,
    ...period,
  };
}

/** It begins a little early, for clients whose clock is behind. */
function lifeOf({ validity }: Pick<NewCa, "validity">, now: Date): Period {
  const notBefore = secondsOf(later(now, -HOUR));
  return { notBefore, notAfter: later(notBefore, validity - SECOND) };
}

function periodOf({ notBefore, notAfter }: Period): Period {
  return { notBefore, notAfter };
}

/** Nobody certifies beyond its own end. */
function within({ notBefore, notAfter }: Period, issuer: Period): Period {
  return {
    notBefore: new Date(Math.max(notBefore.getTime(), issuer.notBefore.getTime())),
    notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())),
  };
}

function secondsOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / SECOND) * SECOND);
}
