import { Gauge, type Registry } from "prom-client";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";
import { listFinishedRounds } from "#store/rehearsal-rounds.ts";
import type { Store } from "#store/store.ts";

/** What the last daily rehearsals of all accounts and regions came to: counts, kept by each round as it ends. */
export function rehearsalGauges(registry: Registry, store: Store): void {
  const registers = [registry];
  new Gauge({
    name: "sealkeeper_rehearsed_certificates",
    help: "Certificates by what their last daily rehearsal came to",
    labelNames: ["verdict"],
    registers,
    async collect() {
      const rounds = await listFinishedRounds(store);
      for (const verdict of VERDICTS) {
        this.set(
          { verdict },
          rounds.reduce((total, { finished }) => total + finished.counts[verdict], 0),
        );
      }
    },
  });
  new Gauge({
    name: "sealkeeper_rehearsal_finished_seconds",
    help: "When the daily rehearsal that is longest ago ended, in seconds since 1970; 0 before the first",
    registers,
    async collect() {
      const ends = (await listFinishedRounds(store)).map(({ finished }) => finished.at / 1000);
      this.set(ends.length === 0 ? 0 : Math.min(...ends));
    },
  });
}

const VERDICTS: readonly Verdict[] = ["WOULD_NOT_RENEW", "NOT_RENEWED_BY_US", "WOULD_RENEW"];
