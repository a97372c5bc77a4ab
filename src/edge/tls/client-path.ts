import { hasCome } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { KEY_USAGE } from "#lib/x509-extensions.ts";
import { brokenConstraint } from "#lib/x509-name-constraints.ts";
import type { PathCertificate } from "./client-certificate.ts";
import type { TrustStore } from "./trust-store.ts";

/**
 * Why a client's certificate is refused, in the words of ALB's connection log.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html#connection-error-reason-codes
 */
export type VerifyError =
  | "ClientCertMaxChainDepthExceeded"
  | "ClientCertMaxSizeExceeded"
  | "ClientCertCrlHit"
  | "ClientCertCrlProcessingError"
  | "ClientCertUntrusted"
  | "ClientCertNotYetValid"
  | "ClientCertExpired"
  | "ClientCertTypeUnsupported"
  | "ClientCertInvalid"
  | "ClientCertPurposeInvalid";

/** A path that can be followed from a client's certificate to a trust store: the leaf first, the anchor last. */
export type Path = readonly PathCertificate[];

/**
 * Why a client is refused; undefined for one that some path leads to the trust store: a CA that was renewed under its name
 * and key stands there beside its predecessor. Of several errors the first one that is not about a date counts. Throws
 * for a certificate of a path whose names cannot be read.
 */
export function clientError(
  leaf: PathCertificate,
  sent: readonly PathCertificate[],
  store: TrustStore,
  rules: PathRules,
): VerifyError | undefined {
  let told: VerifyError | undefined;
  for (const path of paths(leaf, sent, store)) {
    const error = pathError(path, store, rules);
    if (error === undefined) return undefined;
    if (told === undefined || OF_DATES.has(told)) told = error;
  }
  return told ?? noPathError(leaf, sent);
}

/**
 * The paths from the leaf to a certificate of the trust store, the shortest first, every signature checked; any
 * certificate there is an end of one, an intermediate CA as well as a root. A client chooses the keys that it sends:
 * those that no path may have are not looked at, as their size decides how long a signature takes to check.
 */
function* paths(leaf: PathCertificate, sent: readonly PathCertificate[], store: TrustStore): Generator<Path> {
  let checks = 0;
  const issued = (child: PathCertificate, issuer: PathCertificate): boolean =>
    issuer.subject.equals(child.issuer) && checks++ < MOST_CHECKS && verifies(child, issuer);
  const above = sent.filter(hasFitKey);
  let begun: Path[] = [[leaf]];
  while (begun.length > 0) {
    for (const path of begun) {
      const last = path.at(-1);
      const anchors = last ? store.named(last.issuer) : [];
      for (const anchor of anchors) if (last && issued(last, anchor)) yield [...path, anchor];
    }
    begun = begun.flatMap((path) => {
      const last = path.at(-1);
      if (!last || path.length > MOST_SENT) return [];
      return above.filter((one) => !path.includes(one) && issued(last, one)).map((one) => [...path, one]);
    });
  }
}

/** Why there is no path. */
function noPathError(leaf: PathCertificate, sent: readonly PathCertificate[]): VerifyError {
  const unfit = sent.filter((one) => !hasFitKey(one));
  const issued = [leaf, ...sent].some(({ issuer }) => unfit.some(({ subject }) => subject.equals(issuer)));
  return issued || !hasFitKey(leaf) ? "ClientCertTypeUnsupported" : "ClientCertUntrusted";
}

export interface PathRules {
  readonly ignoreExpiry: boolean;
  readonly now: Date;
}

/** What is wrong with a path (RFC 5280 section 6.1), revocation included; undefined when nothing is. */
function pathError(path: Path, store: TrustStore, { ignoreExpiry, now }: PathRules): VerifyError | undefined {
  const [leaf, ...authorities] = path;
  if (!leaf) return "ClientCertUntrusted";
  if (authorities.length > MOST_DEPTH) return "ClientCertMaxChainDepthExceeded";
  for (const [depth, one] of authorities.entries()) {
    const error = authorityError(one, depth, path, now);
    if (error) return error;
  }
  for (const one of path.slice(0, -1)) if (!SIGNATURES.has(one.algorithm)) return "ClientCertTypeUnsupported";
  return leafError(leaf, { ignoreExpiry, now }) ?? constraintError(path) ?? revocationError(path, store);
}

