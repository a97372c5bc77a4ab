/** One figure, and what it is held against. */
export interface Result {
  readonly what: string;
  readonly ours: number;
  readonly unit: string;
  /** The peer or limit measured in the same run. */
  readonly against?: { readonly name: string; readonly value: number };
  /** Whether more is better; the ratio is then ours / theirs, otherwise theirs / ours. */
  readonly more: boolean;
}

/** A table for people; the ratio is above 1 where we are better. */
export function showResults(title: string, results: readonly Result[]): string {
  const lines = results.map(({ what, ours, unit, against, more }) => {
    const ratio = against && (more ? ours / against.value : against.value / ours);
    const theirs = against ? `${show(against.value)} ${unit} (${against.name})` : "";
    return `  ${what.padEnd(58)} ${`${show(ours)} ${unit}`.padStart(16)}   ${theirs.padEnd(36)} ${ratio === undefined ? "" : `x ${ratio.toFixed(2)}`}`;
  });
  return [`\n${title}`, ...lines].join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

function show(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2);
}
