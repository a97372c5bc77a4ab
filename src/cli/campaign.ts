import { systemClock } from "#lib/clock.ts";
import { ConfigError } from "#main/config-error.ts";
import type { Campaign, CampaignCertificate } from "#services/sealkeeper/campaign-api.ts";
import {
  COMMON_FLAGS,
  MANNER_FLAGS,
  readMannerFlags,
  readReason,
  readSelectionFlags,
  SELECTION_FLAGS,
} from "./campaign/flags.ts";
import { CSV_HEAD, csvCells, csvLine, tellPlan, tellReport, tellStatus } from "./campaign/tell.ts";
import { leaveState, read, watch } from "./campaign/watch.ts";
import { ANY_REGION, type Operator, openOperator, table } from "./edge/operator.ts";
import { endWithReader } from "./end-with-reader.ts";
import { ApiError } from "./rehearse/api-client.ts";
import type { OwnFlags } from "./settings.ts";

/** `sealkeeper campaign …`: mass revocation and re-issue. 1 where something was refused, or is not done. */
export async function main(args: readonly string[]): Promise<number> {
  const [word = "", ...rest] = args;
  const command = COMMANDS[word];
  if (!command)
    throw new ConfigError(`there is no "campaign ${word}": it is one of ${Object.keys(COMMANDS).join(", ")}`);
  endWithReader();
  try {
    return await command(rest);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  }
}

async function planCommand(args: readonly string[]): Promise<number> {
  const called = open(args, 0, { ...SELECTION_FLAGS, ...MANNER_FLAGS });
  const planned = await plan(called);
  const first = await mostExposed(called, planned.CampaignId);
  const next = `Nothing was changed. To start it: sealkeeper campaign start ${planned.CampaignId}`;
  called.print(planned, `${tellPlan(planned, first)}\n\n${next}`);
  return 0;
}

async function startCommand(args: readonly string[]): Promise<number> {
  const isPlanned = args.some((word) => CAMPAIGN_ID.test(word));
  const called = open(args, isPlanned ? 1 : 0, { ...(isPlanned ? {} : SELECTION_FLAGS), ...MANNER_FLAGS });
  const { api, region, own, words, print } = called;
  const CampaignId = isPlanned ? (words[0] ?? "") : (await plan(called)).CampaignId;
  const manner = isPlanned ? readMannerFlags(own) : {};
  const { Campaign } = await api.call("StartCampaign", { CampaignId, ...manner }, region);
  const further = `Watch it: sealkeeper campaign status ${CampaignId} --watch`;
  print(Campaign, `${tellStatus(Campaign, undefined, systemClock.now())}\n\n${further}`);
  return 0;
}

async function statusCommand(args: readonly string[]): Promise<number> {
  const { api, region, own, words, print } = open(args, 1, { watch: { type: "boolean" } });
  const [id = ""] = words;
  const show = (campaign: Campaign, pace?: number): void =>
    print(campaign, tellStatus(campaign, pace, systemClock.now()));
  const campaign = own["watch"] === "true" ? await watch(api, region, id, show) : await read(api, region, id);
  if (own["watch"] !== "true") show(campaign);
  return 0;
}

async function resumeCommand(args: readonly string[]): Promise<number> {
  const { api, region, own, words, print } = open(args, 1, MANNER_FLAGS);
  const [CampaignId = ""] = words;
  const { Campaign } = await api.call("ResumeCampaign", { CampaignId, ...readMannerFlags(own) }, region);
  print(Campaign, tellStatus(Campaign, undefined, systemClock.now()));
  return 0;
}

function stopCommand(operation: "PauseCampaign" | "AbortCampaign"): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    const { api, region, words, print } = open(args, 1, {});
    const { Campaign } = await api.call(operation, { CampaignId: words[0] ?? "" }, region);
    print(Campaign, tellStatus(Campaign, undefined, systemClock.now()));
    return 0;
  };
}

