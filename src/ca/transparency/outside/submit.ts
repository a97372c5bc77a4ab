import { exchange, Unreachable } from "#ca/upstream/https-exchange.ts";
import { parseRetryAfter } from "#ca/upstream/retry-after.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import { type Entry, LogFailure, readAnswer } from "./answer.ts";
import { type OutsideLog, printable } from "./log-list.ts";
import type { OutsideLogs } from "./outside-logs.ts";

/** What logs are given: the precertificate and the certificates above it, DER, and what they are to sign. */
export interface Submission extends Entry {
  readonly chain: readonly Uint8Array[];
}

export interface SubmitDeps {
  readonly clock: Clock;
  readonly logs: Pick<OutsideLogs, "agentOf">;
  /** For one log. */
  readonly patience: Millis;
  readonly signal: AbortSignal;
}

/** Gives a precertificate to a log and answers its timestamp, verified. Throws LogFailure. */
export async function submit(
  log: OutsideLog,
  { chain, ...entry }: Submission,
  { clock, logs, patience, signal }: SubmitDeps,
): Promise<Buffer> {
  const asked = {
    method: "POST",
    url: `${log.url}ct/v1/add-pre-chain`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ chain: chain.map((one) => Buffer.from(one).toString("base64")) }),
  } as const;
  const deps = { agent: logs.agentOf(log), patience, signal, largest: LARGEST_ANSWER, userAgent: USER_AGENT };
  const { status, headers, body } = await exchange(asked, deps).catch((error: unknown) => {
    throw error instanceof Unreachable ? new LogFailure(error.message) : error;
  });
  const now = clock.now();
  if (status !== 200) {
    const why = printable(body.subarray(0, MOST_SHOWN).toString("utf8"));
    const retryAt = BUSY.has(status) ? parseRetryAfter(headers["retry-after"], now) : undefined;
    throw new LogFailure(`it answered ${status}${why === "" ? "" : `: ${why}`}`, retryAt);
  }
  return readAnswer(body, log, entry, now);
}

/** Those by which a server asks for patience (RFC 9110 section 15.6.4, RFC 6585 section 4). */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const LARGEST_ANSWER = 16 * 1024;
const MOST_SHOWN = 400;
const USER_AGENT = `sealkeeper/0.1 (CT submission) node/${process.versions.node}`;
