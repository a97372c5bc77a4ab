import { REVOCATION_REASONS } from "#ca/revocation.ts";
import { advanceOrder, type OrderProgress } from "#ca/upstream/advance-order.ts";
import { beginOrder, refusalByAll } from "#ca/upstream/begin-order.ts";
import type { OrderSubject } from "#ca/upstream/order-steps.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import type { Keeping } from "#custody/custody.ts";
import { openPrivateKey } from "#custody/envelope.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { baseDomain } from "#domain/certificate/requested-names.ts";
import { enqueue } from "#jobs/queue.ts";
import { parsePem } from "#lib/pem.ts";
import { CannotIssue, type CertificateAuthority, type SignedCertificate, type ToSign } from "#lifecycle/authority.ts";
import { instanceSecret } from "#lifecycle/instance-secret.ts";
import { CHALLENGE_LABEL, challengeRecord, PERSISTENT_LABEL } from "#lifecycle/proof/validation-record.ts";
import { type ReachDeps, unreachedChallenge } from "#lifecycle/upstream/challenge-reach.ts";
import { promiseRenewalInfo } from "#lifecycle/upstream/renewal-info.ts";
import { REVOKE_UPSTREAM } from "#lifecycle/upstream/revoke-upstream.ts";
import { findVersionKey } from "#store/certificate-versions.ts";
import { readValidations } from "#store/domain-validations.ts";
import type { Db, Store } from "#store/store.ts";
import {
  changeUpstreamOrder,
  findFinalizedOrder,
  listUpstreamOrders,
  type UpstreamOrder,
} from "#store/upstream-orders.ts";
import { insertUpstreamRevocation } from "#store/upstream-revocations.ts";

export interface UpstreamDeps extends Keeping, ReachDeps {
  readonly store: Store;
  readonly upstream?: Upstream | undefined;
}

/**
 * Public CAs, by ACME: what is to be signed becomes an order at the first of them, or at the next where that one does
 * not give it. An order takes a while, and is gone on with at the times that `sign` answers.
 */
export const upstream: CertificateAuthority<UpstreamDeps> = {
  caaIssuer: (_, deps) => ({ identities: publicCas(deps).clients.flatMap(({ ca }) => ca.caaIdentities) }),

  findSigned: (db, { certificate, generation }) => findSigned(db, certificate.arn, generation),

  async prepare(tx, { certificate, generation }, _, deps) {
    const cas = publicCas(deps).clients.map(({ ca }) => ca.name);
    return await beginOrder(tx, { certificateArn: certificate.arn, generation }, { ...deps, cas });
  },

  async sign(id, version, deps) {
    const { arn } = version.certificate;
    const { clients } = publicCas(deps);
    const subject = await orderSubject(version, deps);
    const onFinalized = promiseRenewalInfo(deps);
    const progress = await advanceOrder(id, subject, clients, { ...deps, onFinalized });
    if (progress.kind === "waiting") return progress.until;
    if (progress.kind === "failed") return await giveWay(progress, version, subject, deps);
    const signed = await findSigned(deps.store, arn, version.generation);
    if (!signed) throw new Error(`the finalized order of ${arn} is gone`);
    return signed;
  },

  async revoke(tx, { certificate, generation }, reason, deps) {
    const order = await findFinalizedOrder(tx, certificate.arn, generation);
    const [leaf] = order?.certificate ? parsePem(order.certificate, 1) : [];
    if (!order || !leaf) return;
    const now = deps.clock.now();
    await insertUpstreamRevocation(tx, {
      id: order.id,
      ca: order.ca,
      certificateArn: certificate.arn,
      certificate: leaf.der,
      reason: REVOCATION_REASONS[reason],
      requestedAt: now.getTime(),
      revokedAt: null,
    });
    await enqueue(tx, { task: REVOKE_UPSTREAM, subject: order.id }, now);
  },
};

async function findSigned(db: Db, arn: CertificateArn, generation: number): Promise<SignedCertificate | undefined> {
  const order = await findFinalizedOrder(db, arn, generation);
  const [leaf] = order?.certificate ? parsePem(order.certificate, 1) : [];
  if (!order?.certificate || !leaf) return undefined;
  return { der: leaf.der, pem: order.certificate, chainPem: order.chain ?? undefined };
}

/** The order came to nothing: at once the next CA, or for good where all of them refuse it. */
async function giveWay(
  { order }: Extract<OrderProgress, { kind: "failed" }>,
  { certificate, generation }: ToSign,
  { told, targetOf }: OrderSubject,
  deps: UpstreamDeps,
): Promise<Date> {
  const { clients, challengeZone } = publicCas(deps);
  const now = deps.clock.now();
  const targets = told === undefined ? certificate.names.map((name) => [name, targetOf(name)] as const) : [];
  const mayHint = order.refusal === null && told !== "dns-persist-01";
  const hint = mayHint ? await unreachedChallenge(challengeZone, targets, deps) : undefined;
  if (hint !== undefined) await noteHint(order, hint, deps);
  const orders = await listUpstreamOrders(deps.store, certificate.arn, generation);
  const refused = refusalByAll(
    clients.map(({ ca }) => ca.name),
    orders,
  );
  if (refused) throw new CannotIssue(refused.reason, refused.message);
  return now;
}

/** Beside what the CA says stands what we find out ourselves; who was told once is not told again. */
async function noteHint(order: UpstreamOrder, hint: string, { store, clock }: UpstreamDeps): Promise<void> {
  const { problem } = order;
  if (problem?.includes(hint)) return;
  await changeUpstreamOrder(store, order, { problem: `${problem ?? ""} ${hint}`.trim() }, clock.now().getTime());
}

async function orderSubject({ certificate, generation }: ToSign, deps: UpstreamDeps): Promise<OrderSubject> {
  const { arn, account, names } = certificate;
  const key = await findVersionKey(deps.store, arn, generation);
  if (!key) throw new Error(`generation ${generation} of ${arn} has no key`);
  const recorded = await recordedTargets(arn, deps);
  using secret = await instanceSecret(deps.store, "validation-records", deps);
  const { challengeZone } = publicCas(deps);
  const own = names.map((name) => challengeRecord(secret, account, name, challengeZone));
  const targets = new Map([...own.map(({ name, value }) => [name, value] as const), ...recorded]);
  return {
    names,
    subjectPublicKeyInfo: key.subjectPublicKeyInfo,
    openKey: () => openPrivateKey(deps.store, key.sealed, certificate, arn, deps),
    told: own.every(({ name }) => recorded.has(name))
      ? "dns-01"
      : names.every((name) => recorded.has(`${PERSISTENT_LABEL}.${baseDomain(name)}`))
        ? "dns-persist-01"
        : undefined,
    targetOf(name) {
      const target = targets.get(`${CHALLENGE_LABEL}.${name.replace(/^\*\./, "")}`);
      if (target === undefined) throw new Error(`${name} is not among the names of ${arn}`);
      return target;
    },
  };
}

/** The records that the owner was told of: they stay what they were, whatever is configured today. */
async function recordedTargets(arn: CertificateArn, { store }: UpstreamDeps): Promise<ReadonlyMap<string, string>> {
  const records = (await readValidations(store, arn)).flatMap(({ recordName, recordValue }) =>
    recordName !== null && recordValue !== null ? [[recordName, recordValue] as const] : [],
  );
  return new Map(records);
}

function publicCas({ upstream: configured }: UpstreamDeps): Upstream {
  if (!configured) throw new Error("no public CA is configured any more: see the setting upstream");
  return configured;
}
