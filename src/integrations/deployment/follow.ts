import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { type DeploymentFacts, nextDeploymentStep, type Place, type Sighting } from "#domain/deployment/deployment.ts";
import { isLocalEdge } from "#domain/fleet/names.ts";
import { enqueueBy } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { FOLLOW_DEPLOYMENT } from "#lifecycle/deployment-job.ts";
import { destroyKeysBefore } from "#lifecycle/destroy-keys.ts";
import { servableUntil } from "#lifecycle/edge-certificate.ts";
import { type CurrentVersion, findCurrentVersion } from "#store/certificate-versions.ts";
import { type CertificateState, readCertificateState } from "#store/certificates.ts";
import { type Deployment, listDeployments, moveDeployment, noteLook, openDeploymentsOf } from "#store/deployments.ts";
import { findEdgeAddress } from "#store/edge-carriage.ts";
import { announce } from "#store/edge-changes.ts";
import {
  isOthersSerial,
  listPlaces,
  listRefusals,
  putSighting,
  removeRefusals,
  type StoredPlace,
} from "#store/edge-sightings.ts";
import { findLoadBalancer } from "#store/load-balancers.ts";
import type { Store } from "#store/store.ts";
import { type Door, type Look, lookAt } from "./look.ts";

export interface FollowDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told when a version was rolled back: somebody should look at that edge. */
  readonly onRollBack: (certificateArn: CertificateArn, problem: string) => void;
}

/**
 * Looks from outside how far the version in force has come on every load balancer, and does what is next: it is done
 * with, goes back to the version before, or is looked at again. Answers when; undefined when there is nothing to follow.
 */
export async function followDeployments(certificateArn: CertificateArn, deps: FollowDeps): Promise<Date | undefined> {
  const { store } = deps;
  const certificate = await readCertificateState(store, certificateArn);
  const version = await findCurrentVersion(store, certificateArn);
  if (!certificate || !version) return undefined;
  const open = (await listDeployments(store, certificateArn)).filter(({ state }) => state !== "DEPLOYED");
  const again: Date[] = [];
  for (const deployment of open) {
    const next = await follow(deployment, { certificate, version }, deps);
    if (next) again.push(next);
  }
  if (again.length === 0) await destroyEarlier(certificateArn, version.generation, deps);
  return again.toSorted((a, b) => a.getTime() - b.getTime())[0];
}

/** Looks again at everything that is followed on a load balancer: it can be seen somewhere from now on. */
export async function followBalancer(
  loadBalancerArn: LoadBalancerArn,
  { store, clock }: FollowDeps,
): Promise<undefined> {
  for (let after = ""; ; ) {
    const page = await openDeploymentsOf(store, loadBalancerArn, after, PAGE);
    await store.transaction().execute(async (tx) => {
      for (const subject of page) await enqueueBy(tx, { task: FOLLOW_DEPLOYMENT, subject }, clock.now());
    });
    after = page.at(-1) ?? after;
    if (page.length < PAGE) return undefined;
  }
}

interface Subject {
  readonly certificate: CertificateState;
  readonly version: CurrentVersion;
}

async function follow(deployment: Deployment, subject: Subject, deps: FollowDeps): Promise<Date | undefined> {
  const { store, clock } = deps;
  const { certificateArn, loadBalancerArn } = deployment;
  if (deployment.generation !== subject.version.generation) return clock.now(); // a newer one begins just now
  const facts = await factsOf(deployment, subject, deps);
  const now = clock.now();
  const step = nextDeploymentStep(facts, now);
  const move = { from: deployment.state, at: now.getTime() };
  switch (step.kind) {
    case "wait":
      await noteLook(store, deployment, step.problem);
      return step.again;
    case "deployed":
      await store.transaction().execute((tx) => moveDeployment(tx, deployment, { ...move, to: "DEPLOYED" }));
      return undefined;
    case "roll-back":
      return await store.transaction().execute(async (tx) => {
        if (!(await moveDeployment(tx, deployment, { ...move, to: "ROLLED_BACK", problem: step.problem }))) return now;
        await announce(tx, { kind: "certificate", loadBalancerArn, certificateArn });
        deps.onRollBack(certificateArn, step.problem);
        return step.again;
      });
    case "try-again":
      return await store.transaction().execute(async (tx) => {
        await moveDeployment(tx, deployment, { ...move, to: "IN_PROGRESS" });
        await removeRefusals(tx, deployment);
        await announce(tx, { kind: "certificate", loadBalancerArn, certificateArn });
        return now;
      });
  }
}

