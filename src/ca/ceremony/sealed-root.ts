import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { issuerOf, type LeafIssuer } from "#ca/signers.ts";
import { passphraseRootOf } from "#custody/wrapping-root.ts";
import { PemError, parsePem, pem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/**
 * A root as it is kept offline, in one file: its certificate, and its key under a passphrase. The key is derived from the
 * passphrase by argon2id, the private key is sealed by AES-256-GCM, and bound to this certificate.
 */
export interface SealedRoot {
  /** DER. */
  readonly certificate: Buffer;
  readonly salt: Buffer;
  readonly sealedKey: Buffer;
}

/** Seals a root's key under a passphrase of at least 12 bytes; it takes a quarter of a second and 64 MiB. Throws HierarchyError. */
export function sealRoot(certificate: Uint8Array, key: KeyObject, passphrase: Uint8Array): SealedRoot {
  expectPassphrase(passphrase);
  const salt = randomBytes(SALT);
  using pkcs8 = new PlaintextKey(key.export({ type: "pkcs8", format: "der" }));
  const sealedKey = passphraseRootOf(passphrase, salt).wrap(purpose(certificate), pkcs8.bytes);
  return { certificate: Buffer.from(certificate), salt, sealedKey };
}

/**
 * The root, ready to sign; `id` is what the serving installation calls it, for the URLs of what it signs. Throws
 * HierarchyError for a wrong passphrase, and for a file that was changed.
 */
export function openSealedRoot(
  { certificate, salt, sealedKey }: SealedRoot,
  passphrase: Uint8Array,
  { id, caUrl }: { readonly id: string; readonly caUrl: string },
): LeafIssuer {
  expectPassphrase(passphrase);
  try {
    using pkcs8 = passphraseRootOf(passphrase, salt).unwrap(purpose(certificate), sealedKey);
    return issuerOf(id, certificate, createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" }), caUrl);
  } catch (error) {
    throw new HierarchyError(
      "the passphrase is not the one that this root was sealed under, or the file was changed: its key does not open",
      { cause: error },
    );
  }
}

/** The text of the file. */
export function writeSealedRoot({ certificate, salt, sealedKey }: SealedRoot): string {
  return pem("CERTIFICATE", certificate) + pem(LABEL, Buffer.concat([Buffer.from([FORM]), salt, sealedKey]));
}

/** Reads such a file. Throws HierarchyError for anything else. */
export function readSealedRoot(text: string): SealedRoot {
  const blocks = readBlocks(text, 2);
  const [certificate, key] = blocks;
  if (blocks.length !== 2 || certificate?.label !== "CERTIFICATE" || key?.label !== LABEL) {
    throw new HierarchyError(`this is no sealed root: it has a CERTIFICATE and a ${LABEL}, in this order`);
  }
  if (key.der[0] !== FORM || key.der.length < 1 + SALT + LEAST || key.der.length > MOST) {
    throw new HierarchyError("the sealed key of this root is of a form that this release does not read");
  }
  try {
    createPublicKey(new X509Certificate(certificate.der).publicKey.export({ type: "spki", format: "pem" }));
  } catch (error) {
    throw new HierarchyError("the certificate of this sealed root is malformed", { cause: error });
  }
  return {
    certificate: certificate.der,
    salt: key.der.subarray(1, 1 + SALT),
    sealedKey: key.der.subarray(1 + SALT),
  };
}

/** The blocks of a PEM text. Throws HierarchyError. */
export function readBlocks(text: string, most: number): ReturnType<typeof parsePem> {
  try {
    return parsePem(text, most);
  } catch (error) {
    if (error instanceof PemError) throw new HierarchyError(`this is not PEM: ${error.message}`);
    throw error;
  }
}

/** What sealed keys are called in their files. */
export const LABEL = "SEALKEEPER SEALED ROOT KEY";

function expectPassphrase(passphrase: Uint8Array): void {
  if (passphrase.length >= SHORTEST_PASSPHRASE) return;
  throw new HierarchyError(`the passphrase of a root has at least ${SHORTEST_PASSPHRASE} bytes`);
}

function purpose(certificate: Uint8Array): string {
  return `offline-root:${createHash("sha256").update(certificate).digest("hex")}`;
}

const FORM = 1;
const SALT = 16;
/** Of the smallest key: what seals it takes 76 bytes itself. */
const LEAST = 100;
const MOST = 8_192;
const SHORTEST_PASSPHRASE = 12;
