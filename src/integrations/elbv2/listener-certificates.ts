import type { CertificateArn } from "#domain/arn.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { LISTENER_PROTOCOLS } from "#domain/balancers/protocols.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { announce } from "#store/edge-changes.ts";
import {
  addListenerCertificate,
  findListenerCertificate,
  isCertificateListed,
  type ListenerCertificate,
  listListenerCertificates,
  removeListenerCertificate,
} from "#store/listener-certificates.ts";
import { countListedCertificates } from "#store/load-balancers.ts";
import type { Store, Tx } from "#store/store.ts";
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
    let added = 0;
    for (const certificateArn of arns) {
      if (!(await isCertificateListed(tx, balancer.arn, certificateArn))) added++;
      await addListenerCertificate(tx, listener, { certificateArn, isDefault: false });
    }
    await settleCertificates(tx, balancer, arns, deps);
    const most = deps.balancerQuotas.certificatesPerBalancer;
    if ((await countListedCertificates(tx, balancer.arn, added)) > most) {
      throw new Refusal(
        "certificate-too-many",
        `A load balancer can have up to ${most} certificates beside the default ones`,
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
  const arns = [...new Set(certificateArns)].map((arn) => arn as CertificateArn);
  await deps.store.transaction().execute(async (tx) => {
    const { listener, balancer } = await heldListener(tx, listenerArn, owner);
    checkSecure(listener);
    const listed = [];
    for (const certificateArn of arns) {
      const isListed = await findListenerCertificate(tx, listener.arn, { certificateArn, isDefault: false });
      if (isListed) listed.push(certificateArn);
      else if (certificateArn === listener.defaultCertificate) {
        throw new Refusal("balancer-operation-forbidden", "The default certificate of a listener cannot be removed");
      }
    }
    await unlist(tx, listener, listed);
    await settleCertificates(tx, balancer, listed, deps);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
  });
}

/**
 * Takes a part out of a long list, detached at once: what is left can then go in one transaction with its listener.
 * False when the list was not that long.
 */
export async function shortenList(
  tx: Tx,
  listener: Listener,
  balancer: LoadBalancer,
  deps: BalancerDeps,
): Promise<boolean> {
  const found = await listListenerCertificates(tx, listener.arn, undefined, AT_ONCE + 1);
  if (found.length <= AT_ONCE) return false;
  const part = found.filter(({ isDefault }) => !isDefault).map(({ certificateArn }) => certificateArn);
  await unlist(tx, listener, part);
  await settleCertificates(tx, balancer, part, deps);
  await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
  return true;
}

/** Takes all certificates from a listener, its default one too, and answers which they were; the caller settles them. */
export async function clearCertificates(tx: Tx, listener: Listener): Promise<readonly CertificateArn[]> {
  const all: CertificateArn[] = [];
  for (;;) {
    const found = await listListenerCertificates(tx, listener.arn, undefined, AT_ONCE);
    if (found.length === 0) return all;
    await unlist(
      tx,
      listener,
      found.filter(({ isDefault }) => !isDefault).map(({ certificateArn }) => certificateArn),
    );
    for (const standard of found.filter(({ isDefault }) => isDefault)) {
      await removeListenerCertificate(tx, listener.arn, standard);
    }
    all.push(...found.map(({ certificateArn }) => certificateArn));
  }
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

/** Removes listed certificates and counts those that no other listener of the load balancer lists. */
async function unlist(
  tx: Tx,
  { arn, loadBalancerArn }: Listener,
  certificateArns: readonly CertificateArn[],
): Promise<void> {
  let gone = 0;
  for (const certificateArn of certificateArns) {
    await removeListenerCertificate(tx, arn, { certificateArn, isDefault: false });
    if (!(await isCertificateListed(tx, loadBalancerArn, certificateArn))) gone++;
  }
  if (gone > 0) await countListedCertificates(tx, loadBalancerArn, -gone);
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

/** How many are detached in one transaction. */
const AT_ONCE = 500;
