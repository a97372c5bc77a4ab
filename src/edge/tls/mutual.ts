import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { EdgeMutualAuthentication, EdgeTrustStore } from "#domain/edge-config.ts";
import type { Fields } from "#edge/http/fields.ts";
import { field } from "#edge/http/fields.ts";
import type { ContextMutual } from "#edge/keys/keyring-entry.ts";
import { type PathCertificate, pathCertificate } from "./client-certificate.ts";
import { clientError, MOST_SENT, type PathRules, type VerifyError } from "./client-path.ts";
import { emptyTrustStore, fingerprint, readTrustStore, type TrustStore } from "./trust-store.ts";

export type { VerifyError } from "./client-path.ts";

/** What a connection log tells of a client's certificate. */
export interface ClientCertificateFacts {
  /** RFC 2253. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Upper-case hexadecimal. */
  readonly serial: string;
}

/** How a listener treats the certificates of its clients. */
export interface MutualTls extends ContextMutual {
  readonly mode: "passthrough" | "verify";
  /** Judges the client of a handshake that OpenSSL has just finished: refused with `error`, or with fields for its requests. */
  judge(secure: TLSSocket, now: Date): Judgement;
  /** What an error of OpenSSL says about the client's certificate. */
  errorOf(error: Error): VerifyError | undefined;
}

export interface Judgement {
  readonly error: VerifyError | undefined;
  readonly facts: ClientCertificateFacts | undefined;
  readonly fields: Fields;
}

/** Trust stores, read once for each version, and kept while somebody asks for that version. */
export interface TrustStores {
  of(arn: string): TrustStore;
}

export function trustStores(
  find: (arn: string) => EdgeTrustStore | undefined,
  onError: (what: string, error: unknown) => void,
): TrustStores {
  const read = new Map<string, { readonly from: EdgeTrustStore; readonly store: TrustStore }>();
  return {
    of(arn) {
      const from = find(arn);
      if (!from) {
        read.delete(arn);
        return emptyTrustStore(arn);
      }
      const known = read.get(arn);
      if (known?.from === from) return known.store;
      const store = readTrustStore(from, onError);
      read.set(arn, { from, store });
      return store;
    },
  };
}

/**
 * What a listener's setting means at this moment: another trust store, or another version of it, is another MutualTls,
 * and only for handshakes from then on.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
 */
export function mutualTls(setting: EdgeMutualAuthentication, stores: TrustStores): MutualTls {
  if (setting.mode === "passthrough") {
    return { mode: "passthrough", key: "passthrough", advertised: [], errorOf, judge: (secure) => passThrough(secure) };
  }
  const store = stores.of(setting.trustStoreArn);
  const advertised = setting.advertiseCaNames ? store.authorities : [];
  const { ignoreExpiry } = setting;
  return {
    mode: "verify",
    // Contexts differ only in what they advertise: a new list of revocations needs no new ones.
    key: `verify ${fingerprint(advertised)}`,
    advertised,
    errorOf,
    judge: (secure, now) => verify(sentBy(secure), store, { ignoreExpiry, now }),
  };
}

function passThrough(secure: TLSSocket): Judgement {
  const sent = sentBy(secure);
  const [leaf] = sent;
  if (!leaf) return { error: undefined, facts: undefined, fields: [] };
  const chain = sent.map((one) => escapedPem(one)).join("");
  if (chain.length > MOST_HEADER) return { error: "ClientCertMaxSizeExceeded", facts: undefined, fields: [] };
  return { error: undefined, facts: tryFacts(leaf), fields: [field(HEADER, chain)] };
}

function verify(sent: readonly X509Certificate[], store: TrustStore, rules: PathRules): Judgement {
  try {
    return judged(sent.map(pathCertificate), store, rules);
  } catch {
    return { error: "ClientCertInvalid", facts: undefined, fields: [] };
  }
}

/** Throws where a certificate cannot be read as far as it has to be. */
function judged([leaf, ...others]: readonly PathCertificate[], store: TrustStore, rules: PathRules): Judgement {
  if (!leaf) return { error: "ClientCertInvalid", facts: undefined, fields: [] };
  const facts = factsOf(leaf);
  const error = clientError(leaf, others, store, rules);
  if (error) return { error, facts, fields: [] };
  const pem = escapedPem(leaf.x509);
  if (pem.length > MOST_HEADER) return { error: "ClientCertMaxSizeExceeded", facts, fields: [] };
  return {
    error: undefined,
    facts,
    fields: [
      field(`${HEADER}-Serial-Number`, facts.serial),
      field(`${HEADER}-Issuer`, leaf.names().issuerText),
      field(`${HEADER}-Subject`, facts.subject),
      field(`${HEADER}-Validity`, `NotBefore=${seconds(leaf.notBefore)};NotAfter=${seconds(leaf.notAfter)}`),
      field(`${HEADER}-Leaf`, pem),
    ],
  };
}

/** What the client sent, its own certificate first, as it came. */
function sentBy(secure: TLSSocket): X509Certificate[] {
  const sent: X509Certificate[] = [];
  let one = secure.getPeerX509Certificate();
  while (one && sent.length <= MOST_SENT) {
    sent.push(one);
    one = one.issuerCertificate;
  }
  return sent;
}

function factsOf({ subjectText, notBefore, notAfter, x509 }: PathCertificate): ClientCertificateFacts {
  return { subject: subjectText(), notBefore, notAfter, serial: x509.serialNumber };
}

function tryFacts(leaf: X509Certificate): ClientCertificateFacts | undefined {
  try {
    return factsOf(pathCertificate(leaf));
  } catch {
    return undefined;
  }
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, -".000Z".length)}Z`;
}

/** URL-encoded PEM; `+`, `=` and `/` stay. PEM has nothing else that would be encoded but spaces and ends of lines. */
function escapedPem(certificate: X509Certificate): string {
  return certificate.toString().replaceAll(" ", "%20").replaceAll("\n", "%0A");
}

/** SSL_CTX_set_max_cert_list's bound is 100 kB. */
function errorOf({ message }: Error): VerifyError | undefined {
  if (/excessive message size/i.test(message)) return "ClientCertMaxSizeExceeded";
  if (/peer did not return a certificate/i.test(message)) return "ClientCertUntrusted";
  if (/bad certificate|certificate verify|cert length mismatch|asn1/i.test(message)) return "ClientCertInvalid";
  if (/unknown certificate type|unsupported/i.test(message)) return "ClientCertTypeUnsupported";
  return undefined;
}

const HEADER = "X-Amzn-Mtls-Clientcert";
/** Targets take some tens of kilobytes of header fields. */
const MOST_HEADER = 32 * 1024;
