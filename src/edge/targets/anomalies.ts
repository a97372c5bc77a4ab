import type { Station } from "./station.ts";

/**
 * Looks for targets that fail clearly more often than their peers, and changes the shares of a target group's healthy
 * targets: a look halves that of an anomalous one, down to a hundredth, and doubles that of one that has recovered. A
 * target is anomalous when the part of its answers that are 5xx or connection errors is at least a twentieth above that of
 * all others, and too far above it for chance (three standard deviations). At least three healthy targets are needed, and
 * less than half of them can be anomalous: what most do is no anomaly.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#automatic-target-weights
 */
export function lookForAnomalies(stations: readonly Station[], mitigate: boolean): void {
  const total = { answers: 0, failures: 0 };
  for (const { answers, failures } of stations) {
    total.answers += answers;
    total.failures += failures;
  }
  const most = stations.length < LEAST_TARGETS ? 0 : Math.ceil(stations.length / 2) - 1;
  const anomalous = stations
    .filter((station) => station.answers >= LEAST_ANSWERS && isFarAbove(station, total))
    .toSorted((a, b) => b.failures / b.answers - a.failures / a.answers)
    .slice(0, most);
  for (const station of stations) {
    // One with a small share is judged when it has given enough answers, or when that takes too long.
    const enough = station.answers >= LEAST_ANSWERS;
    station.looks += 1;
    if (!enough && station.looks < MOST_LOOKS) continue;
    station.anomalous = enough ? anomalous.includes(station) : station.anomalous && station.failures > 0;
    const { share } = station;
    station.share = station.anomalous && mitigate ? Math.max(LEAST_SHARE, share / 2) : Math.min(1, share * 2);
    station.answers = 0;
    station.failures = 0;
    station.looks = 0;
  }
}

interface Outcomes {
  readonly answers: number;
  readonly failures: number;
}

/** The usual test of two proportions. */
function isFarAbove(one: Outcomes, total: Outcomes): boolean {
  const answers = total.answers - one.answers;
  if (answers === 0) return false;
  const above = one.failures / one.answers - (total.failures - one.failures) / answers;
  const pooled = total.failures / total.answers;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / one.answers + 1 / answers));
  return above >= LEAST_DIFFERENCE && above > CHANCE * deviation;
}

const LEAST_TARGETS = 3;
const LEAST_ANSWERS = 10;
const LEAST_DIFFERENCE = 0.05;
const CHANCE = 3;
const LEAST_SHARE = 0.01;
const MOST_LOOKS = 6;
