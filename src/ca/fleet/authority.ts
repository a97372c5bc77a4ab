import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import type { CaDeps } from "#ca/deps.ts";
import { freshSerial } from "#ca/serials.ts";
import { type SigningAuthority, signAndCheck } from "#ca/signers.ts";
import { keyMadeAct } from "#custody/sealed-key-acts.ts";
import { recordIn } from "#journal/journal.ts";
import { DAY, later, type Millis } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { commonNameOnly, keyIdentifier, readCertificate, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { authorityKeyIdentifier, caConstraints, keyUsage, subjectKeyIdentifier } from "#lib/x509-extensions.ts";
import { findFleetAuthority, insertFleetAuthority, type StoredAuthority } from "#store/fleet-authority.ts";

/**
 * The CA of the fleet: it signs the identities by which control planes and edges on other machines know one another, and
 * nothing that anybody else trusts. It is no part of the public hierarchy.
 */
export interface FleetAuthority extends SigningAuthority {
  readonly certificate: string;
  /** SHA-256 of the certificate, base64url. */
  readonly fingerprint: string;
}

export type FleetAuthorityDeps = Pick<CaDeps, "store" | "clock" | "signers">;

/** The fleet's CA, made when there is none. Whichever node is first, all use the same. */
export async function fleetAuthority(deps: FleetAuthorityDeps): Promise<FleetAuthority> {
  const { store, clock, signers } = deps;
  const known = await findFleetAuthority(store);
  if (known) return open(known, deps);
  const made = make(clock.now());
  using key = made.privateKey;
  const sealedKey = signers.root.seal(key.bytes, FLEET_KEY);
  const spki = readCertificate(made.certificate).subjectPublicKeyInfo;
  await store.transaction().execute(async (tx) => {
    if (!(await insertFleetAuthority(tx, { certificate: made.certificate, sealedKey }, clock.now().getTime()))) return;
    await recordIn(tx, keyMadeAct({ sealed: sealedKey, spki }), clock);
  });
  const stored = await findFleetAuthority(store);
  if (!stored) throw new Error("the CA of the fleet was not stored");
  return open(stored, deps);
}

function open({ certificate, sealedKey }: StoredAuthority, { signers }: FleetAuthorityDeps): FleetAuthority {
  const { subject, subjectPublicKeyInfo } = readCertificate(certificate);
  const parsed = new X509Certificate(certificate);
  const key = signers.openKey(sealedKey, FLEET_KEY);
  if (!parsed.checkPrivateKey(key)) throw new Error("the key of the fleet's CA does not belong to its certificate");
  return {
    id: "fleet",
    name: subject,
    keyId: keyIdentifier(subjectPublicKeyInfo),
    algorithm: ECDSA,
    key,
    publicKey: parsed.publicKey,
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    certificate: pem("CERTIFICATE", certificate),
    fingerprint: createHash("sha256").update(certificate).digest("base64url"),
  };
}

function make(now: Date): { readonly certificate: Buffer; readonly privateKey: PlaintextKey } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const subjectPublicKeyInfo = publicKey.export({ type: "spki", format: "der" });
  const keyId = keyIdentifier(subjectPublicKeyInfo);
  const name = commonNameOnly(`Sealkeeper Fleet ${keyId.toString("hex").slice(0, 8)}`);
  const tbs = tbsCertificate({
    serial: freshSerial(),
    algorithm: ECDSA.identifier,
    issuer: name,
    subject: name,
    subjectPublicKeyInfo,
    notBefore: later(now, -DAY),
    notAfter: later(now, LIFETIME),
    extensions: [caConstraints(0), keyUsage("keyCertSign"), subjectKeyIdentifier(keyId), authorityKeyIdentifier(keyId)],
  });
  const signature = signAndCheck({ id: "fleet", algorithm: ECDSA, key: privateKey, publicKey }, tbs);
  return {
    certificate: signed(tbs, ECDSA.identifier, signature),
    privateKey: new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" })),
  };
}

/** What its key is sealed for, and what the journal calls it. */
export const FLEET_KEY = "ca:fleet";
const ECDSA = signatureAlgorithm("EC_prime256v1");
/** Whoever pins it would have to join again. */
const LIFETIME: Millis = 20 * 365 * DAY;