/** Page by page: a report may be long. */
async function reportCommand(args: readonly string[]): Promise<number> {
  const called = open(args, 1, { csv: { type: "boolean" }, state: { type: "string" } });
  const { api, region, own, words } = called;
  const id = words[0] ?? "";
  const campaign = await read(api, region, id);
  const isCsv = own["csv"] === "true";
  const isJson = own["json"] === "true";
  const write = (text: string): void => void process.stdout.write(text);
  if (isCsv) write(`${csvLine(CSV_HEAD)}\r\n`);
  else if (isJson) write(`{"campaign":${JSON.stringify(campaign)},"certificates":[`);
  else write(`${tellStatus(campaign, undefined, systemClock.now())}\n\n`);
  let isFirst = true;
  for await (const page of pages(called, id, own["state"])) {
    if (isCsv) for (const one of page) write(`${csvLine(csvCells(one))}\r\n`);
    else if (isJson) {
      if (page.length > 0) write(`${isFirst ? "" : ","}${page.map((one) => JSON.stringify(one)).join(",\n")}`);
    } else write(`${tellReport(page)}\n`);
    isFirst = false;
  }
  if (isJson && !isCsv) write("]}\n");
  return 0;
}

async function listCommand(args: readonly string[]): Promise<number> {
  const { api, region, print } = open(args, 0, {});
  const campaigns: Campaign[] = [];
  for (let token: string | undefined; ; ) {
    const page = await api.call("ListCampaigns", token === undefined ? {} : { NextToken: token }, region);
    campaigns.push(...page.Campaigns);
    token = page.NextToken;
    if (token === undefined) break;
  }
  const rows = campaigns.map(({ CampaignId, State, Plan, Counts, Reason, CreatedAt, OrderedBy }) => [
    CampaignId,
    State,
    `${Counts.Done} of ${Plan.Certificates}`,
    Reason,
    CreatedAt.toISOString(),
    OrderedBy,
  ]);
  const head = ["ID", "STATE", "DONE", "REASON", "PLANNED", "BY"];
  print(campaigns, rows.length === 0 ? "There are no campaigns." : table([head, ...rows]));
  return 0;
}

interface Called extends Operator {
  readonly region: string;
}

function open(args: readonly string[], count: number, flags: OwnFlags): Called {
  const operator = openOperator(args, count, { ...flags, ...COMMON_FLAGS });
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  return { ...operator, region: operator.own["region"] ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? ANY_REGION };
}

async function plan({ api, own, region }: Called): Promise<Campaign> {
  const asked = { Selection: readSelectionFlags(own), Reason: readReason(own), ...readMannerFlags(own) };
  const { Campaign } = await api.call("PlanCampaign", asked, region);
  return await leaveState(api, region, Campaign, "PLANNING");
}

async function mostExposed({ api, region }: Called, CampaignId: string): Promise<readonly CampaignCertificate[]> {
  return (await api.call("ListCampaignCertificates", { CampaignId, MaxResults: 10 }, region)).Certificates;
}

async function* pages(
  { api, region }: Called,
  CampaignId: string,
  state: string | undefined,
): AsyncIterable<readonly CampaignCertificate[]> {
  let NextToken: string | undefined;
  do {
    const page = await api.call(
      "ListCampaignCertificates",
      {
        CampaignId,
        MaxResults: PAGE,
        ...(state === undefined ? {} : { State: state as CampaignCertificate["State"] }),
        ...(NextToken === undefined ? {} : { NextToken }),
      },
      region,
    );
    yield page.Certificates;
    ({ NextToken } = page);
  } while (NextToken !== undefined);
}

const COMMANDS: Readonly<Record<string, ((args: readonly string[]) => Promise<number>) | undefined>> = {
  plan: planCommand,
  start: startCommand,
  status: statusCommand,
  pause: stopCommand("PauseCampaign"),
  resume: resumeCommand,
  abort: stopCommand("AbortCampaign"),
  report: reportCommand,
  list: listCommand,
};
const CAMPAIGN_ID = /^[0-9a-f]{16}$/;
const PAGE = 500;
