import { createHash } from "node:crypto";
import { sameNamesKey } from "#domain/acme/order.ts";
import { certificateArn } from "#domain/arn.ts";
import type { NamePolicy } from "#domain/certificate/public-names.ts";
import { digest } from "#lib/keyed-hash.ts";
import { type AcmeVersion, type BegunLeaf, prepareForAcme } from "#lifecycle/acme/issue-for-acme.ts";
import { takeNextVersion } from "#store/acme-certificates.ts";
import type { AcmeEndpoint } from "#store/acme-endpoints.ts";
import { type AcmeOrder, beginAcmeOrder } from "#store/acme-orders.ts";
import { type CompleteDeps, promiseCompletion, signAndRecord, versionOf } from "./complete-order.ts";
import { findUncovered } from "./coverage.ts";
import type { RequestedCertificate } from "./requested-certificate.ts";

/**
 * Issues the certificate of an order that is ready. As in lifecycle/issue.ts the order of the steps is what matters: a
 * process may die between any two, and two may finalize at once, and yet the order has one certificate.
 *
 * 1. In one transaction: the next version of the account's certificate for these names is given out, the order goes
 *    from ready to processing with it, what is to be signed is written down, and the rest is promised.
 * 2. It is signed.
 * 3. In one transaction: the order goes from processing to valid, and the certificate comes into force.
 *
 * False when the order is not ready any more, its account or endpoint has ended, or its names are not covered any more:
 * the look-ups before take a while. Throws CannotIssue for what the CA will not sign: then nothing happened.
 */
export async function finalizeOrder(
  order: AcmeOrder,
  requested: RequestedCertificate,
  endpoint: AcmeEndpoint,
  deps: CompleteDeps & NamePolicy,
): Promise<boolean> {
  const begun = await deps.store
    .transaction()
    .execute(async (tx): Promise<Begun | undefined> => {
      const { names, keyAlgorithm } = requested;
      if ((await findUncovered(tx, endpoint.arn, names, deps)).length > 0) throw new NotReady();
      const namesHash = digest(sameNamesKey(names)).toString("hex");
      const fresh = certificateArn(endpoint, deps.ids.uuid());
      const next = await takeNextVersion(tx, order.accountId, namesHash, keyAlgorithm, fresh);
      if (!(await beginAcmeOrder(tx, order.id, { ...requested, ...next }))) throw new NotReady();
      const now = deps.clock.now();
      const version = versionOf({ ...order, ...requested, ...next }, endpoint, now);
      const leaf = await prepareForAcme(tx, version, deps);
      return { version, leaf, completeAt: await promiseCompletion(tx, order.id, now) };
    })
    .catch((error: unknown) => {
      if (error instanceof NotReady) return undefined;
      throw error;
    });
  if (begun) await signAndRecord(order, begun.version, begun, deps);
  return begun !== undefined;
}

interface Begun {
  readonly version: AcmeVersion;
  readonly leaf: BegunLeaf;
  readonly completeAt: Date;
}

/** Takes the version back that was given out in the same transaction. */
class NotReady extends Error {}

/** By which a key is known again. */
export function keyHash(subjectPublicKeyInfo: Uint8Array): string {
  return createHash("sha256").update(subjectPublicKeyInfo).digest("hex");
}
