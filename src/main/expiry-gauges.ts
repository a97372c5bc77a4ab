import { Gauge, type Registry } from "prom-client";
import { BUCKETS, readSeen, type Seen } from "#lifecycle/notices.ts";
import { sweepTotals } from "#store/certificate-sweeps.ts";
import { countDeliveries } from "#store/event-deliveries.ts";
import type { Store } from "#store/store.ts";

/**
 * How many certificates end soon, how many renewals are overdue and how many events wait: counts, never a line for each
 * certificate. They are what the last sweep of each account and region counted, so a scrape costs the same with one
 * certificate and with a million.
 */
export function expiryGauges(registry: Registry, store: Store): void {
  const registers = [registry];
  new Gauge({
    name: "sealkeeper_renewals_overdue",
    help: "Certificates in use whose renewal is overdue",
    registers,
    async collect() {
      this.set(sum((await lastSweeps(store)).map(({ overdue }) => overdue)));
    },
  });
  new Gauge({
    name: "sealkeeper_certificates_expiring",
    help: "Valid certificates that end within so many days",
    labelNames: ["within_days"],
    registers,
    async collect() {
      const sweeps = await lastSweeps(store);
      for (const days of BUCKETS) {
        this.set({ within_days: String(days) }, sum(sweeps.map(({ within }) => within[days] ?? 0)));
      }
    },
  });
  new Gauge({
    name: "sealkeeper_event_deliveries",
    help: "Events that receivers are still to have, and those given up",
    labelNames: ["state"],
    registers,
    async collect() {
      const { PENDING, DEAD } = await countDeliveries(store);
      this.set({ state: "pending" }, PENDING);
      this.set({ state: "dead" }, DEAD);
    },
  });
}

async function lastSweeps(store: Store): Promise<readonly Seen[]> {
  return (await sweepTotals(store)).map(readSeen);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
