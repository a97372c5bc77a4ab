import type { CertificateArn } from "#domain/arn.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import { LISTENER_PROTOCOLS } from "#domain/balancers/protocols.ts";
import { QUOTAS } from "#domain/balancers/quotas.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { announce } from "#store/edge-changes.ts";
import {
  addListenerCertificate,
  countListedCertificates,
  type ListenerCertificate,
  listListenerCertificates,
  removeListenerCertificate,
} from "#store/listener-certificates.ts";
import type { Store } from "#store/store.ts";
import { settleCertificates } from "./certificates.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldListener, listenerOf } from "./find.ts";
import { type Page, type Pages, page } from "./paging.ts";

/**
 * Puts certificates into a listener's list, for clients that name one of their domains. Adding one that is there changes
 * nothing. Throws `certificate-too-many`, `listener-not-found` and every reason why one cannot be attached.
 */
export async function addCertificates(
  listenerArn: string,
  certificateArns: readonly string[],
  owner: Owner,
  deps: BalancerDeps,
): Promise<void> {
  const arns = certificateArns.map((arn) => arn as CertificateArn);
  await deps.store.transaction().execute(async (tx) => {
    const { listener, balancer } = await heldListener(tx, listenerArn, owner);
    checkSecure(listener);
    for (const certificateArn of arns) {
      await addListenerCertificate(tx, listener, { certificateArn, isDefault: false });
    }
    await settleCertificates(tx, balancer, arns, deps);
    if ((await countListedCertificates(tx, balancer.arn)) > QUOTAS.certificatesPerBalancer) {
      throw new Refusal(
        "certificate-too-many",
        `A load balancer can have up to ${QUOTAS.certificatesPerBalancer} certificates beside the default ones`,
      );
    }
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
  });
}

/**
 * Takes certificates out of a listener's list; one that is not in it is no error. Throws `balancer-operation-forbidden`
 * for the default certificate: it is replaced by ModifyListener.
 */
export async function removeCertificates(
  listenerArn: string,
  certificateArns: readonly string[],
  owner: Owner,
  deps: BalancerDeps,
): Promise<void> {
  const arns = certificateArns.map((arn) => arn as CertificateArn);
  await deps.store.transaction().execute(async (tx) => {
    const { listener, balancer } = await heldListener(tx, listenerArn, owner);
    checkSecure(listener);
    const listed = await listListenerCertificates(tx, listener.arn, undefined, MOST);
    for (const certificateArn of arns) {
      const removable = listed.some((entry) => entry.certificateArn === certificateArn && !entry.isDefault);
      if (certificateArn === listener.defaultCertificate && !removable) {
        throw new Refusal("balancer-operation-forbidden", "The default certificate of a listener cannot be removed");
      }
      await removeListenerCertificate(tx, listener.arn, { certificateArn, isDefault: false });
    }
    const touched = arns.filter((arn) => listed.some(({ certificateArn }) => certificateArn === arn));
    await settleCertificates(tx, balancer, touched, deps);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
  });
}

/** The default certificate first, then the list. Throws `listener-not-found`. */
export async function findListenerCertificates(
  listenerArn: string,
  pages: Pages,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<Page<ListenerCertificate>> {
  const { listener } = await listenerOf(store, listenerArn, owner);
  return await page(
    pages,
    ({ isDefault, certificateArn }) => `${isDefault ? "default" : "listed"}=${certificateArn}`,
    (after, limit) => listListenerCertificates(store, listener.arn, place(after), limit),
  );
}

function place(key: string | undefined): ListenerCertificate | undefined {
  if (key === undefined) return undefined;
  const [kind = "", arn = ""] = key.split("=");
  return { isDefault: kind === "default", certificateArn: arn as CertificateArn };
}

function checkSecure({ protocol }: Listener): void {
  if (!LISTENER_PROTOCOLS[protocol].secure) {
    throw new Refusal("balancer-input-invalid", `Certificates cannot be specified for ${protocol} listeners`);
  }
}

/** More than a listener can have. */
const MOST = 1000;
