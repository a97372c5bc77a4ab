import { type LoadBalancerArn, parseArn } from "#domain/arn.ts";
import type { DeploymentState } from "#domain/deployment/deployment.ts";
import type { Owner } from "#domain/names.ts";
import { certificateNotFound, readCertificateArn } from "#lifecycle/find.ts";
import { findCurrentVersion, findVersion } from "#store/certificate-versions.ts";
import { readCertificateState } from "#store/certificates.ts";
import { type Deployment, listDeployments } from "#store/deployments.ts";
import { listServing } from "#store/edge-reports.ts";
import { listPlaces, listSightings, type StoredPlace, type StoredSighting } from "#store/edge-sightings.ts";
import type { Store } from "#store/store.ts";

/** How far the version in force has come on one load balancer. */
export interface DescribedDeployment {
  readonly loadBalancerArn: LoadBalancerArn;
  readonly state: DeploymentState;
  /** Of the version that is deployed, and of the one that edges are told to serve. */
  readonly serial: string;
  readonly servedSerial: string;
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly problem: string | undefined;
  /** One for each listener of each edge that carries it. */
  readonly places: readonly DescribedPlace[];
}

export interface DescribedPlace {
  readonly edge: string;
  readonly listenerArn: string;
  readonly address: string;
  readonly port: number;
  /** What the edge says that it serves. */
  readonly reportedSerial: string | undefined;
  /** What a handshake from outside last showed, or why there was none. */
  readonly seenSerial: string | undefined;
  readonly problem: string | undefined;
  readonly seenAt: Date | undefined;
}

/** Where a certificate of the caller's is served, and which version. Throws `certificate-arn-invalid`, `certificate-not-found`. */
export async function describeDeployments(
  arnText: string,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<readonly DescribedDeployment[]> {
  const arn = readCertificateArn(arnText);
  const { account, region } = parseArn(arn) ?? {};
  const isTheirs = account === owner.account && region === owner.region;
  if (!isTheirs || !(await readCertificateState(store, arn))) throw certificateNotFound(arn, owner);
  const current = await findCurrentVersion(store, arn);
  if (!current) return [];
  const described: DescribedDeployment[] = [];
  for (const deployment of await listDeployments(store, arn)) {
    described.push(await describe(deployment, current.serial, store));
  }
  return described;
}

async function describe(deployment: Deployment, serial: string, store: Store): Promise<DescribedDeployment> {
  const { certificateArn, loadBalancerArn, state, previous, startedAt, changedAt, problem } = deployment;
  const back =
    state === "ROLLED_BACK" && previous !== null ? await findVersion(store, certificateArn, previous) : undefined;
  const sightings = await listSightings(store, deployment);
  const reports = (await listServing(store, certificateArn)).filter((one) => one.loadBalancerArn === loadBalancerArn);
  const places = await listPlaces(store, deployment);
  return {
    loadBalancerArn,
    state,
    serial,
    servedSerial: back?.serial ?? serial,
    startedAt: new Date(startedAt),
    changedAt: new Date(changedAt),
    problem: problem ?? undefined,
    places: places.map((place) =>
      describePlace(
        place,
        sightings.find(({ edge, listenerArn }) => edge === place.edge && listenerArn === place.listenerArn),
        reports.find(({ edge }) => edge === place.edge)?.serial,
      ),
    ),
  };
}

function describePlace(
  { edge, listenerArn, address, port }: StoredPlace,
  sighting: StoredSighting | undefined,
  reportedSerial: string | undefined,
): DescribedPlace {
  return {
    edge,
    listenerArn,
    address,
    port,
    reportedSerial,
    seenSerial: sighting?.serial ?? undefined,
    problem: sighting?.problem ?? undefined,
    seenAt: sighting && new Date(sighting.at),
  };
}
