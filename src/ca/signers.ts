import { createPrivateKey, createPublicKey, type KeyObject, sign, verify, X509Certificate } from "node:crypto";
import type { RootOfCustody } from "#custody/root.ts";
import type { KeyName } from "#custody/sealed-key-acts.ts";
import { type KeyAlgorithm, keyAlgorithm, type SignatureAlgorithm, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier, readCertificate } from "#lib/x509-certificate.ts";
import { findIssuer } from "#store/issuers.ts";
import type { Db } from "#store/store.ts";
import { IssuersByHashes } from "./issuers-by-hashes.ts";
import { sharedLeafExtensions } from "./leaf-extensions.ts";
import { OcspAnswers } from "./ocsp-answers.ts";
import type { OpenAuthority } from "./private/open-authority.ts";
import type { Responder } from "./responder.ts";
import type { TransparencyLog } from "./transparency/log.ts";
import type { OutsideLogs } from "./transparency/outside/outside-logs.ts";

/** A key that signs, as OpenSSL's object and never as bytes. */
export interface SigningKey {
  readonly id: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

/** A CA that signs: its key, and of its certificate what it puts into what it signs. */
export interface SigningAuthority extends SigningKey {
  /** Its name as DER: the issuer of what it signs. */
  readonly name: Buffer;
  /** Its subject key identifier: the authority key identifier of what it signs. */
  readonly keyId: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A CA of the built-in hierarchy. */
export interface Issuer extends SigningAuthority {
  readonly subjectPublicKeyInfo: Buffer;
  readonly keyAlgorithm: KeyAlgorithm;
}

/** An issuer of leafs. */
export interface LeafIssuer extends Issuer {
  /** What all its leafs of a shard have alike, encoded once: see leaf-extensions.ts. */
  readonly leafExtensions: (shard: number) => Buffer;
}

export interface SignersOptions {
  readonly root: RootOfCustody;
  readonly caUrl: string;
  readonly transparency?: boolean;
  readonly outsideLogs?: OutsideLogs | undefined;
  /** Is told of every key that is opened. */
  readonly onOpened?: (key: KeyName) => void;
}

/**
 * The signing keys of this process. A key is opened when it is first needed: its bytes live for one `using` block, what
 * stays is OpenSSL's KeyObject, so that a signature does not cost an unsealing. Only a process that signs has one of these.
 */
export class Signers {
  readonly root: RootOfCustody;
  /** Where clients reach the CA's pages, over http and without a slash at the end; it stands in every certificate. */
  readonly caUrl: string;
  readonly #issuers = new Map<string, LeafIssuer>();
  /** Who answers OCSP for each issuer: see responder.ts. */
  readonly responders: Map<string, Responder> = new Map();
  /** The keys and certificates of private CAs: see private/open-authority.ts. */
  readonly privateAuthorities: Map<string, OpenAuthority> = new Map();
  readonly issuersByHashes: IssuersByHashes = new IssuersByHashes();

  /** OCSP answers that can be given again: see ocsp-answers.ts. */
  readonly ocspAnswers: OcspAnswers = new OcspAnswers();

  /** Whether what is signed for leafs goes into our own log first: see transparency/. */
  readonly transparency: boolean;
  ownLog: TransparencyLog | undefined;
  /** The logs of others that leafs of certificates are given to: see transparency/outside/. */
  readonly outsideLogs: OutsideLogs | undefined;
  readonly #onOpened: (key: KeyName) => void;

  constructor({ root, caUrl, transparency = false, outsideLogs, onOpened = () => {} }: SignersOptions) {
    this.root = root;
    this.transparency = transparency;
    this.outsideLogs = outsideLogs;
    this.#onOpened = onOpened;
    this.caUrl = overHttp(caUrl);
  }

