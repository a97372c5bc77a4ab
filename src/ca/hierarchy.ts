import { createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Period } from "#domain/certificate/validity.ts";
import { type Act, recordIn } from "#journal/journal.ts";
import { HOUR, later, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type KeyAlgorithm, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier } from "#lib/x509-certificate.ts";
import { findIssuer, insertIssuer, type NewIssuer } from "#store/issuers.ts";
import {
  type CaCertificate,
  type CaSubject,
  caName,
  crossCertificate,
  intermediateCertificate,
  rootCertificate,
} from "./ca-certificate.ts";
import type { CaDeps } from "./deps.ts";
import { type CaProfile, HIERARCHY, OLDER_ROOT } from "./profiles.ts";
import { type Issuer, sealPurpose } from "./signers.ts";

/**
 * Makes the CA on the first start: every key, sealed, together with its certificates, in one transaction. Where a
 * hierarchy stands already it does nothing; of several nodes that start at once one wins and the others use its work.
 */
export async function ensureHierarchy({ store, clock, ids, signers }: CaDeps): Promise<void> {
  if (await findIssuer(store, OLDER_ROOT)) return;
  const now = clock.now();
  const tag = ids.hex(2);
  const keys = await Promise.all(HIERARCHY.map(({ key }) => generateKey(key)));
  const made = new Map<string, MadeCa>();
  for (const [index, profile] of HIERARCHY.entries()) {
    const key = keys[index];
    if (key) made.set(profile.id, makeCa(profile, key, tag, now, made, signers.caUrl));
  }
  const rows = [...made.values()].map((ca) => rowOf(ca, signers.root));
  await store.transaction().execute(async (tx) => {
    for (const row of rows) {
      if (!(await insertIssuer(tx, row))) return;
      await recordIn(tx, creation(row.id), clock);
    }
  });
}

function creation(id: string): Act {
  const by = { account: "", region: "", principal: "ca.sealkeeper", requestId: "" };
  return { ...by, eventSource: "ca.sealkeeper", eventName: "CreateIssuer", resource: `ca:${id}` };
}

interface MadeCa {
  readonly issuer: Issuer;
  readonly parentId: string;
  readonly crossParentId: string | undefined;
  readonly certificate: CaCertificate;
  readonly cross: CaCertificate | undefined;
}

function makeCa(
  profile: CaProfile,
  key: KeyObject,
  tag: string,
  now: Date,
  elders: ReadonlyMap<string, MadeCa>,
  caUrl: string,
): MadeCa {
  const notBefore = new Date(Math.floor(later(now, -HOUR).getTime() / SECOND) * SECOND);
  const period = { notBefore, notAfter: later(notBefore, profile.validity - SECOND) };
  // The tag tells the hierarchies of two installations apart where both are trusted.
  const issuer = newIssuer(profile, caName(`${profile.commonName} ${tag}`), key, period);
  const subject: CaSubject = issuer;
  const parent = elders.get(profile.parent)?.issuer;
  const crossSigner = profile.crossSigner === undefined ? undefined : elders.get(profile.crossSigner)?.issuer;
  return {
    issuer,
    parentId: profile.parent,
    crossParentId: crossSigner?.id,
    certificate: parent
      ? intermediateCertificate(subject, parent, within(period, parent), caUrl)
      : rootCertificate(issuer, period),
    cross: crossSigner && crossCertificate(subject, crossSigner, within(period, crossSigner), caUrl),
  };
}

function newIssuer(profile: CaProfile, name: Buffer, key: KeyObject, period: Period): Issuer {
  const publicKey = createPublicKey(key);
  const subjectPublicKeyInfo = publicKey.export({ type: "spki", format: "der" });
  return {
    id: profile.id,
    name,
    keyId: keyIdentifier(subjectPublicKeyInfo),
    subjectPublicKeyInfo,
    keyAlgorithm: profile.key,
    algorithm: signatureAlgorithm(profile.key),
    key,
    publicKey,
    ...period,
  };
}

/** Nobody certifies beyond its own end. */
function within({ notBefore, notAfter }: Period, issuer: Period): Period {
  return { notBefore, notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())) };
}

function rowOf(
  { issuer, parentId, crossParentId, certificate, cross }: MadeCa,
  root: CaDeps["signers"]["root"],
): NewIssuer {
  using pkcs8 = new PlaintextKey(issuer.key.export({ type: "pkcs8", format: "der" }));
  return {
    id: issuer.id,
    parentId,
    serial: certificate.serial,
    certificate: certificate.der,
    crossParentId: crossParentId ?? null,
    crossSerial: cross?.serial ?? null,
    crossCertificate: cross?.der ?? null,
    sealedKey: root.seal(pkcs8.bytes, sealPurpose(issuer.id)),
    notBefore: issuer.notBefore.getTime(),
    notAfter: issuer.notAfter.getTime(),
  };
}

async function generateKey(algorithm: KeyAlgorithm): Promise<KeyObject> {
  const [family, size = ""] = algorithm.split("_");
  const { privateKey } =
    family === "RSA"
      ? await promisify(generateKeyPair)("rsa", { modulusLength: Number(size) })
      : await promisify(generateKeyPair)("ec", { namedCurve: size });
  return privateKey;
}
