import { AuthorityInfoAccessSyntax } from "@peculiar/asn1-x509";
import { Refusal } from "#domain/refusal.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import { OID } from "#lib/oids.ts";
import { PemError, parsePem, pem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";
import { certificateNames } from "./certificate-names.ts";
import { type CertificateFacts, extensionOf, factsOf, type ReadCertificate, readStrictly } from "./describe.ts";
import { checkSelfSigned, orderChain } from "./import-chain.ts";
import { checkKeyPair, readImportKey } from "./import-key.ts";

/** What ImportCertificate is given, as it came: PEM bytes. The key stays its owner's to wipe. */
export interface ImportRequest {
  readonly certificate: Uint8Array;
  readonly privateKey: PlaintextKey;
  readonly certificateChain?: Uint8Array | undefined;
}

/** A certificate that may be imported. */
export interface CheckedImport extends Disposable {
  readonly facts: ImportFacts;
  /** As it was given. */
  readonly certificatePem: string;
  /** As it was given, or in the right order when it was not; undefined when none was given. */
  readonly chainPem: string | undefined;
  readonly subjectPublicKeyInfo: Buffer;
  /** PKCS #8 DER: what is sealed. It is wiped with this object. */
  readonly privateKey: PlaintextKey;
}

export interface ImportFacts extends CertificateFacts {
  readonly keyAlgorithm: KeyAlgorithm;
  /** The common name, or the first alternative name where there is none. */
  readonly domainName: string;
}

/**
 * Holds an import against ACM's rules, in the order in which a user best learns of them: PEM, one certificate, the key,
 * the pair, the certificate itself, the chain. Take the result with `using`. Throws Refusal `import-invalid`, in ACM's
 * words and with the place that is at fault.
 */
export function checkImport({ certificate, privateKey, certificateChain }: ImportRequest, now: Date): CheckedImport {
  const leaf = readBody(certificate);
  const key = readImportKey(privateKey);
  checkKeyPair(key, leaf.x509);
  const facts = checkCertificate(leaf, now);
  const chainPem = certificateChain && checkChain(leaf, certificateChain, now);
  if (chainPem === undefined) checkSelfSigned(leaf);

  const pkcs8 = new PlaintextKey(key.export({ type: "pkcs8", format: "der" }));
  return {
    facts,
    certificatePem: text(certificate),
    chainPem,
    subjectPublicKeyInfo: leaf.x509.publicKey.export({ type: "spki", format: "der" }),
    privateKey: pkcs8,
    [Symbol.dispose]: () => pkcs8[Symbol.dispose](),
  };
}

/** The one certificate of the body. */
function readBody(certificate: Uint8Array): ReadCertificate {
  if (certificate.length > MOST_BODY) throw refused(`The certificate has more than ${MOST_BODY} bytes.`);
  const [body, ...more] = readCertificates(certificate, "certificate body");
  if (more.length > 0) {
    throw refused(
      "The certificate field contains more than one certificate. You can specify only one certificate in this field.",
    );
  }
  if (!body) throw refused("The certificate body provided isn't in a valid PEM format. It is empty.");
  return body;
}

/** The certificate itself; answers its facts. */
function checkCertificate(leaf: ReadCertificate, now: Date): ImportFacts {
  const { version, issuer, extensions = [] } = leaf.asn1.tbsCertificate;
  if (version !== 2)
    throw refused(`The certificate must be an X.509 version 3 certificate; it is version ${version + 1}.`);
  if (issuer.length === 0) throw refused("The certificate must name its issuer; the field is empty.");
  const ids = extensions.map(({ extnID }) => extnID);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw refused(`The certificate has the extension ${twice} twice.`);

  const facts = attempt(() => factsOf(leaf), "Unable to parse certificate. An extension is malformed");
  attempt(() => certificateNames(leaf.x509.raw), "Unable to parse certificate. Its names are malformed");
  if ([facts.commonName, facts.issuer, ...facts.names].some((name) => name?.includes("\0"))) {
    throw refused("A name in the certificate holds the character NUL: others read it up to there only.");
  }
  const { serial, keyAlgorithm, notBefore, notAfter } = facts;
  if (serial.length > 2 * MOST_SERIAL)
    throw refused(`The serial number of the certificate has more than ${MOST_SERIAL} bytes.`);
  if (!keyAlgorithm) throw refused("The private key isn't supported.");
  if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) {
    throw refused("Unable to parse certificate. Its validity is malformed.");
  }
  if (notBefore > now) throw refused(`The certificate is not valid before ${notBefore.toISOString()}.`);
  if (notAfter < now) throw refused(`The certificate has expired: it was valid until ${notAfter.toISOString()}.`);
  checkOcspUrls(leaf);

  const domainName = facts.commonName !== undefined && isName(facts.commonName) ? facts.commonName : facts.names[0];
  if (domainName === undefined || !facts.names.some(isName)) {
    throw refused("The certificate must hold at least one domain name or IP address.");
  }
  return { ...facts, keyAlgorithm, domainName };
}

