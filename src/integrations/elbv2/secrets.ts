import { sealSecret } from "#custody/envelope.ts";
import { createGrant, retireGrant } from "#custody/grants.ts";
import type { LoadBalancerArn } from "#domain/arn.ts";
import { parseArn } from "#domain/arn.ts";
import { type GivenAction, type GivenOidc, type OrderedAction, secretsOf } from "#domain/balancers/actions.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { EdgeAction, EdgeSecret } from "#domain/edge-config.ts";
import { keyIdOf } from "#domain/keys/names.ts";
import { ELB } from "#domain/keys/service-authority.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import {
  findBalancerSecret,
  findSecretOfGrant,
  insertBalancerSecret,
  removeBalancerSecret,
} from "#store/balancer-secrets.ts";
import { announce } from "#store/edge-changes.ts";
import { findGrant } from "#store/grants.ts";
import type { Db, Tx } from "#store/store.ts";
import type { BalancerDeps } from "./deps.ts";

/**
 * The actions of a rule as they are kept: client secrets are sealed, each under a data key and a grant of its own, or
 * stay those that the rule has already. `present` are the rule's actions before. Throws `action-invalid`.
 */
export async function sealActions(
  tx: Tx,
  given: readonly OrderedAction<GivenAction>[],
  present: readonly OrderedAction[],
  balancer: LoadBalancer,
  deps: BalancerDeps,
): Promise<readonly OrderedAction[]> {
  const sealed: OrderedAction[] = [];
  for (const { action, order } of given) {
    const kept: EdgeAction =
      action.type === "authenticate-oidc"
        ? { ...action, secret: await sealedName(tx, action, present, balancer, deps) }
        : action;
    sealed.push({ action: kept, order });
  }
  return sealed;
}

/** Destroys the secrets that actions had before and do not have after, retires their grants and tells the edges. */
export async function forgetSecrets(
  tx: Tx,
  before: readonly OrderedAction[],
  after: readonly OrderedAction[],
  deps: BalancerDeps,
): Promise<void> {
  const needed = new Set(secretsOf(after));
  for (const name of secretsOf(before)) {
    if (needed.has(name)) continue;
    const gone = await removeBalancerSecret(tx, name);
    if (!gone) continue;
    await retireGrant(tx, { keyArn: gone.keyArn, grantId: gone.grantId, service: ELB }, deps);
    await announce(tx, { kind: "secret", loadBalancerArn: gone.loadBalancerArn, secret: name });
  }
}

/** A secret as an edge gets it; undefined when there is none of that name, or its grant was ended by hand. */
export async function edgeSecret(db: Db, name: string): Promise<EdgeSecret | undefined> {
  const found = await findBalancerSecret(db, name);
  const { account, region } = parseArn(found?.loadBalancerArn ?? "") ?? {};
  if (!found || !account || !region) return undefined;
  if (!(await findGrant(db, keyIdOf(found.keyArn), found.grantId))) return undefined;
  const { loadBalancerArn, wrappedDataKey, sealedKey, grantToken } = found;
  return {
    loadBalancerArn,
    name,
    account,
    region,
    wrappedDataKey,
    sealedKey,
    encryptionContext: secretContext(loadBalancerArn, name),
    grantToken,
  };
}

/** A grant was ended by hand: the edges that opened a secret under it are told to forget it. */
export async function noticeSecretGrantEnd(tx: Tx, grantId: string): Promise<void> {
  const secret = await findSecretOfGrant(tx, grantId);
  if (secret) await announce(tx, { kind: "secret", loadBalancerArn: secret.loadBalancerArn, secret: secret.name });
}

async function sealedName(
  tx: Tx,
  { secret }: GivenOidc,
  present: readonly OrderedAction[],
  balancer: LoadBalancer,
  deps: BalancerDeps,
): Promise<string> {
  if (secret === "existing") {
    const [name] = secretsOf(present);
    if (name === undefined) {
      throw new Refusal("action-invalid", "There is no existing client secret: a ClientSecret must be specified");
    }
    return name;
  }
  const name = deps.ids.hex(16);
  const context = secretContext(balancer.arn, name);
  const purpose = { alias: "alias/aws/elasticloadbalancing", service: ELB, context } as const;
  const envelope = await sealSecret(tx, secret, balancer, purpose, deps);
  const grant = await createGrant(
    tx,
    {
      keyArn: envelope.keyArn,
      granteePrincipal: balancer.arn,
      operations: ["Decrypt", "DescribeKey"],
      constraints: { encryptionContextEquals: context },
      name: undefined,
      service: ELB,
    },
    deps,
  );
  const createdAt = deps.clock.now().getTime();
  await insertBalancerSecret(tx, { ...envelope, ...grant, name, loadBalancerArn: balancer.arn, createdAt });
  await announce(tx, { kind: "secret", loadBalancerArn: balancer.arn, secret: name });
  return name;
}

/** What both ciphertexts of a secret are bound to. */
function secretContext(loadBalancerArn: LoadBalancerArn, name: string): EncryptionContext {
  return { "aws:elasticloadbalancing:arn": loadBalancerArn, "sealkeeper:secret": name };
}
