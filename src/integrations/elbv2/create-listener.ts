import type { CertificateArn } from "#domain/arn.ts";
import { checkAction, type DefaultAction } from "#domain/balancers/actions.ts";
import { listenerArn, ruleArn } from "#domain/balancers/arns.ts";
import {
  type AlpnPolicy,
  checkFips,
  checkListener,
  type Listener,
  type ListenerSettings,
  sameListener,
} from "#domain/balancers/listener.ts";
import { LISTENER_PROTOCOLS, listenerProtocol } from "#domain/balancers/protocols.ts";
import { QUOTAS } from "#domain/balancers/quotas.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { DEFAULT_TLS_POLICY } from "#domain/tls/policies.ts";
import { announce } from "#store/edge-changes.ts";
import { addListenerCertificate } from "#store/listener-certificates.ts";
import { findListenerOnPort, insertListener, listListeners } from "#store/listeners.ts";
import { settleCertificates } from "./certificates.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldLoadBalancer } from "./find.ts";
import { useTargetGroups } from "./forwarding.ts";
import { checkTags, sameTags, type Tag, tag } from "./tags.ts";

export interface NewListener {
  /** As the caller wrote it. */
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: string;
  readonly sslPolicy: string | undefined;
  readonly alpnPolicy: AlpnPolicy | undefined;
  /** As the caller wrote it: whether it can be attached is asked last. */
  readonly certificateArn: string | undefined;
  readonly action: DefaultAction;
  readonly tags: readonly Tag[];
}

/**
 * Makes a listener; its default certificate is attached to the load balancer in the same transaction. Asking again with
 * the same settings answers the same one. Throws `listener-port-used`, `listeners-too-many`, what the checks of
 * domain/balancers throw, and every reason why a certificate cannot be attached.
 */
export async function createListener(request: NewListener, owner: Owner, deps: BalancerDeps): Promise<Listener> {
  checkTags(request.tags);
  return await deps.store.transaction().execute(async (tx) => {
    const balancer = await heldLoadBalancer(tx, request.loadBalancerArn, owner);
    const settings = checkedSettings(request, balancer.type);
    const present = await findListenerOnPort(tx, balancer.arn, settings.port);
    if (present) {
      if (sameListener(present, settings) && (await sameTags(tx, present.arn, request.tags))) return present;
      throw portUsed(settings.port);
    }
    const others = await listListeners(tx, balancer.arn);
    if (others.length >= QUOTAS.listenersPerBalancer) {
      throw new Refusal(
        "listeners-too-many",
        `A load balancer can have up to ${QUOTAS.listenersPerBalancer} listeners`,
      );
    }
    checkFips([...others, settings]);
    const arn = listenerArn(balancer.arn, deps.ids.hex(8));
    const listener: Listener = {
      ...settings,
      arn,
      loadBalancerArn: balancer.arn,
      ruleArn: ruleArn(arn, deps.ids.hex(8)),
    };
    await insertListener(tx, listener);
    await useTargetGroups(tx, listener, balancer);
    const certificateArn = settings.defaultCertificate;
    if (certificateArn !== undefined) {
      await addListenerCertificate(tx, listener, { certificateArn, isDefault: true });
      await settleCertificates(tx, balancer, [certificateArn], deps);
    }
    await tag(tx, arn, request.tags);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    return listener;
  });
}

export function portUsed(port: number): Refusal {
  return new Refusal("listener-port-used", `A listener already exists on port ${port} for this load balancer`);
}

function checkedSettings(request: NewListener, type: "application" | "network"): ListenerSettings {
  const protocol = listenerProtocol(type, request.protocol);
  const settings: ListenerSettings = {
    port: request.port,
    protocol,
    sslPolicy: request.sslPolicy ?? (LISTENER_PROTOCOLS[protocol].secure ? DEFAULT_TLS_POLICY : undefined),
    alpnPolicy: request.alpnPolicy,
    defaultCertificate: request.certificateArn as CertificateArn | undefined,
    defaultAction: request.action,
  };
  checkListener(settings);
  checkAction(settings.defaultAction, settings);
  return settings;
}
