import { existsSync } from "node:fs";
import { parseArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import { type DescribedDeployment, describeDeployments } from "#integrations/deployment/describe.ts";
import { type DomainExplanation, type Explanation, explainCertificate } from "#lifecycle/explain.ts";
import type { OrderExplanation } from "#lifecycle/upstream/explain-orders.ts";
import { ConfigError } from "#main/config-error.ts";
import { openStore } from "#store/store.ts";
import { readSettings } from "./settings.ts";

/** `sealkeeper explain CERTIFICATE_ARN`: why a certificate is as it is. Asks the database, so `serve` need not run. */
export async function main(args: readonly string[]): Promise<number> {
  const { config, words } = readSettings(args, 1);
  const [arn = ""] = words;
  const { account, region } = parseArn(arn) ?? {};
  if (!account || !region) throw new ConfigError(`"${arn}" is not the ARN of a certificate`);
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  const store = await openStore(config.database);
  try {
    const explanation = await explainCertificate(arn, { account, region }, { store });
    const deployments = await describeDeployments(arn, { account, region }, { store });
    process.stdout.write(tellExplanation(arn, explanation, deployments));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  } finally {
    await store.destroy();
  }
}

/** An explanation in lines for people. */
export function tellExplanation(
  arn: string,
  { status, trouble, domains, orders }: Explanation,
  deployments: readonly DescribedDeployment[] = [],
): string {
  return [
    arn,
    line("status", status),
    ...(trouble === undefined ? [] : [line("trouble", trouble)]),
    ...domains.flatMap(tellDomain),
    ...orders.flatMap(tellOrder),
    ...deployments.flatMap(tellDeployment),
    "",
  ].join("\n");
}

function tellDomain({
  domainName,
  purpose,
  status,
  problem,
  lookups,
  checkedAt,
  checkAt,
}: DomainExplanation): string[] {
  return [
    "",
    `${domainName}, to ${purpose === "RENEWAL" ? "renew" : "issue"}`,
    line("status", status),
    ...(problem === undefined ? [] : [line("why", problem)]),
    ...(lookups ?? []).map(({ name, type, server, answer, failure }) =>
      line("asked", `${server} for ${type} ${name}: ${answer ?? failure ?? "no answer"}`),
    ),
    ...(checkedAt === undefined ? [] : [line("looked at", new Date(checkedAt).toISOString())]),
    ...(status === "PENDING_VALIDATION" ? [line("again at", new Date(checkAt).toISOString())] : []),
  ];
}

function tellOrder({ ca, version, state, problem, changedAt, again, renewal }: OrderExplanation): string[] {
  return [
    "",
    `order at ${ca}, for the certificate ${version === "next" ? "to come" : "in force"}`,
    line("state", `${state} since ${changedAt.toISOString()}`),
    ...(problem === undefined ? [] : [line("why", problem)]),
    ...(again === undefined ? [] : [line("again at", again.toISOString())]),
    ...(renewal === undefined
      ? []
      : [
          line("renew at", `${renewal.at.toISOString()}, as ${ca} wants it between ${renewal.from.toISOString()} and`),
          line("", `${renewal.to.toISOString()}${renewal.explanation === undefined ? "" : `: ${renewal.explanation}`}`),
        ]),
  ];
}

function tellDeployment({
  loadBalancerArn,
  state,
  servedSerial,
  changedAt,
  problem,
  places,
}: DescribedDeployment): string[] {
  return [
    "",
    `on ${loadBalancerArn}`,
    line("state", `${state} since ${changedAt.toISOString()}, serial ${servedSerial}`),
    ...(problem === undefined ? [] : [line("why", problem)]),
    ...places.map(({ edge, address, port, seenSerial, seenAt, problem: unseen }) =>
      line(
        "seen",
        `${edge} at ${address}:${port}: ${seenSerial ?? unseen ?? "not yet"}${seenAt ? `, ${seenAt.toISOString()}` : ""}`,
      ),
    ),
  ];
}

function line(label: string, value: string): string {
  return `  ${label.padEnd(10)}${value}`;
}
