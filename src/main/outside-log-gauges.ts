import { Gauge, type Registry } from "prom-client";
import { listOutsideLogs, type OutsideLogRow } from "#store/outside-logs.ts";
import type { Store } from "#store/store.ts";

/** How logs of others answered, of all nodes: one line for each log that was ever asked. */
export function outsideLogGauges(registry: Registry, store: Store): void {
  for (const { name, help, value } of GAUGES) {
    new Gauge({
      name,
      help,
      labelNames: ["log_id"],
      registers: [registry],
      async collect() {
        for (const row of await listOutsideLogs(store)) {
          this.set({ log_id: Buffer.from(row.logId, "hex").toString("base64") }, value(row));
        }
      },
    });
  }
}

const GAUGES: readonly { name: string; help: string; value: (row: OutsideLogRow) => number }[] = [
  {
    name: "sealkeeper_ct_log_timestamps",
    help: "Timestamps that a log of others gave",
    value: ({ timestamps }) => timestamps,
  },
  {
    name: "sealkeeper_ct_log_failures",
    help: "How often it gave none since the last one",
    value: ({ failures }) => failures,
  },
  {
    name: "sealkeeper_ct_log_answered_seconds",
    help: "When it gave the last one, in seconds since 1970; 0: never",
    value: ({ answeredAt }) => (answeredAt ?? 0) / 1000,
  },
];
