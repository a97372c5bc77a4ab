import { createPrivateKey, type KeyObject, sign, verify, type X509Certificate } from "node:crypto";
import { Refusal } from "#domain/refusal.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { keyAlgorithm } from "#lib/x509-algorithms.ts";

/**
 * Reads the PEM of an unencrypted private key of a kind ACM takes. The bytes are searched and parsed where they are:
 * no string is ever made of them. Throws Refusal `import-invalid` in ACM's words.
 */
export function readImportKey({ bytes }: PlaintextKey): KeyObject {
  if (bytes.length > MOST_BYTES)
    throw refused(`The private key has ${bytes.length} bytes; at most ${MOST_BYTES} are supported.`);
  const key = parse(keyBlock(bytes));
  if (!keyAlgorithm(key)) {
    throw refused(
      key.asymmetricKeyType === "rsa"
        ? `The private key length isn't supported for key algorithm. The key has ${key.asymmetricKeyDetails?.modulusLength} bits; RSA keys may have 1024, 2048, 3072 or 4096.`
        : `The private key isn't supported. It is of type ${typeOf(key)}; RSA keys and EC keys on P-256, P-384 and P-521 are.`,
    );
  }
  return key;
}

/** Throws Refusal unless `key` is the private half of the certificate's key: it says so, and its signature proves it. */
export function checkKeyPair(key: KeyObject, certificate: X509Certificate): void {
  if (!certificate.checkPrivateKey(key)) {
    throw refused("The private key doesn't match the certificate: it belongs to another public key.");
  }
  if (!proves(key, certificate))
    throw refused("The private key isn't supported. It is damaged: its signatures don't verify.");
}

function proves(key: KeyObject, certificate: X509Certificate): boolean {
  try {
    return verify("sha256", CHALLENGE, certificate.publicKey, sign("sha256", CHALLENGE, key));
  } catch {
    return false;
  }
}

/** The one block that holds a private key: from its BEGIN line to its END line. */
function keyBlock(bytes: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = bytes.indexOf(BEGIN); at >= 0; ) {
    const labelEnd = bytes.indexOf(DASHES, at + BEGIN.length);
    const label = labelEnd < 0 ? "" : bytes.toString("latin1", at + BEGIN.length, Math.min(labelEnd, at + 64));
    const tail = `-----END ${label}-----`;
    const end = bytes.indexOf(tail, at);
    if (label === "" || end < 0) throw refused(`Passed PEM was not a private key. A block has no ${tail} line.`);
    if (label === "ENCRYPTED PRIVATE KEY") throw refused(ENCRYPTED);
    if (label.endsWith("PRIVATE KEY")) blocks.push(bytes.subarray(at, end + tail.length));
    else if (label !== "EC PARAMETERS") throw refused(`Passed PEM was not a private key. It holds a ${label}.`);
    at = bytes.indexOf(BEGIN, end + tail.length);
  }
  const [block, ...more] = blocks;
  if (!block) throw refused("Passed PEM was not a private key. It has no -----BEGIN PRIVATE KEY----- line.");
  if (more.length > 0) throw refused("Passed PEM was not a private key. It holds more than one.");
  if (block.includes("ENCRYPTED")) throw refused(ENCRYPTED);
  return block;
}

function parse(block: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: block, format: "pem" });
  } catch {
    // OpenSSL's reason is no help to whoever pasted the wrong text, and must not quote it.
    throw refused("Passed PEM was not a private key. Its contents are not a PKCS #8, PKCS #1 or SEC 1 private key.");
  }
}

function typeOf(key: KeyObject): string {
  return key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "an unknown kind";
}

function refused(message: string): Refusal {
  return new Refusal("import-invalid", message);
}

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html */
const MOST_BYTES = 5120;
const BEGIN = "-----BEGIN ";
const DASHES = "-----";
const ENCRYPTED = "Your private key should not be encrypted.";
const CHALLENGE = Buffer.from("sealkeeper: is this the private half?");
