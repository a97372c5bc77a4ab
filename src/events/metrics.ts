import { BALANCER_METRICS, balancerMetricUnit, type MetricUnit } from "#domain/metrics/balancer-metrics.ts";
import {
  daysToExpiryPoints,
  issuancePoints,
  lastMeasured,
  type MeasuredTerm,
  type Point,
  renewalOverduePoints,
  type Span,
} from "#domain/metrics/series.ts";
import { type MeasuredSet, setOf } from "#domain/metrics/statistics.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { DAY, HOUR, later, MINUTE, type Millis } from "#lib/duration.ts";
import { acmeIssuancesOf, nextIssuingEndpoint } from "#store/acme-issuances.ts";
import { listSeries, pointsOf, type SeriesName } from "#store/balancer-metrics.ts";
import { latestTerms, termsOf } from "#store/certificate-terms.ts";
import type { Store } from "#store/store.ts";

export interface MetricDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/** A series of measurements: a metric of one thing. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** What was measured of a metric within a time, oldest first; nothing of one that there is not. */
export async function readPoints(
  metric: Metric,
  owner: Owner,
  span: Span,
  deps: MetricDeps,
): Promise<readonly MeasuredSet[]> {
  if (Object.hasOwn(BALANCER_METRICS, metric.namespace)) return await readBalancerPoints(metric, owner, span, deps);
  return (await readValues(metric, owner, span, deps)).map(setOf);
}

/** The unit of a metric; `None` where CloudWatch names none. */
export function unitOf({ namespace, name }: Pick<Metric, "namespace" | "name">): MetricUnit {
  return balancerMetricUnit(namespace, name) ?? "None";
}

async function readValues(metric: Metric, owner: Owner, span: Span, deps: MetricDeps): Promise<readonly Point[]> {
  const kind = KINDS.find(({ namespace, name }) => namespace === metric.namespace && name === metric.name);
  const [dimension, ...others] = metric.dimensions;
  if (!kind || !dimension || others.length > 0 || dimension.name !== kind.dimension) return [];
  // Nothing was measured in the future.
  const past = { from: span.from, to: Math.min(span.to, deps.clock.now().getTime() + 1) };
  if (past.from >= past.to) return [];
  if (kind.dimension === "CertificateArn") {
    return kind.points(await termsOf(deps.store, owner, dimension.value, past.from, past.to, MOST_READ), past);
  }
  const orders = await acmeIssuancesOf(deps.store, owner, dimension.value, past.from, past.to, MOST_READ);
  return issuancePoints(orders, kind.counts);
}

/** Which metrics are asked for: whatever is given must be so. */
export interface MetricFilter {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Without a value, any. */
  readonly dimensions: readonly { readonly name: string; readonly value: string | undefined }[];
  /** Only what was measured within so long. */
  readonly within: Millis | undefined;
}

export interface MetricPage {
  readonly metrics: readonly Metric[];
  readonly token: string | undefined;
}

/**
 * One page of the metrics that were measured lately. It looks at a bounded stretch, so a page may be short, even empty,
 * and yet not be the last. Throws `event-value-invalid` for a token that is none.
 */
export async function listMetrics(
  filter: MetricFilter,
  token: string | undefined,
  owner: Owner,
  deps: MetricDeps,
): Promise<MetricPage> {
  const place = token === undefined ? FIRST : readToken(token);
  if (place.kind >= KINDS.length) return await listBalancerMetrics(filter, place, owner, deps);
  const wanted = KINDS.map((kind, index) => ({ kind, index })).filter(
    ({ kind, index }) => index >= place.kind && isWanted(kind, filter),
  );
  const [current] = wanted;
  if (!current) return await listBalancerMetrics(filter, FIRST, owner, deps);
  const here = current.index === place.kind ? place : { ...FIRST, kind: current.index };
  const value = filter.dimensions.find(({ name }) => name === current.kind.dimension)?.value;
  const found =
    current.kind.dimension === "CertificateArn"
      ? await measuredCertificates(current.kind, value, filter, here, owner, deps)
      : await measuredEndpoints(value, filter, here, owner, deps);
  const metrics = found.values.map((each) => ({
    namespace: current.kind.namespace,
    name: current.kind.name,
    dimensions: [{ name: current.kind.dimension, value: each }],
  }));
  const next = found.next ?? { ...FIRST, kind: wanted.length > 1 ? current.index + 1 : KINDS.length };
  const isLast = next.kind === KINDS.length && !mayBeBalancer(filter);
  return { metrics, token: isLast ? undefined : writeToken(next) };
}

