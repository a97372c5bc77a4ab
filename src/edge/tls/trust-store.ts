import { constants, createHash, verify, X509Certificate } from "node:crypto";
import type { EdgeTrustStore } from "#domain/edge-config.ts";
import { OID } from "#lib/oids.ts";
import { parsePem, pem } from "#lib/pem.ts";
import { type RevocationList, readRevocationList } from "#lib/x509-crl-reader.ts";
import { KEY_USAGE } from "#lib/x509-extensions.ts";
import { type PathCertificate, pathCertificate } from "./client-certificate.ts";
import type { VerifyError } from "./client-path.ts";

/** One version of a trust store, read. */
export interface TrustStore {
  readonly key: string;
  /** PEM of each certificate. */
  readonly authorities: readonly string[];
  /** Its certificates with that subject (DER). */
  named(subject: Buffer): readonly PathCertificate[];
  /** Whether its lists revoke a certificate that `issuer` issued; an error when one of these cannot be relied on. */
  revocation(certificate: PathCertificate, issuer: PathCertificate): VerifyError | undefined;
}

/** Reads a trust store; what cannot be read in it trusts nobody, or is a list that cannot be relied on. */
export function readTrustStore(
  store: EdgeTrustStore,
  onError: (what: string, error: unknown) => void = () => {},
): TrustStore {
  const authorities = readAuthorities(store, onError);
  const bySubject = Map.groupBy(authorities, ({ subject }) => subject.toString("latin1"));
  let unreadable = false;
  const lists = store.revocations.flatMap((bytes) => {
    try {
      return derBlocks(bytes).map((der) => ({ list: readRevocationList(der), meanings: new Map<string, Meaning>() }));
    } catch (error) {
      unreadable = true;
      onError(`a revocation list of ${store.arn} cannot be read`, error);
      return [];
    }
  });
  const byIssuer = Map.groupBy(lists, ({ list }) => list.issuer.toString("latin1"));
  const named = (subject: Buffer): readonly PathCertificate[] => bySubject.get(subject.toString("latin1")) ?? [];
  return {
    key: `${store.arn} ${store.version}`,
    authorities: authorities.map(({ x509 }) => pem("CERTIFICATE", x509.raw)),
    named,
    revocation(certificate, issuer) {
      // Nobody knows whose list it is: it could be of any issuer.
      if (unreadable) return "ClientCertCrlProcessingError";
      for (const { list, meanings } of byIssuer.get(certificate.issuer.toString("latin1")) ?? []) {
        const known = meanings.get(issuer.x509.fingerprint256);
        const meaning = known ?? meaningOf(list, issuer, named(list.issuer));
        if (known === undefined && meanings.size < MOST_SIGNERS) meanings.set(issuer.x509.fingerprint256, meaning);
        if (meaning === "unreliable") return "ClientCertCrlProcessingError";
        if (meaning === "counts" && list.has(certificate.serial)) return "ClientCertCrlHit";
      }
      return undefined;
    },
  };
}

/** Of a trust store that is not there: nobody is trusted. */
export function emptyTrustStore(arn: string): TrustStore {
  return { key: `${arn} none`, authorities: [], named: () => [], revocation: () => undefined };
}

function readAuthorities(
  { arn, bundle }: EdgeTrustStore,
  onError: (what: string, error: unknown) => void,
): PathCertificate[] {
  try {
    const text = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength).toString("latin1");
    return parsePem(withoutComments(text), MOST_AUTHORITIES).map(({ der }) => {
      const authority = pathCertificate(new X509Certificate(der));
      authority.names();
      return authority;
    });
  } catch (error) {
    onError(`the certificates of ${arn} cannot be read: it trusts nobody`, error);
    return [];
  }
}

/** What stands between PEM blocks is explanation (RFC 7468 section 5.2), and bundles are full of it. */
function withoutComments(text: string): string {
  return (text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g) ?? []).join("\n");
}

/** The DER of what is DER, or of each PEM block. A list may have many megabytes: no line of it becomes a string. */
function derBlocks(bytes: Uint8Array): Buffer[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all[0] === SEQUENCE) return [all];
  const blocks: Buffer[] = [];
  for (let at = all.indexOf(BEGIN); at >= 0; at = all.indexOf(BEGIN, at)) {
    const end = all.indexOf(END, at);
    if (end < 0) throw new Error("a PEM block without an end");
    blocks.push(Buffer.from(all.toString("latin1", at + BEGIN.length, end), "base64"));
    at = end;
  }
  if (blocks.length === 0) throw new Error("neither DER nor PEM");
  return blocks;
}

/** What a list that bears an issuer's name is to the certificates of that issuer. */
type Meaning = "counts" | "another's" | "unreliable";

/**
 * A list is for what its signer's key issued. Another authority of the trust store may have the same name and lists of its
 * own (RFC 5280 section 6.3.3 (f)); one that nobody there signed, or with a key that may not, could be of any of them.
 */
function meaningOf(list: RevocationList, issuer: PathCertificate, namesakes: readonly PathCertificate[]): Meaning {
  if (isSignedBy(list, issuer)) return mayListRevoked(issuer) ? "counts" : "unreliable";
  return namesakes.some((one) => mayListRevoked(one) && isSignedBy(list, one)) ? "another's" : "unreliable";
}

function mayListRevoked({ usages }: PathCertificate): boolean {
  return usages === undefined || usages.has(KEY_USAGE.cRLSign);
}

function isSignedBy({ algorithm, signed, signature }: RevocationList, { publicKey }: PathCertificate): boolean {
  try {
    const hash = HASHES[algorithm];
    if (hash !== undefined) return verify(hash, signed, publicKey, signature);
    if (algorithm !== OID.rsassaPss) return false;
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
    return ["sha256", "sha384", "sha512"].some((name) => verify(name, signed, { key: publicKey, ...pss }, signature));
  } catch {
    return false;
  }
}

/** Names what clients are told; two trust stores that say the same are one. */
export function fingerprint(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("base64url");
}

const HASHES: Readonly<Record<string, string>> = {
  [OID.sha256WithRsa]: "sha256",
  [OID.sha384WithRsa]: "sha384",
  [OID.sha512WithRsa]: "sha512",
  [OID.sha256WithEcdsa]: "sha256",
  [OID.sha384WithEcdsa]: "sha384",
  [OID.sha512WithEcdsa]: "sha512",
};
const BEGIN = "-----BEGIN X509 CRL-----";
const END = "-----END X509 CRL-----";
const SEQUENCE = 0x30;
const MOST_AUTHORITIES = 10_000;
/** Issuers with one name and different keys. */
const MOST_SIGNERS = 64;
