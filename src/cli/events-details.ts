/** What `sealkeeper events --help` teaches beyond its usage. */
export const EVENTS_DETAILS: readonly string[] = [
  "  --since TIME    how far back: a duration (90m, 24h, 7d) or a time (2026-11-22T06:00:00Z); 24h unless told",
  "  --follow        go on with what happens, until interrupted",
  "  --json          each event as EventBridge has it, one line of JSON each",
  "  --undelivered   what receivers are still to have, and what was given up, with the last error",
  "  --resend        try again what was given up; with --since, send everything since then once more to webhooks",
];