async function readBalancerPoints(
  { namespace, name, dimensions }: Metric,
  owner: Owner,
  { from, to }: Span,
  { store }: MetricDeps,
): Promise<readonly MeasuredSet[]> {
  const names = dimensions.map((dimension) => dimension.name);
  if (names.length === 0 || new Set(names).size < names.length || !names.every(isBalancerDimension)) return [];
  const valueOf = (wanted: string): string => dimensions.find((each) => each.name === wanted)?.value ?? "";
  const series = { namespace, name, loadBalancer: valueOf("LoadBalancer"), targetGroup: valueOf("TargetGroup") };
  return await pointsOf(store, owner, series, { from, to }, MOST_MINUTES);
}

/** One page of the metrics of load balancers; it looks at a bounded stretch, too. */
async function listBalancerMetrics(
  filter: MetricFilter,
  { after }: Place,
  owner: Owner,
  { store, clock }: MetricDeps,
): Promise<MetricPage> {
  if (!mayBeBalancer(filter)) return { metrics: [], token: undefined };
  const since = later(clock.now(), -(filter.within ?? LISTED)).getTime();
  const found = await listSeries(store, owner, Number(after) || 0, PAGE);
  const metrics = found.filter(({ lastAt }) => lastAt >= since).map(shownSeries);
  const last = found.length === PAGE ? found.at(-1) : undefined;
  return {
    metrics: metrics.filter((metric) => isListed(metric, filter)),
    token: last && writeToken({ kind: KINDS.length, after: String(last.id) }),
  };
}

function shownSeries({ namespace, name, loadBalancer, targetGroup }: SeriesName): Metric {
  const dimensions = [
    { name: "TargetGroup", value: targetGroup },
    { name: "LoadBalancer", value: loadBalancer },
  ];
  return { namespace, name, dimensions: dimensions.filter(({ value }) => value !== "") };
}

function isListed(metric: Metric, { namespace, name, dimensions }: MetricFilter): boolean {
  return (
    (namespace === undefined || namespace === metric.namespace) &&
    (name === undefined || name === metric.name) &&
    dimensions.every((wanted) =>
      metric.dimensions.some((each) => each.name === wanted.name && (wanted.value ?? each.value) === each.value),
    )
  );
}

function mayBeBalancer({ namespace, name, dimensions }: MetricFilter): boolean {
  const namespaces = Object.keys(BALANCER_METRICS).filter((each) => namespace === undefined || each === namespace);
  return (
    namespaces.some((each) => name === undefined || balancerMetricUnit(each, name) !== undefined) &&
    dimensions.every((dimension) => isBalancerDimension(dimension.name))
  );
}

function isBalancerDimension(name: string): boolean {
  return name === "LoadBalancer" || name === "TargetGroup";
}

interface CertificateKind {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: "CertificateArn";
  readonly every: Millis;
  readonly managedOnly: boolean;
  readonly points: (terms: readonly MeasuredTerm[], span: Span) => readonly Point[];
}

interface EndpointKind {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: "AcmeEndpointArn";
  readonly counts: "succeeded" | "failed";
}

