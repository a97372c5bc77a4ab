import type { EdgeMessage, MetricSample } from "#domain/edge-messages.ts";

export type MinuteReport = Extract<EdgeMessage, { kind: "metrics" }>;

/** Sums what several workers measured in the same minute. */
export interface MinuteSums {
  /** The minutes that are whole with this report: every worker in `counted` has told them, or tells a later one. */
  add(worker: number, report: MinuteReport, counted: ReadonlySet<number>): readonly MinuteReport[];
  /** A worker tells nothing any more. */
  left(worker: number, counted: ReadonlySet<number>): readonly MinuteReport[];
}

export function minuteSums(): MinuteSums {
  const minutes = new Map<number, Minute>();
  /** The last minute that each worker told. */
  const latest = new Map<number, number>();

  const whole = (counted: ReadonlySet<number>): readonly MinuteReport[] => {
    const isPast = (at: number): boolean =>
      [...counted].every((worker) => (latest.get(worker) ?? Number.NEGATIVE_INFINITY) >= at) ||
      minutes.size > MOST_MINUTES;
    const done = [...minutes.keys()].toSorted((one, other) => one - other).filter(isPast);
    return done.map((at) => {
      const { samples } = minutes.get(at) ?? { samples: new Map() };
      minutes.delete(at);
      return { kind: "metrics", at, samples: [...samples.values()] };
    });
  };
  return {
    add(worker, { at, samples }, counted) {
      const minute = minutes.get(at) ?? { samples: new Map<string, MetricSample>() };
      minutes.set(at, minute);
      for (const sample of samples) {
        const key = `${sample.loadBalancerArn} ${sample.targetGroupArn ?? ""} ${sample.name}`;
        const known = minute.samples.get(key);
        minute.samples.set(key, known ? sum(known, sample) : sample);
      }
      latest.set(worker, Math.max(at, latest.get(worker) ?? 0));
      return whole(counted);
    },
    left(worker, counted) {
      latest.delete(worker);
      return whole(counted);
    },
  };
}

function sum(one: MetricSample, other: MetricSample): MetricSample {
  return {
    ...one,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    least: Math.min(one.least, other.least),
    most: Math.max(one.most, other.most),
  };
}

interface Minute {
  readonly samples: Map<string, MetricSample>;
}

/** A worker that tells nothing holds the others' minutes up for no longer than this. */
const MOST_MINUTES = 3;