  /**
   * The issuer called `id`; throws when there is none, and KeyIsAway when its key is kept offline. An intermediate stays
   * open; a root signs rarely and is opened each time, so that no process holds the key of one that was taken offline.
   */
  async issuer(db: Db, id: string): Promise<LeafIssuer> {
    const known = this.#issuers.get(id);
    if (known) return known;
    const row = await findIssuer(db, id);
    if (!row) throw new Error(`the CA has no issuer ${id}`);
    if (!row.sealedKey) throw new KeyIsAway(id);
    const issuer = issuerOf(id, row.certificate, this.openKey(row.sealedKey, sealPurpose(id)), this.caUrl);
    if (row.parentId === id) return issuer;
    if (this.#issuers.size === MOST_ISSUERS) this.#issuers.clear();
    this.#issuers.set(id, issuer);
    return issuer;
  }

  /** A sealed PKCS#8 key as a KeyObject. `name`: how the journal calls it, where not by what it is sealed for. */
  openKey(sealed: Uint8Array, purpose: string, name: Partial<KeyName> = {}): KeyObject {
    using pkcs8 = this.root.open(sealed, purpose);
    const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
    this.#onOpened({ resource: purpose, ...name });
    return key;
  }

  /** Forgets the keys of a private CA: its own, and that of its responder. */
  forgetPrivateCa(id: string): void {
    this.responders.delete(id);
    for (const version of this.privateAuthorities.keys()) {
      if (version.startsWith(`${id} `)) this.privateAuthorities.delete(version);
    }
  }

  /** Forgets every opened key. */
  close(): void {
    this.#issuers.clear();
    this.responders.clear();
    this.privateAuthorities.clear();
    this.issuersByHashes.clear();
    this.ocspAnswers.clear();
    this.ownLog = undefined;
  }
}

/**
 * Who checks a certificate must not need a TLS connection, with a certificate to be checked, to do so (BR 7.1.2.7.7:
 * http only). The front door serves these pages over both on its one port.
 */
function overHttp(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const shown = port || (protocol === "https:" ? "443" : "");
  return `http://${hostname}${shown === "" ? "" : `:${shown}`}`;
}

/** The key of this CA is kept offline: only the machine of the ceremony can sign with it. */
export class KeyIsAway extends Error {
  override readonly name = "KeyIsAway";

  constructor(id: string) {
    super(`the key of ${id} is kept offline: what it is to sign, the machine of its ceremony signs`);
  }
}

/** What the key of an issuer is sealed for. */
export function sealPurpose(issuerId: string): string {
  return `ca:${issuerId}`;
}

/** An issuer from its certificate and its key. Throws when the key does not belong to the certificate. */
export function issuerOf(id: string, certificate: Uint8Array, key: KeyObject, caUrl: string): LeafIssuer {
  const { subject, subjectPublicKeyInfo } = readCertificate(certificate);
  const parsed = new X509Certificate(certificate);
  if (!parsed.checkPrivateKey(key)) throw new Error(`the key of issuer ${id} does not belong to its certificate`);
  const algorithm = keyAlgorithm(key);
  if (!algorithm) throw new Error(`issuer ${id} has a key that cannot sign certificates`);
  const keyId = keyIdentifier(subjectPublicKeyInfo);
  return {
    id,
    name: subject,
    keyId,
    subjectPublicKeyInfo,
    keyAlgorithm: algorithm,
    algorithm: signatureAlgorithm(algorithm),
    key,
    publicKey: createPublicKey(key),
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    leafExtensions: sharedLeafExtensions({ id, keyId }, caUrl),
  };
}

/** Signs in the name of `issuer`. */
export function signAs({ algorithm, key }: Pick<SigningKey, "algorithm" | "key">, tbs: Uint8Array): Buffer {
  return sign(algorithm.hash, tbs, key);
}

/**
 * Signs and checks the signature before anybody sees it: a fault during an RSA-CRT signature gives the key away
 * (Boneh, DeMillo, Lipton 1997). Throws when the check fails.
 */
export function signAndCheck(issuer: SigningKey, tbs: Uint8Array): Buffer {
  const signature = signAs(issuer, tbs);
  if (!verify(issuer.algorithm.hash, tbs, issuer.publicKey, signature)) {
    throw new Error(`issuer ${issuer.id} made a signature that its own public key does not verify`);
  }
  return signature;
}

const MOST_ISSUERS = 64;