/** Every kind of metric: those of ACM (https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html), and ours. */
const KINDS: readonly (CertificateKind | EndpointKind)[] = [
  {
    namespace: "AWS/CertificateManager",
    name: "DaysToExpiry",
    dimension: "CertificateArn",
    every: 12 * HOUR,
    managedOnly: false,
    points: daysToExpiryPoints,
  },
  {
    namespace: "AWS/CertificateManager",
    name: "CertificateIssuanceSuccess",
    dimension: "AcmeEndpointArn",
    counts: "succeeded",
  },
  {
    namespace: "AWS/CertificateManager",
    name: "CertificateIssuanceFailed",
    dimension: "AcmeEndpointArn",
    counts: "failed",
  },
  {
    namespace: "Sealkeeper",
    name: "RenewalOverdue",
    dimension: "CertificateArn",
    every: HOUR,
    managedOnly: true,
    points: renewalOverduePoints,
  },
];

function isWanted(kind: (typeof KINDS)[number], { namespace, name, dimensions }: MetricFilter): boolean {
  return (
    (namespace === undefined || namespace === kind.namespace) &&
    (name === undefined || name === kind.name) &&
    dimensions.every((dimension) => dimension.name === kind.dimension) &&
    new Set(dimensions.map((dimension) => dimension.value).filter((value) => value !== undefined)).size <= 1
  );
}

/** A place in the list: the kind, and the last thing of it that was looked at. */
interface Place {
  readonly kind: number;
  readonly after: string;
}

interface Found {
  readonly values: readonly string[];
  /** Undefined behind the last of this kind. */
  readonly next: Place | undefined;
}

async function measuredCertificates(
  kind: CertificateKind,
  arn: string | undefined,
  { within = LISTED }: MetricFilter,
  place: Place,
  owner: Owner,
  { store, clock }: MetricDeps,
): Promise<Found> {
  const now = clock.now();
  const from = later(now, -within).getTime();
  const terms =
    arn === undefined
      ? await latestTerms(store, owner, place.after, PAGE)
      : await termsOf(store, owner, arn, from, now.getTime() + 1, PAGE);
  const measured = terms.filter(
    (term) => (!kind.managedOnly || term.managed === 1) && lastMeasured(term, now.getTime(), kind.every) >= from,
  );
  const last = terms.at(-1);
  const isWhole = arn !== undefined || terms.length < PAGE || !last;
  return {
    values: [...new Set(measured.map(({ certificateArn }) => certificateArn))],
    next: isWhole ? undefined : { kind: place.kind, after: last.certificateArn },
  };
}

async function measuredEndpoints(
  arn: string | undefined,
  { within = LISTED }: MetricFilter,
  place: Place,
  owner: Owner,
  { store, clock }: MetricDeps,
): Promise<Found> {
  const from = later(clock.now(), -within).getTime();
  if (arn !== undefined) {
    const orders = await acmeIssuancesOf(store, owner, arn, from, clock.now().getTime() + MINUTE, 1);
    return { values: orders.length > 0 ? [arn] : [], next: undefined };
  }
  const values: string[] = [];
  let after = place.after;
  for (let count = 0; count < PAGE; count++) {
    const next = await nextIssuingEndpoint(store, owner, after);
    if (!next) return { values, next: undefined };
    if (next.at >= from) values.push(next.endpointArn);
    after = next.endpointArn;
  }
  return { values, next: { kind: place.kind, after } };
}

function writeToken({ kind, after }: Place): string {
  return Buffer.from(JSON.stringify([kind, after])).toString("base64url");
}

function readToken(token: string): Place {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parts) && parts.length === 2) {
      const [kind, after]: readonly unknown[] = parts;
      if (typeof kind === "number" && typeof after === "string") return { kind, after };
    }
  } catch {
    // refused below
  }
  throw new Refusal("event-value-invalid", "The parameter NextToken is not valid.");
}

const FIRST: Place = { kind: 0, after: "" };
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html: metrics of the past two weeks. */
const LISTED: Millis = 14 * DAY;
const PAGE = 500;
const MOST_READ = 20_000;
/** Those of 15 days, and some. */
const MOST_MINUTES = 22_000;