function authorityError(one: PathCertificate, depth: number, path: Path, now: Date): VerifyError | undefined {
  const isAnchor = one === path.at(-1);
  if (one.unknown) return "ClientCertInvalid";
  // A root from before X.509 version 3 cannot say that it is a CA; whoever puts it into a trust store does.
  if (!one.isCa && !(isAnchor && !one.version3)) return "ClientCertUntrusted";
  if (one.usages && !one.usages.has(KEY_USAGE.keyCertSign)) return "ClientCertUntrusted";
  const between = path.slice(1, depth + 1).filter(({ subject, issuer }) => !subject.equals(issuer)).length;
  if (one.pathLength !== undefined && between > one.pathLength) return "ClientCertUntrusted";
  if (!hasCome(one.notBefore, now)) return "ClientCertNotYetValid";
  return hasCome(now, one.notAfter) ? undefined : "ClientCertExpired";
}

function leafError(leaf: PathCertificate, { ignoreExpiry, now }: PathRules): VerifyError | undefined {
  if (!leaf.version3 || !hasFitKey(leaf)) return "ClientCertTypeUnsupported";
  if (leaf.unknown) return "ClientCertInvalid";
  if (leaf.usages && !leaf.usages.has(KEY_USAGE.digitalSignature)) return "ClientCertPurposeInvalid";
  if (leaf.purposes && !leaf.purposes.some((id) => id === OID.clientAuth || id === OID.anyExtendedKeyUsage)) {
    return "ClientCertPurposeInvalid";
  }
  if (!hasCome(leaf.notBefore, now)) return "ClientCertNotYetValid";
  return ignoreExpiry || hasCome(now, leaf.notAfter) ? undefined : "ClientCertExpired";
}

function constraintError(path: Path): VerifyError | undefined {
  const names = path.map((one) => one.names());
  for (const [at, { constraints }] of names.entries()) {
    if (!constraints) continue;
    for (const [below, one] of path.slice(0, at).entries()) {
      if (below > 0 && one.subject.equals(one.issuer)) continue; // RFC 5280 section 6.1.3 (b)
      const der = one.subject;
      const { values, alternativeNames: alternative } = one.names();
      if (brokenConstraint({ subject: { der, isEmpty: der.length <= 2, values }, alternative }, [constraints])) {
        return "ClientCertUntrusted";
      }
    }
  }
  return undefined;
}

/** A list counts however old it is: what it names stays revoked, and nobody else is kept out when a new one is late. */
function revocationError(path: Path, store: TrustStore): VerifyError | undefined {
  for (const [at, one] of path.slice(0, -1).entries()) {
    const issuer = path[at + 1];
    if (!issuer) continue;
    const error = store.revocation(one, issuer);
    if (error) return error;
  }
  return undefined;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html */
function hasFitKey({ publicKey }: PathCertificate): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = publicKey;
  if (asymmetricKeyType === "rsa" || asymmetricKeyType === "rsa-pss") {
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= 2048 && bits <= 8192 && (asymmetricKeyDetails?.publicExponent ?? HUGE_EXPONENT) < HUGE_EXPONENT;
  }
  return asymmetricKeyType === "ec" && CURVES.has(asymmetricKeyDetails?.namedCurve ?? "");
}

function verifies(child: PathCertificate, issuer: PathCertificate): boolean {
  try {
    return child.x509.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Certificates above the leaf, the anchor included. */
const MOST_DEPTH = 4;
/** How many a client may send beside its own; more are never looked at. */
export const MOST_SENT = 8;
/** Signatures that one handshake makes us check at most. */
const MOST_CHECKS = 24;
/** OpenSSL takes any exponent with keys of up to 3072 bits, and for a long one a hundred times as long. */
const HUGE_EXPONENT = 2n ** 33n;
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const OF_DATES: ReadonlySet<VerifyError> = new Set(["ClientCertExpired", "ClientCertNotYetValid"]);
const SIGNATURES: ReadonlySet<string> = new Set([
  OID.sha256WithRsa,
  OID.sha384WithRsa,
  OID.sha512WithRsa,
  OID.sha256WithEcdsa,
  OID.sha384WithEcdsa,
  OID.sha512WithEcdsa,
  OID.rsassaPss,
]);