async function factsOf(deployment: Deployment, subject: Subject, deps: FollowDeps): Promise<DeploymentFacts> {
  const { store } = deps;
  const { state, startedAt, changedAt, looks, attempts, previous } = deployment;
  const stored = await listPlaces(store, deployment);
  const refusals = (await listRefusals(store, deployment)).filter(({ serial }) => serial === subject.version.serial);
  const mayGoBack = previous !== null && (state === "ROLLED_BACK" || refusals.length > 0);
  const end = mayGoBack ? await servableUntil(store, deployment.certificateArn, previous) : undefined;
  // After a roll-back there is nothing to be seen before the next try.
  const sightings = state === "ROLLED_BACK" ? [] : await see(stored, deployment, subject, deps);
  const places = sightings.map((sighting, i): Place => {
    const { edge, listenerArn } = stored[i] as StoredPlace;
    const refusal = refusals.find((one) => one.edge === edge);
    return {
      edge,
      listenerArn,
      refusal: refusal && { reason: refusal.reason, since: new Date(refusal.since) },
      sighting,
    };
  });
  return {
    state,
    serial: subject.version.serial,
    startedAt: new Date(startedAt),
    changedAt: new Date(changedAt),
    looks,
    attempts,
    backUntil: end && later(end, -HOUR),
    places,
  };
}

/** Looks at all places at once, and notes what was seen. */
async function see(
  places: readonly StoredPlace[],
  { certificateArn, loadBalancerArn }: Deployment,
  { certificate }: Subject,
  deps: FollowDeps,
): Promise<Sighting[]> {
  const { store, clock } = deps;
  const whom = { serverName: askableName(certificate.names), keyType: keyTypeOf(certificate) };
  const looks = await Promise.all(
    places.map(async (place): Promise<Look> => {
      const problem = await whyNotThere(place, loadBalancerArn, store);
      return problem === undefined ? await lookAt({ ...place, ...whom }, deps) : { problem };
    }),
  );
  const on = { certificateArn, loadBalancerArn };
  await store.transaction().execute(async (tx) => {
    for (const [i, { edge, listenerArn }] of places.entries()) {
      const seen = { serial: null, problem: null, ...looks[i] };
      await putSighting(tx, { ...on, edge, listenerArn, at: clock.now().getTime(), ...seen });
    }
  });
  return await Promise.all(
    looks.map(async (look) =>
      "serial" in look ? { ...look, others: await isOthersSerial(store, look.serial, on) } : look,
    ),
  );
}

/** Why no client gets there. What an edge on another machine says is not looked at elsewhere than at its address. */
async function whyNotThere(
  { edge, address, port, error }: StoredPlace,
  loadBalancerArn: LoadBalancerArn,
  store: Store,
): Promise<string | undefined> {
  if (port === 0) return `it does not listen: ${error ?? "the port is not bound"}`;
  if (isLocalEdge(edge)) return undefined;
  const own =
    (await findEdgeAddress(store, edge, loadBalancerArn)) ?? (await findLoadBalancer(store, loadBalancerArn))?.address;
  return own === address ? undefined : `it says that it listens at ${address}, which is not its address`;
}

/** Every edge was seen with the version in force: the keys before it have served. */
async function destroyEarlier(
  certificateArn: CertificateArn,
  generation: number,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  await store.transaction().execute((tx) => destroyKeysBefore(tx, certificateArn, generation, clock.now()));
}

/** A name that a client can ask for; a wildcard answers for any label. */
function askableName(names: readonly string[]): string | undefined {
  return names.find((name) => /^[a-z0-9_.*-]+$/i.test(name) && /[a-z]/i.test(name))?.replace(/^\*/, "served-proof");
}

function keyTypeOf({ keyAlgorithm }: CertificateState): Door["keyType"] {
  return keyAlgorithm.startsWith("RSA") ? "RSA" : "EC";
}

const PAGE = 200;
