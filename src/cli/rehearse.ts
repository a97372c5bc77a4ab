import { parseArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";
import { systemClock } from "#lib/clock.ts";
import { ConfigError } from "#main/config-error.ts";
import type { Rehearsal } from "#services/sealkeeper/api.ts";
import { endWithReader } from "./end-with-reader.ts";
import { ApiError } from "./rehearse/api-client.ts";
import { openSource, type Source } from "./rehearse/source.ts";
import { tellRehearsal, tellRehearsals, worstFirst } from "./rehearse/tell.ts";
import { readSettings } from "./settings.ts";

/** `sealkeeper rehearse`: would every certificate be renewed? 1 when one would not. */
export async function main(args: readonly string[]): Promise<number> {
  const arns = args.filter((word) => word.startsWith("arn:"));
  const { config, own } = readSettings(
    args.filter((word) => !word.startsWith("arn:")),
    0,
    FLAGS,
  );
  const wanted = arns.map((arn) => ({ arn, region: regionOf(arn) }));
  endWithReader();
  const source = await openSource(config, own["endpoint-url"] ?? process.env["AWS_ENDPOINT_URL"], process.env);
  try {
    const { kept, counts } = await gather(source, wanted, own);
    const now = systemClock.now();
    const shown = own["json"] === "true" ? asJson(kept, counts) : asText(kept, counts, wanted.length > 0, now);
    process.stdout.write(shown);
    return counts.WOULD_NOT_RENEW > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ApiError)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  } finally {
    await source.close();
  }
}

interface Gathered {
  /** Those that are to be shown. */
  readonly kept: readonly Rehearsal[];
  /** Of all that were rehearsed. */
  readonly counts: Record<Verdict, number>;
}

async function gather(
  source: Source,
  wanted: readonly { readonly arn: string; readonly region: string }[],
  { owner, region, "failures-only": failuresOnly }: Readonly<Record<string, string | undefined>>,
): Promise<Gathered> {
  const kept: Rehearsal[] = [];
  const counts = { WOULD_RENEW: 0, WOULD_NOT_RENEW: 0, NOT_RENEWED_BY_US: 0 };
  let rehearsed = 0;
  const take = (rehearsals: readonly Rehearsal[]): void => {
    rehearsed += rehearsals.length;
    for (const rehearsal of rehearsals) {
      if (owner !== undefined && rehearsal.Owner !== owner) continue;
      counts[rehearsal.Verdict] += 1;
      if (failuresOnly !== "true" || rehearsal.Verdict === "WOULD_NOT_RENEW") kept.push(rehearsal);
    }
    showProgress(rehearsed, source);
  };
  for (const { arn, region: place } of wanted) take([await source.one(arn, place)]);
  for (const place of wanted.length > 0 ? [] : region === undefined ? await source.regions() : [region]) {
    for await (const page of source.all(place)) take(page);
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u{1b}[K");
  return { kept, counts };
}

function regionOf(arn: string): string {
  const { service, region } = parseArn(arn) ?? {};
  if (service !== "acm" || !region) throw new ConfigError(`"${arn}" is not the ARN of a certificate`);
  return region;
}

function asJson(kept: Gathered["kept"], counts: Gathered["counts"]): string {
  return `${JSON.stringify({ counts, rehearsals: worstFirst(kept) }, undefined, 2)}\n`;
}

function asText(kept: Gathered["kept"], counts: Gathered["counts"], inFull: boolean, now: Date): string {
  return inFull
    ? worstFirst(kept)
        .map((one) => tellRehearsal(one, now))
        .join("\n")
    : tellRehearsals(kept, counts, now);
}

function showProgress(rehearsed: number, { name }: Source): void {
  if (process.stderr.isTTY) process.stderr.write(`\rrehearsed ${rehearsed} certificates of ${name}`);
}

const FLAGS = {
  json: { type: "boolean" },
  owner: { type: "string" },
  region: { type: "string" },
  "failures-only": { type: "boolean" },
  "endpoint-url": { type: "string" },
} as const;
