import type { CertificateArn } from "#domain/arn.ts";
import { checkAction, type DefaultAction } from "#domain/balancers/actions.ts";
import {
  type AlpnPolicy,
  changedListener,
  checkFips,
  checkListener,
  type Listener,
} from "#domain/balancers/listener.ts";
import { LISTENER_PROTOCOLS, listenerProtocol } from "#domain/balancers/protocols.ts";
import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import {
  addListenerCertificate,
  listListenerCertificates,
  removeListenerCertificate,
  removeListenerCertificates,
} from "#store/listener-certificates.ts";
import { findListenerOnPort, listListeners, updateListener } from "#store/listeners.ts";
import type { Tx } from "#store/store.ts";
import { settleCertificates } from "./certificates.ts";
import { portUsed } from "./create-listener.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldListener } from "./find.ts";
import { useTargetGroups } from "./forwarding.ts";

export interface ListenerModification {
  /** As the caller wrote it. */
  readonly listenerArn: string;
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  readonly sslPolicy: string | undefined;
  readonly alpnPolicy: AlpnPolicy | "clear" | undefined;
  readonly certificateArn: string | undefined;
  readonly action: DefaultAction | undefined;
}

/**
 * Replaces what is said of a listener. A default certificate that it no longer has is detached in the same transaction,
 * unless another listener of the load balancer has it. Throws as `createListener`, and `listener-not-found`.
 */
export async function modifyListener(
  request: ListenerModification,
  owner: Owner,
  deps: BalancerDeps,
): Promise<Listener> {
  return await deps.store.transaction().execute(async (tx) => {
    const { listener: present, balancer } = await heldListener(tx, request.listenerArn, owner);
    const protocol = request.protocol === undefined ? undefined : listenerProtocol(balancer.type, request.protocol);
    const next: Listener = {
      ...present,
      ...changedListener(present, {
        port: request.port,
        protocol,
        sslPolicy: request.sslPolicy,
        alpnPolicy: request.alpnPolicy,
        defaultCertificate: request.certificateArn as CertificateArn | undefined,
        defaultAction: request.action,
      }),
    };
    checkListener(next);
    checkAction(next.defaultAction, next);
    if (next.port !== present.port && (await findListenerOnPort(tx, balancer.arn, next.port))) {
      throw portUsed(next.port);
    }
    const others = await listListeners(tx, balancer.arn);
    checkFips([...others.filter(({ arn }) => arn !== next.arn), next]);
    await updateListener(tx, next);
    await useTargetGroups(tx, next, balancer);
    const touched = await changeCertificates(tx, present, next);
    // One that is named anew is settled, too: its grant may have been ended by hand.
    const named = request.certificateArn === undefined ? [] : [request.certificateArn as CertificateArn];
    await settleCertificates(tx, balancer, [...touched, ...named], deps);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    return next;
  });
}

/** Writes the certificates of a changed listener and answers which ones that touched. */
async function changeCertificates(tx: Tx, present: Listener, next: Listener): Promise<readonly CertificateArn[]> {
  if (!LISTENER_PROTOCOLS[next.protocol].secure) {
    const all = await listListenerCertificates(tx, present.arn, undefined, MOST);
    await removeListenerCertificates(tx, present.arn);
    return all.map(({ certificateArn }) => certificateArn);
  }
  const [before, after] = [present.defaultCertificate, next.defaultCertificate];
  if (before === after) return [];
  if (before !== undefined) await removeListenerCertificate(tx, next.arn, { certificateArn: before, isDefault: true });
  if (after !== undefined) await addListenerCertificate(tx, next, { certificateArn: after, isDefault: true });
  return [before, after].filter((arn) => arn !== undefined);
}

/** More than a listener can have. */
const MOST = 1000;
