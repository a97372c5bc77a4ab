import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer, EdgeCertificate } from "#domain/edge-config.ts";
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
}

/** What one edge was sent on one connection, so that it is not sent twice. */
export interface Sent {
  /** Key and grant of each certificate, by load balancer. */
  readonly certificates: Map<LoadBalancerArn, Map<CertificateArn, string>>;
}

/** The messages that bring an edge to a subject's present state; certificates come before the listeners that need them. */
export async function* presentState(
  subject: EdgeSubject,
  sent: Sent,
  deps: PresentDeps,
): AsyncGenerator<ControlMessage> {
  const { loadBalancerArn } = subject;
  if (subject.kind === "certificate") {
    yield* presentCertificate(loadBalancerArn, subject.certificateArn, sent, deps);
    return;
  }
  const balancer = await deps.edgeBalancer(deps.store, loadBalancerArn);
  if (!balancer) {
    sent.certificates.delete(loadBalancerArn);
    yield { kind: "balancer-gone", loadBalancerArn };
    return;
  }
  const wanted = new Set(balancer.listeners.flatMap(({ certificates }) => certificates));
  for (const certificateArn of wanted) yield* presentCertificate(loadBalancerArn, certificateArn, sent, deps);
  // The edge drops those that no listener names when it gets this.
  for (const certificateArn of sent.certificates.get(loadBalancerArn)?.keys() ?? []) {
    if (!wanted.has(certificateArn)) sent.certificates.get(loadBalancerArn)?.delete(certificateArn);
  }
  yield { kind: "balancer-put", balancer };
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
