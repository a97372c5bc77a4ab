import { createHmac } from "node:crypto";
import { type Outcome, outcomeOf } from "#domain/events/retry.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { type Answer, post } from "./post.ts";

/** A webhook of the settings: it has every event. */
export interface Webhook {
  readonly url: URL;
  /** Each signs, so that receivers can change to another one by one. */
  readonly secrets: readonly PlaintextKey[];
  readonly trusted: readonly string[] | undefined;
}

/** Sends an event to a webhook. Whatever it answers is tried again, but for 410 Gone. */
export async function sendToWebhook(
  { url, secrets, trusted }: Webhook,
  event: { readonly id: string; readonly body: string },
  now: Date,
): Promise<Outcome> {
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Sealkeeper",
    "sealkeeper-event-id": event.id,
    "sealkeeper-signature": signature(event.body, secrets, now),
  };
  const call = { method: "POST", url, headers, body: event.body };
  const answer = await post(call, { timeout: TIMEOUT, trusted, anywhere: true }).catch(problemOf);
  return typeof answer === "string"
    ? { kind: "failed", problem: answer }
    : outcomeOf(answer, now, (status) => status !== GONE);
}

/**
 * The header by which a receiver knows that an event is from us, and new: `t=<seconds since 1970>,v1=<hexadecimal
 * HMAC-SHA-256 over "<t>.<body>">`, one `v1` for each secret.
 */
export function signature(body: string, secrets: readonly PlaintextKey[], now: Date): string {
  const seconds = Math.floor(now.getTime() / SECOND);
  const macs = secrets.map(({ bytes }) => createHmac("sha256", bytes).update(`${seconds}.${body}`).digest("hex"));
  return [`t=${seconds}`, ...macs.map((mac) => `v1=${mac}`)].join(",");
}

/** Why there was no answer. */
export function problemOf(error: unknown): string | Answer {
  return error instanceof Error ? error.message : String(error);
}

const TIMEOUT: Millis = 10 * SECOND;
const GONE = 410;
