import type { CertificateArn } from "#domain/arn.ts";
import { checkedActions, type GivenAction, type OrderedAction } from "#domain/balancers/actions.ts";
import { listenerArn, ruleArn } from "#domain/balancers/arns.ts";
import {
  type AlpnPolicy,
  checkFips,
  checkListener,
  type Listener,
  type ListenerSettings,
  type MutualAuthentication,
  sameListener,
} from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { LISTENER_PROTOCOLS, listenerProtocol } from "#domain/balancers/protocols.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { DEFAULT_TLS_POLICY } from "#domain/tls/policies.ts";
import { announce } from "#store/edge-changes.ts";
import { addListenerCertificate } from "#store/listener-certificates.ts";
import { findListenerOnPort, insertListener, listListeners } from "#store/listeners.ts";
import type { Tx } from "#store/store.ts";
import { settleCertificates } from "./certificates.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldLoadBalancer } from "./find.ts";
import { useTargetGroups } from "./forwarding.ts";
import { type GivenMutualAuthentication, settledMutual } from "./mutual-authentication.ts";
import { sealActions } from "./secrets.ts";
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
  readonly mutualAuthentication: GivenMutualAuthentication | undefined;
  readonly actions: readonly OrderedAction<GivenAction>[];
  readonly tags: readonly Tag[];
}

/**
 * Makes a listener; its default certificate is attached to the load balancer, and the client secrets of its actions are
 * sealed for it, in the same transaction. Asking again with the same settings answers the same one. Throws
 * `listener-port-used`, `listeners-too-many`, what the checks of domain/balancers throw, and every reason why a
 * certificate cannot be attached.
 */
export async function createListener(request: NewListener, owner: Owner, deps: BalancerDeps): Promise<Listener> {
  checkTags(request.tags);
  return await deps.store.transaction().execute(async (tx) => {
    const balancer = await heldLoadBalancer(tx, request.loadBalancerArn, owner);
    const mutual = await settledMutual(tx, request.mutualAuthentication, owner);
    const asked = checkedSettings(request, balancer.type, mutual === "off" ? undefined : mutual);
    const present = await findListenerOnPort(tx, balancer.arn, asked.port);
    if (present) {
      if (sameListener(present, asked) && (await sameTags(tx, present.arn, request.tags))) return present;
      throw portUsed(asked.port);
    }
    await checkAmong(tx, asked, balancer, deps);
    const arn = listenerArn(balancer.arn, deps.ids.hex(8));
    const listener: Listener = {
      ...asked,
      defaultActions: await sealActions(tx, asked.defaultActions, [], balancer, deps),
      arn,
      loadBalancerArn: balancer.arn,
      ruleArn: ruleArn(arn, deps.ids.hex(8)),
      attributes: {},
    };
    await insertListener(tx, listener);
    await useTargetGroups(tx, { ruleArn: listener.ruleArn, listener, actions: listener.defaultActions }, balancer);
    const certificateArn = listener.defaultCertificate;
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

type AskedListener = Omit<ListenerSettings, "defaultActions"> & {
  readonly defaultActions: readonly OrderedAction<GivenAction>[];
};

function checkedSettings(
  request: NewListener,
  type: LoadBalancer["type"],
  mutualAuthentication: MutualAuthentication | undefined,
): AskedListener {
  const protocol = listenerProtocol(type, request.protocol);
  const settings = {
    port: request.port,
    protocol,
    sslPolicy: request.sslPolicy ?? (LISTENER_PROTOCOLS[protocol].secure ? DEFAULT_TLS_POLICY : undefined),
    alpnPolicy: request.alpnPolicy,
    defaultCertificate: request.certificateArn as CertificateArn | undefined,
    mutualAuthentication,
  };
  checkListener(settings);
  return { ...settings, defaultActions: checkedActions(request.actions, settings) };
}

async function checkAmong(
  tx: Tx,
  asked: AskedListener,
  { arn }: LoadBalancer,
  { balancerQuotas: { listenersPerBalancer } }: BalancerDeps,
): Promise<void> {
  const others = await listListeners(tx, arn);
  if (others.length >= listenersPerBalancer) {
    throw new Refusal("listeners-too-many", `A load balancer can have up to ${listenersPerBalancer} listeners`);
  }
  checkFips([...others, asked]);
}