function checkOcspUrls({ asn1 }: ReadCertificate): void {
  const places = attempt(
    () => extensionOf(asn1.tbsCertificate.extensions ?? [], OID.authorityInfoAccess, AuthorityInfoAccessSyntax),
    "Unable to parse certificate. Its authorityInfoAccess is malformed",
  );
  const long = places?.find(({ accessLocation }) => (accessLocation.uniformResourceIdentifier?.length ?? 0) > MOST_URL);
  if (long?.accessMethod === OID.ocsp)
    throw refused(`The certificate's OCSP URL has more than ${MOST_URL} characters.`);
}

/** The chain's PEM: as given when it was in order. */
function checkChain(leaf: ReadCertificate, certificateChain: Uint8Array, now: Date): string {
  const given = readCertificates(certificateChain, "certificate chain");
  if (given.length === 0) throw refused("The certificate chain provided isn't in a valid PEM format. It is empty.");
  const ordered = orderChain(leaf, given, now);
  return ordered.every((one, index) => one === given[index])
    ? text(certificateChain)
    : ordered.map(({ x509 }) => pem("CERTIFICATE", x509.raw)).join("");
}

function readCertificates(bytes: Uint8Array, field: string): ReadCertificate[] {
  const blocks = attempt(
    () => parsePem(text(bytes), MOST_CERTIFICATES),
    `The ${field} provided isn't in a valid PEM format`,
  );
  return blocks.map(({ label, der, line }) => {
    if (!CERTIFICATE_LABELS.has(label))
      throw refused(`The ${field} holds a ${label} in line ${line}; only certificates belong there.`);
    return attempt(
      () => readStrictly(der),
      `Unable to parse certificate. Be sure that the certificate is in PEM format. In the ${field}, the block that begins in line ${line}`,
    );
  });
}

/** What parsers throw is the user's fault here: it becomes a Refusal that says where. */
function attempt<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw refused(error instanceof PemError ? `${message}: ${error.message}.` : `${message}.`, error);
  }
}

function isName(name: string): boolean {
  return (
    name.length <= 253 &&
    (/^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i.test(name) ||
      parseIpAddress(name) !== undefined)
  );
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

function refused(message: string, cause?: unknown): Refusal {
  return new Refusal("import-invalid", message, cause === undefined ? undefined : { cause });
}

/** https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html */
const MOST_URL = 1000;
/** RFC 5280 section 4.1.2.2. */
const MOST_SERIAL = 20;
const MOST_BODY = 32_768;
/** Longer chains exist nowhere; each certificate may cost signature checks. */
const MOST_CERTIFICATES = 20;
const CERTIFICATE_LABELS: ReadonlySet<string> = new Set(["CERTIFICATE", "X509 CERTIFICATE"]);
