import { createPublicKey, type KeyObject } from "node:crypto";
import { logIdOf } from "#ca/transparency/structures.ts";
import { readAcmeUrl } from "#ca/upstream/https-exchange.ts";
import { list, object, optional, type Shape, text } from "#lib/shape.ts";

/** A log of others that precertificates can be given to. */
export interface OutsideLog {
  /** SHA-256 of its key, hexadecimal. */
  readonly id: string;
  readonly description: string;
  readonly operator: string;
  /** Where its submission API is, with a slash at the end. */
  readonly url: string;
  readonly key: KeyObject;
  /** It takes certificates that end from `start` on and before `end`; undefined: all. */
  readonly interval: { readonly start: Date; readonly end: Date } | undefined;
}

/** A list of logs that cannot be used, with what is wrong. */
export class LogListError extends Error {
  override readonly name = "LogListError";
}

/**
 * Reads a list of logs as those of browsers are (https://www.gstatic.com/ct/log_list/v3/log_list_schema.json), with both
 * kinds of logs: those of RFC 6962, and those of the static CT API, which are given precertificates in the same way.
 * Answers the logs that take new entries; a log whose state is not said does. Throws LogListError.
 */
export function readLogList(content: string): readonly OutsideLog[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new LogListError("it is not JSON");
  }
  if (!isLogList(value)) throw new LogListError('it is no list of logs: { "operators": [{ "name", "logs": […] }, …] }');
  const entries = value.operators.flatMap(({ name, logs = [], tiled_logs: tiled = [] }) =>
    [...logs, ...tiled].map((log) => ({ operator: name, log })),
  );
  const read = entries.flatMap(({ operator, log }) => (takesEntries(log) ? [readLog(operator, log)] : []));
  const twice = read.find(({ id }, index) => read.findIndex((other) => other.id === id) !== index);
  if (twice) throw new LogListError(`"${twice.description}" has the key of another log of the list`);
  return read;
}

/** Whether a log takes a certificate that ends then. */
export function takesUntil({ interval }: Pick<OutsideLog, "interval">, notAfter: Date): boolean {
  return !interval || (interval.start <= notAfter && notAfter < interval.end);
}

/** The states in which a log takes entries that somebody will believe (Chrome's and Apple's policies). */
function takesEntries({ state, log_type: type }: LogEntry): boolean {
  if (type === "monitoring_only") return false;
  return state === undefined || ["usable", "qualified"].some((name) => Object.hasOwn(state, name));
}

function readLog(operator: string, entry: LogEntry): OutsideLog {
  const url = entry.submission_url ?? entry.url ?? "";
  const description = printable(entry.description ?? url);
  const wrong = (what: string): LogListError => new LogListError(`the log "${description}": ${what}`);
  const { key, spki } = readKey(entry.key) ?? { key: undefined, spki: undefined };
  if (!key) throw wrong("its key is neither P-256 nor RSA with 2048 bits or more, as SubjectPublicKeyInfo in base64");
  const id = logIdOf(spki);
  if (entry.log_id !== undefined && entry.log_id !== id.toString("base64")) {
    throw wrong(`its log_id is not the SHA-256 of its key, which is ${id.toString("base64")}`);
  }
  const interval = readInterval(entry.temporal_interval);
  if (interval === "broken") throw wrong("its temporal_interval is not from one time to a later one");
  return { id: id.toString("hex"), description, operator, url: readUrl(url, wrong), key, interval };
}

/** RFC 6962 section 2.1.4: P-256, or RSA with 2048 bits at least. */
function readKey(base64: string): { readonly key: KeyObject; readonly spki: Buffer } | undefined {
  const spki = Buffer.from(base64, "base64");
  if (spki.toString("base64") !== base64) return undefined;
  try {
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const isP256 = key.asymmetricKeyType === "ec" && namedCurve === "prime256v1";
    return isP256 || (key.asymmetricKeyType === "rsa" && modulusLength >= 2048) ? { key, spki } : undefined;
  } catch {
    return undefined;
  }
}

function readUrl(text: string, wrong: (what: string) => LogListError): string {
  try {
    const url = readAcmeUrl(text);
    if (url.search === "" && url.hash === "") return url.href.endsWith("/") ? url.href : `${url.href}/`;
  } catch {
    // said below
  }
  throw wrong(`"${printable(text)}" is no https:// URL without a query (http:// is for this machine only)`);
}

function readInterval(interval: LogEntry["temporal_interval"]): OutsideLog["interval"] | "broken" {
  if (!interval) return undefined;
  const [start, end] = [interval.start_inclusive, interval.end_exclusive].map((time) => new Date(time));
  return start && end && start < end ? { start, end } : "broken";
}

/** Of a text that came from outside, what may be shown. */
export function printable(text: string): string {
  return text
    .replace(/[^\u0020-\u007e]+/g, " ")
    .trim()
    .slice(0, LONGEST_SHOWN);
}

interface LogEntry {
  readonly description?: string;
  readonly log_id?: string;
  readonly key: string;
  readonly url?: string;
  readonly submission_url?: string;
  readonly log_type?: string;
  readonly state?: object;
  readonly temporal_interval?: { readonly start_inclusive: string; readonly end_exclusive: string };
}

const isTime = ((value) =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}T[\d:.]{8,20}(Z|[+-]\d{2}:\d{2})$/.test(value)) as Shape<string>;
const isLog = object({
  description: optional(text(1000)),
  log_id: optional(text(64)),
  key: text(2000),
  url: optional(text(2048)),
  submission_url: optional(text(2048)),
  log_type: optional(text(64)),
  state: optional(object({})),
  temporal_interval: optional(object({ start_inclusive: isTime, end_exclusive: isTime })),
});
const isLogList = object({
  operators: list(
    object({ name: text(200), logs: optional(list(isLog, 1000)), tiled_logs: optional(list(isLog, 1000)) }),
    1000,
  ),
}) as Shape<{
  readonly operators: readonly {
    readonly name: string;
    readonly logs?: readonly LogEntry[];
    readonly tiled_logs?: readonly LogEntry[];
  }[];
}>;
const LONGEST_SHOWN = 200;
