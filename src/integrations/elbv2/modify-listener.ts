import type { CertificateArn } from "#domain/arn.ts";
import { checkedActions, type GivenAction, type OrderedAction } from "#domain/balancers/actions.ts";
import {
  type AlpnPolicy,
  changedListener,
  checkFips,
  checkListener,
  type Listener,
} from "#domain/balancers/listener.ts";
import { listenerAttributes } from "#domain/balancers/listener-attributes.ts";
import { LISTENER_PROTOCOLS, listenerProtocol } from "#domain/balancers/protocols.ts";
import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import { addListenerCertificate, removeListenerCertificate } from "#store/listener-certificates.ts";
import { listRules } from "#store/listener-rules.ts";
import { findListenerOnPort, listListeners, setListenerAttributes, updateListener } from "#store/listeners.ts";
import type { Tx } from "#store/store.ts";
import { settleCertificates } from "./certificates.ts";
import { portUsed } from "./create-listener.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldListener } from "./find.ts";
import { useTargetGroups } from "./forwarding.ts";
import { clearCertificates } from "./listener-certificates.ts";
import { type GivenMutualAuthentication, settledMutual } from "./mutual-authentication.ts";
import { MOST_RULES } from "./rules.ts";
import { forgetSecrets, sealActions } from "./secrets.ts";
import { announceDistrust } from "./trust-store-changes.ts";

export interface ListenerModification {
  /** As the caller wrote it. */
  readonly listenerArn: string;
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  readonly sslPolicy: string | undefined;
  readonly alpnPolicy: AlpnPolicy | "clear" | undefined;
  readonly certificateArn: string | undefined;
  readonly mutualAuthentication: GivenMutualAuthentication | undefined;
  readonly actions: readonly OrderedAction<GivenAction>[] | undefined;
}

/**
 * Replaces what is said of a listener. A default certificate that it no longer has is detached in the same transaction,
 * unless another listener of the load balancer has it; a client secret that it no longer needs is destroyed. Throws as
 * `createListener`, and `listener-not-found`.
 */
export async function modifyListener(
  request: ListenerModification,
  owner: Owner,
  deps: BalancerDeps,
): Promise<Listener> {
  return await deps.store.transaction().execute(async (tx) => {
    const { listener: present, balancer } = await heldListener(tx, request.listenerArn, owner);
    const protocol = request.protocol === undefined ? undefined : listenerProtocol(balancer.type, request.protocol);
    const settings = changedListener(present, {
      port: request.port,
      protocol,
      sslPolicy: request.sslPolicy,
      alpnPolicy: request.alpnPolicy,
      defaultCertificate: request.certificateArn as CertificateArn | undefined,
      mutualAuthentication: await settledMutual(tx, request.mutualAuthentication, owner),
    });
    checkListener(settings);
    const actions = checkedActions<GivenAction>(request.actions ?? kept(present.defaultActions), settings);
    await checkRules(tx, present, settings);
    if (settings.port !== present.port && (await findListenerOnPort(tx, balancer.arn, settings.port))) {
      throw portUsed(settings.port);
    }
    const others = await listListeners(tx, balancer.arn);
    checkFips([...others.filter(({ arn }) => arn !== present.arn), settings]);
    const next: Listener = {
      ...present,
      ...settings,
      defaultActions: await sealActions(tx, actions, present.defaultActions, balancer, deps),
      attributes: stillGood(present, settings.protocol),
    };
    await updateListener(tx, next);
    await setListenerAttributes(tx, next.arn, next.attributes);
    await useTargetGroups(tx, { ruleArn: next.ruleArn, listener: next, actions: next.defaultActions }, balancer);
    const touched = await changeCertificates(tx, present, next);
    // One that is named anew is settled, too: its grant may have been ended by hand.
    const named = request.certificateArn === undefined ? [] : [request.certificateArn as CertificateArn];
    await settleCertificates(tx, balancer, [...touched, ...named], deps);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    await forgetSecrets(tx, present.defaultActions, next.defaultActions, deps);
    await announceDistrust(tx, present, next);
    return next;
  });
}

/** Actions that stay: their secrets are there. */
function kept(actions: Listener["defaultActions"]): readonly OrderedAction<GivenAction>[] {
  return actions.map(({ action, order }) => ({
    action: action.type === "authenticate-oidc" ? { ...action, secret: "existing" } : action,
    order,
  }));
}

/** The listener's other rules must suit its new protocol and port, too. */
async function checkRules(tx: Tx, present: Listener, next: Pick<Listener, "protocol" | "port">): Promise<void> {
  if (next.protocol === present.protocol && next.port === present.port) return;
  for (const { actions } of await listRules(tx, present.arn, 0, MOST_RULES)) checkedActions(actions, next);
}

/** Attributes that were set for one protocol do not all exist for another. */
function stillGood({ attributes, protocol }: Listener, next: Listener["protocol"]): Listener["attributes"] {
  if (next === protocol) return attributes;
  const { table } = listenerAttributes(next);
  return Object.fromEntries(
    Object.entries(attributes).filter(([key, value]) => {
      const rule = Object.hasOwn(table, key) ? table[key] : undefined;
      return rule !== undefined && rule.check(value) === undefined;
    }),
  );
}

/** Writes the certificates of a changed listener and answers which ones that touched. */
async function changeCertificates(tx: Tx, present: Listener, next: Listener): Promise<readonly CertificateArn[]> {
  if (!LISTENER_PROTOCOLS[next.protocol].secure) return await clearCertificates(tx, present);
  const [before, after] = [present.defaultCertificate, next.defaultCertificate];
  if (before === after) return [];
  if (before !== undefined) await removeListenerCertificate(tx, next.arn, { certificateArn: before, isDefault: true });
  if (after !== undefined) await addListenerCertificate(tx, next, { certificateArn: after, isDefault: true });
  return [before, after].filter((arn) => arn !== undefined);
}
