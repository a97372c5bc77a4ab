import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import type { EdgeBalancer, EdgeCertificate, EdgeSecret, EdgeTrustStore } from "#domain/edge-config.ts";
import type { ControlMessage } from "#domain/edge-messages.ts";
import type { EdgeSubject } from "#store/edge-changes.ts";
import type { Db, Store } from "#store/store.ts";

/** Where the present state of what edges carry is read. */
export interface PresentDeps {
  readonly store: Store;
  readonly edgeBalancer: (db: Db, arn: LoadBalancerArn) => Promise<EdgeBalancer | undefined>;
  readonly edgeCertificate: (
    db: Db,
    loadBalancerArn: LoadBalancerArn,
    certificateArn: CertificateArn,
  ) => Promise<EdgeCertificate | undefined>;
  readonly edgeSecret: (db: Db, name: string) => Promise<EdgeSecret | undefined>;
  /** Undefined also for a trust store that no listener names. */
  readonly edgeTrustStore: (db: Db, arn: TrustStoreArn) => Promise<EdgeTrustStore | undefined>;
}

/** What one edge was sent on one connection, so that it is not sent twice. */
export interface Sent {
  /** Key and grant of each certificate, by load balancer. */
  readonly certificates: Map<LoadBalancerArn, Map<CertificateArn, string>>;
  /** By name: another version has another name. */
  readonly secrets: Set<string>;
  /** The version of each. */
  readonly trustStores: Map<TrustStoreArn, string>;
}

/** Nothing was sent yet. */
export function nothingSent(): Sent {
  return { certificates: new Map(), secrets: new Set(), trustStores: new Map() };
}

/**
 * The messages that bring an edge to a subject's present state; certificates, secrets and trust stores come before the
 * listeners that need them.
 */
export async function* presentState(
  subject: EdgeSubject,
  sent: Sent,
  deps: PresentDeps,
): AsyncGenerator<ControlMessage> {
  switch (subject.kind) {
    case "certificate":
      return yield* presentCertificate(subject.loadBalancerArn, subject.certificateArn, sent, deps);
    case "secret":
      return yield* presentSecret(subject.loadBalancerArn, subject.secret, sent, deps);
    case "trust-store":
      return yield* presentTrustStore(subject.trustStoreArn, sent, deps);
    case "balancer":
      return yield* presentBalancer(subject.loadBalancerArn, sent, deps);
  }
}

async function* presentBalancer(
  loadBalancerArn: LoadBalancerArn,
  sent: Sent,
  deps: PresentDeps,
): AsyncGenerator<ControlMessage> {
  const balancer = await deps.edgeBalancer(deps.store, loadBalancerArn);
  if (!balancer) {
    sent.certificates.delete(loadBalancerArn);
    yield { kind: "balancer-gone", loadBalancerArn };
    return;
  }
  const wanted = new Set(balancer.listeners.flatMap(({ certificates }) => certificates));
  const known = sent.certificates.get(loadBalancerArn);
  // What becomes of those that were sent is announced for each of them: there may be 100,000.
  for (const certificateArn of wanted) {
    if (!known?.has(certificateArn)) yield* presentCertificate(loadBalancerArn, certificateArn, sent, deps);
  }
  for (const name of secretsOf(balancer)) {
    if (!sent.secrets.has(name)) yield* presentSecret(loadBalancerArn, name, sent, deps);
  }
  for (const { arn, version } of balancer.trustStores) {
    const trustStoreArn = arn as TrustStoreArn;
    if (sent.trustStores.get(trustStoreArn) !== version) yield* presentTrustStore(trustStoreArn, sent, deps);
  }
  // The edge drops those that no listener names when it gets this.
  for (const certificateArn of sent.certificates.get(loadBalancerArn)?.keys() ?? []) {
    if (!wanted.has(certificateArn)) sent.certificates.get(loadBalancerArn)?.delete(certificateArn);
  }
  yield { kind: "balancer-put", balancer };
}

async function* presentSecret(
  loadBalancerArn: LoadBalancerArn,
  name: string,
  sent: Sent,
  deps: PresentDeps,
): AsyncGenerator<ControlMessage> {
  const secret = await deps.edgeSecret(deps.store, name);
  if (!secret) {
    sent.secrets.delete(name);
    yield { kind: "secret-gone", loadBalancerArn, name };
  } else if (!sent.secrets.has(name)) {
    sent.secrets.add(name);
    yield { kind: "secret-put", secret };
  }
}

async function* presentTrustStore(arn: TrustStoreArn, sent: Sent, deps: PresentDeps): AsyncGenerator<ControlMessage> {
  const trustStore = await deps.edgeTrustStore(deps.store, arn);
  if (!trustStore) {
    sent.trustStores.delete(arn);
    yield { kind: "trust-store-gone", arn };
  } else if (sent.trustStores.get(arn) !== trustStore.version) {
    sent.trustStores.set(arn, trustStore.version);
    yield { kind: "trust-store-put", trustStore };
  }
}

/** The names of the sealed client secrets that the rules of a load balancer need. */
function secretsOf({ listeners }: EdgeBalancer): ReadonlySet<string> {
  const rules = listeners.flatMap((listener) => [...listener.rules, listener.defaultRule]);
  const actions = rules.flatMap((rule) => rule.actions);
  return new Set(actions.flatMap((action) => (action.type === "authenticate-oidc" ? [action.secret] : [])));
}

async function* presentCertificate(
  loadBalancerArn: LoadBalancerArn,
  certificateArn: CertificateArn,
  sent: Sent,
  deps: PresentDeps,
): AsyncGenerator<ControlMessage> {
  const known = sent.certificates.get(loadBalancerArn) ?? new Map<CertificateArn, string>();
  sent.certificates.set(loadBalancerArn, known);
  const certificate = await deps.edgeCertificate(deps.store, loadBalancerArn, certificateArn);
  if (!certificate) {
    // Listeners of an edge that has it still are told first what they have instead.
    if (known.has(certificateArn)) yield* presentBalancer(loadBalancerArn, sent, deps);
    known.delete(certificateArn);
    yield { kind: "certificate-gone", loadBalancerArn, certificateArn };
    return;
  }
  const version = versionOf(certificate);
  if (known.get(certificateArn) === version) return;
  known.set(certificateArn, version);
  yield { kind: "certificate-put", certificate };
}

/**
 * A certificate that is imported again may have the serial number of the one before, but its key is sealed anew: the
 * random IV and the tag at the beginning name the version.
 */
function versionOf({ sealedKey, grantToken }: EdgeCertificate): string {
  return `${Buffer.from(sealedKey.subarray(0, IV_AND_TAG)).toString("base64")} ${grantToken}`;
}

/** Of lib/sealed.ts. */
const IV_AND_TAG = 28;
