import { styleText } from "node:util";

/** One line of the JSON log as a person at a terminal wants it: local time, what happened, and what else is known. */
export function readableLine(line: string): string {
  const entry = JSON.parse(line) as Entry;
  const { level, time, msg, err, process: _process, pid: _pid, ...facts } = entry;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const said = msg === "call" ? call(facts as CallFacts) : [msg, err?.message].filter(Boolean).join(": ") + rest(facts);
  return `${styleText("dim", clock)} ${level >= WARN ? styleText(level >= ERROR ? "red" : "yellow", said) : said}\n`;
}

interface Entry extends Record<string, unknown> {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly err?: { readonly message: string };
}

function call({ service, operation, region, status, ms, error, requestId }: CallFacts): string {
  const asked = [service, operation].filter(Boolean).join(" ") || "a request for no operation";
  const where = region === undefined ? "" : ` in ${region}`;
  return `${asked}${where} ${status}, ${ms} ms${error === undefined ? "" : `: ${error} (request ${requestId})`}`;
}

type CallFacts = Readonly<Record<string, string | number | undefined>>;

function rest(facts: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(facts).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return told.length === 0 ? "" : styleText("dim", ` (${told.join(", ")})`);
}

/** pino's numbers. */
const WARN = 40;
const ERROR = 50;
