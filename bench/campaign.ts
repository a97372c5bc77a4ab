import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { SHARD_CAPACITY } from "#ca/crl-shards.ts";
import { leavePlace, newPlace, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { handshake } from "#cli/demo/wire.ts";
import { openApiClient } from "#cli/rehearse/api-client.ts";
import { parseRecordName, sortKey } from "#domain/zones/record-name.ts";
import { systemClock } from "#lib/clock.ts";
import { type RevocationList, readRevocationList } from "#lib/x509-crl-reader.ts";
import type { Campaign } from "#services/sealkeeper/campaign-api.ts";
import { type CertificateFleet, handshakeLoad, openFleet } from "../tests/support/campaign-fleet.ts";
import { multiplyCertificate } from "./multiply.ts";
import { clientsOfPlace, REGION } from "./product.ts";

const HELP = `node bench/campaign.ts [--certificates 100000] [--served 200] [--clients 4] [--concurrency 8]

A campaign against an intermediate: all certificates are replaced and revoked, while clients make handshakes with those
that are served. The served ones are made by the API; the others are copies of one of them, each with a name, a record
and a serial number of its own.
`;

const { values } = parseArgs({
  options: {
    certificates: { type: "string", default: "100000" },
    served: { type: "string", default: "200" },
    clients: { type: "string", default: "4" },
    concurrency: { type: "string", default: "8" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const total = Number(values.certificates);
  const served = Number(values.served);
  const settings = { "log-level": "error", "quota-listener-certificates": String(served + 10) };
  const place = await newPlace();
  let product = await startProduct(place, settings);
  try {
    say(`making ${served} certificates that are served …`);
    const fleet = await openFleet(product, clientsOfPlace(product), {
      certificates: served + 1,
      served,
      domain: DOMAIN,
    });
    await product.stop();
    say(`making ${total - served - 1} that nobody uses …`);
    copy(join(place.dataDir, "sealkeeper.db"), fleet, served, total);
    product = await startProduct(place, settings);
    for (const host of fleet.hosts) {
      await until(`${host} is served again`, () => handshake({ ...fleet.front, host }).catch(() => undefined), 120);
    }
    await campaign(product, fleet, total);
  } finally {
    await product.stop();
    leavePlace(place);
  }
}

async function campaign(product: Product, fleet: CertificateFleet, total: number): Promise<void> {
  const api = openApiClient(product.endpoint, product.credentials, { clock: systemClock });
  const state = async (CampaignId: string): Promise<Campaign> =>
    (await api.call("DescribeCampaign", { CampaignId }, REGION)).Campaign;
  const planning = performance.now();
  const asked = { Selection: { Issuer: "ec1" }, Reason: "keyCompromise", Rate: 0, SameIssuer: true } as const;
  const Concurrency = Number(values.concurrency);
  const { CampaignId } = (await api.call("PlanCampaign", { ...asked, Concurrency }, REGION)).Campaign;
  while ((await state(CampaignId)).State === "PLANNING") await pause(100);
  const planned = seconds(planning);

  const load = handshakeLoad(fleet, Number(values.clients));
  const starting = performance.now();
  await api.call("StartCampaign", { CampaignId }, REGION);
  let now = await state(CampaignId);
  for (let told = 0; now.State === "RUNNING"; now = await state(CampaignId)) {
    if (seconds(starting) - told > 10) {
      told = seconds(starting);
      say(`${now.Counts.Done} of ${total} done after ${Math.round(told)} s, ${Math.round(now.Pace ?? 0)} a second`);
    }
    await pause(250);
  }
  const took = seconds(starting);
  const { handshakes, lost } = await load.stop();
  const ended = performance.now();
  const serials = await oldSerials(product, CampaignId);
  let crls = await fetchCrls(product);
  let missing = unlisted(serials, crls);
  for (; missing > 0 && seconds(ended) < MOST_UNTIL_LISTED; missing = unlisted(serials, crls)) {
    await pause(500);
    crls = await fetchCrls(product);
  }
  const listed = seconds(ended);
  const rows: readonly (readonly [string, string])[] = [
    ["certificates", String(now.Plan.Certificates)],
    ["of them served, under load", String(fleet.hosts.length)],
    ["planned in", `${planned.toFixed(1)} s`],
    ["all replaced and revoked in", `${took.toFixed(1)} s (${(now.Counts.Done / took).toFixed(1)} a second)`],
    ["done, skipped", `${now.Counts.Done}, ${now.Counts.Skipped}`],
    [
      "in the CRLs",
      `${crls.reduce((sum, { entries }) => sum + entries, 0)} entries in ${crls.length}, all of them ${listed.toFixed(1)} s after the last was revoked`,
    ],
    ["old serial numbers that are in no CRL", String(missing)],
    ["handshakes during it", String(handshakes)],
    ["lost handshakes", String(lost.length)],
  ];
  process.stdout.write(`${rows.map(([what, value]) => `${what.padEnd(44)}${value}`).join("\n")}\n`);
  for (const one of new Set(lost)) say(one);
  if (missing > 0 || lost.length > 0 || now.Counts.Done !== total) process.exitCode = 1;
}

/** The CRL of the issuer, and those of its shards. */
async function fetchCrls({ endpoint }: Product): Promise<readonly RevocationList[]> {
  const lists: RevocationList[] = [];
  for (let shard = 0; ; shard += 1) {
    const answer = await fetch(`${endpoint}/ca/ec1${shard === 0 ? "" : `/${shard}`}.crl`);
    if (!answer.ok) return lists;
    lists.push(readRevocationList(Buffer.from(await answer.arrayBuffer())));
  }
}

/** The serial numbers that the report says were replaced. */
async function oldSerials(product: Product, CampaignId: string): Promise<readonly Buffer[]> {
  const api = openApiClient(product.endpoint, product.credentials, { clock: systemClock });
  const serials: Buffer[] = [];
  for (let NextToken: string | undefined; ; ) {
    const asked = { CampaignId, MaxResults: 1_000, ...(NextToken === undefined ? {} : { NextToken }) };
    const page = await api.call("ListCampaignCertificates", asked, REGION);
    for (const { Serial = "" } of page.Certificates) serials.push(Buffer.from(Serial, "hex"));
    ({ NextToken } = page);
    if (NextToken === undefined) return serials;
  }
}

/** How many of them are in no CRL. */
function unlisted(serials: readonly Buffer[], crls: readonly RevocationList[]): number {
  return serials.filter((serial) => !crls.some((crl) => crl.has(serial))).length;
}

/** Copies of the one that is not served; each is proved by a record of its own. */
function copy(path: string, { arns, zoneId }: CertificateFleet, served: number, total: number): void {
  const template = arns[served] ?? "";
  const count = total - served - 1;
  multiplyCertificate(path, template, count);
  using database = new DatabaseSync(path);
  database.exec("begin");
  const { name, value } = database
    .prepare("select record_name as name, record_value as value from domain_validations where certificate_arn = ?")
    .get(template) as { name: string; value: string };
  const insert = database.prepare(
    "insert into record_sets (zone_id, name_key, type, ttl, record_values, alias) values (?, ?, 'CNAME', 60, ?, null)",
  );
  const label = name.slice(0, name.indexOf("."));
  for (let n = 1; n <= count; n += 1) {
    const record = parseRecordName(`${label}.n${n}.${name.slice(label.length + 1)}`);
    if (!record) throw new Error("no record name");
    insert.run(zoneId.replace("/hostedzone/", ""), sortKey(record), JSON.stringify([value]));
  }
  // Places in the CRL's shards are given out in the order of issuance; the copies were issued at once, and in no order.
  database.exec(
    `update ca_issuances set shard = 1 + (${served} + rowid) / ${SHARD_CAPACITY}
     where certificate_arn like '%-0000-4000-8000-000000000000';
     insert into ca_crl_places (place) values (${total})`,
  );
  database.exec("commit");
}

function seconds(since: number): number {
  return (performance.now() - since) / 1_000;
}

function pause(length: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, length));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const DOMAIN = "campaign.example";
/** Seconds: what a revocation may take until every CRL says it. */
const MOST_UNTIL_LISTED = 60;

if (values.help) process.stdout.write(HELP);
else await main();
