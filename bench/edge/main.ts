import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { debian } from "../../tests/support/debian.ts";
import { median } from "../result.ts";
import { type Bar, chart } from "./chart.ts";
import { idleMemory } from "./idle.ts";
import { measure, type Round, WORKLOADS, type Workload } from "./loads.ts";
import { startOurs } from "./ours.ts";
import {
  CLIENT_CORE,
  type Engine,
  makeCertificates,
  pin,
  startBackend,
  startCaddy,
  startHaproxy,
  startNginx,
} from "./peers.ts";
import { swapsUnderLoad } from "./swaps.ts";

const HELP = `npm run bench:edge [-- --rounds N --seconds S --only WORDS --no-idle --no-swaps --no-chart]

The edge beside Debian's HAProxy, nginx and Caddy: the same certificates, the same applications, TLS 1.3, one core for
each engine and one for those who ask. All are started together and measured in turn, round after round; a first, longer
round does not count. The figure is the engine's own processor time for each operation; a ratio above 1 means that ours
is cheaper. A promise that is not kept is marked with "!". The chart goes to docs/edge-speed.svg.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
    "no-idle": { type: "boolean", default: false },
    "no-swaps": { type: "boolean", default: false },
    "no-chart": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
async function main(): Promise<void> {
  debian("haproxy", "nginx-light", "libnginx-mod-stream", "caddy", "wrk", "nghttp2-client");
  pin(process.pid, CLIENT_CORE);
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-bench-edge-"));
  try {
    const files = makeCertificates(directory);
    await using backend = await startBackend(files);
    await using haproxy = await startHaproxy(files, backend);
    await using nginx = await startNginx(files, backend);
    await using caddy = await startCaddy(files, backend);
    await using ours = await startOurs(files, backend);
    const peers = [haproxy, nginx, caddy];
    const chosen = WORKLOADS.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
    say(
      row(
        "",
        [ours, ...peers].map(({ name }) => name),
        peers.map(({ name }) => `x ${name}`),
      ),
    );
    const bars: Bar[] = [];
    for (const workload of chosen) bars.push(await compare(workload, ours, peers));
    if (!values["no-idle"]) await idle([ours, ...peers]);
    if (!values["no-swaps"]) for (const line of await swapsUnderLoad(ours)) say(line);
    if (!values["no-chart"] && values.only === "") writeFileSync(CHART, chart(TITLE, NOTE, bars));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compare(workload: Workload, ours: Engine, peers: readonly Engine[]): Promise<Bar> {
  const rounds = new Map<string, Round[]>();
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const engine of [ours, ...peers]) {
      const seconds = Number(values.seconds) * (round === 0 ? WARM_UP : 1);
      const measured = await measure(workload, engine, seconds);
      if (measured && round > 0) rounds.set(engine.name, [...(rounds.get(engine.name) ?? []), measured]);
    }
  }
  const mine = rounds.get(ours.name) ?? [];
  const ratios = Object.fromEntries(
    peers.map(({ name }) => {
      const theirs = rounds.get(name);
      // Round by round, so that a neighbour's noise hits both.
      const each = theirs?.map(({ micros }, i) => micros / (mine[i]?.micros ?? Number.NaN));
      return [name, each && median(each)];
    }),
  );
  const costs = [ours, ...peers].map(({ name }) => {
    const all = rounds.get(name);
    return all ? `${median(all.map(({ micros }) => micros)).toFixed(1)} us` : "-";
  });
  const shown = peers.map(({ name }) => {
    const ratio = ratios[name];
    const promised = workload.promise[name];
    return ratio === undefined ? "-" : `${ratio.toFixed(2)}${promised !== undefined && ratio < promised ? " !" : ""}`;
  });
  say(row(workload.name, costs, shown));
  return { label: workload.name, ratios };
}

async function idle(engines: readonly Engine[]): Promise<void> {
  for (const count of [1_000, 9_000]) {
    const costs: string[] = [];
    for (const engine of engines) costs.push(`${(await idleMemory(engine, count)).toFixed(1)} kB`);
    say(row(`memory of an idle connection, of ${count.toLocaleString("en")}`, costs, []));
  }
}

function row(name: string, figures: readonly string[], ratios: readonly string[]): string {
  const cells = [...figures.map((text) => text.padStart(12)), ...ratios.map((text) => text.padStart(11))];
  return `${name.padEnd(44)}${cells.join("")}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** How many times as long the first round is, which does not count: what is compiled as it runs has to settle. */
const WARM_UP = 4;
const CHART = fileURLToPath(new URL("../../docs/edge-speed.svg", import.meta.url));
const TITLE = "Processor time of one operation at the edge: peers / Sealkeeper";
const NOTE =
  "Above 1: ours is cheaper. One core for each engine, same certificates and applications, TLS 1.3; npm run bench:edge";

if (values.help) process.stdout.write(HELP);
else await main();
