import { describe, expect, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import {
  announce,
  type EdgeChange,
  edgeChangesSince,
  forgetEdgeChanges,
  isEdgeRevisionKnown,
  newestEdgeRevision,
} from "#store/edge-changes.ts";
import {
  putListenerReports,
  putServing,
  putTargetReports,
  removeReports,
  reportedBalancers,
} from "#store/edge-reports.ts";
import { listEdges, putEdge, seeEdge } from "#store/edges.ts";
import { isEmbedded, type Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";

const LB = "arn:lb" as LoadBalancerArn;
const balancer = (n: number) => ({ kind: "balancer", loadBalancerArn: `arn:lb/${n}` as LoadBalancerArn }) as const;
const numbers = (changes: readonly EdgeChange[]) =>
  changes.map(({ subject }) => Number("loadBalancerArn" in subject ? subject.loadBalancerArn.split("/")[1] : -1));
const write = (store: Store, n: number) => store.transaction().execute((tx) => announce(tx, balancer(n)));

for (const database of DATABASES) {
  describe(database.name, () => {
    test("no reader misses a change, in whatever order transactions end", async () => {
      const store = await database.open();
      await write(store, 1);
      const seen = await edgeChangesSince(store, undefined, 10);
      if (isEmbedded(store)) return; // there is one writer
      const mayEnd = Promise.withResolvers<void>();
      const hasBegun = Promise.withResolvers<void>();
      const slow = store.transaction().execute(async (tx) => {
        await announce(tx, balancer(2));
        hasBegun.resolve();
        await mayEnd.promise;
      });
      await hasBegun.promise;
      await write(store, 3);
      const last = seen.at(-1)!.revision;
      expect(numbers(await edgeChangesSince(store, last, 10))).toEqual([]);
      mayEnd.resolve();
      await slow;
      expect(numbers(await edgeChangesSince(store, last, 10)).toSorted((a, b) => a - b)).toEqual([2, 3]);
    });

    test("changes are paged, known until they are forgotten, and the newest never is", async () => {
      const store = await database.open();
      for (const n of [1, 2, 3]) await write(store, n);
      const first = await edgeChangesSince(store, undefined, 2);
      expect(numbers(first)).toEqual([1, 2]);
      const rest = await edgeChangesSince(store, first[1]!.revision, 2);
      expect(numbers(rest)).toEqual([3]);
      expect(await newestEdgeRevision(store)).toBe(rest[0]!.revision);
      await forgetEdgeChanges(store, Date.now() + 86_400_000);
      expect(await isEdgeRevisionKnown(store, first[0]!.revision)).toBe(false);
      expect(await isEdgeRevisionKnown(store, rest[0]!.revision)).toBe(true);
    });

    test("what edges report is replaced, and forgotten with the load balancer", async () => {
      const store = await database.open();
      const whose = { edge: "one", loadBalancerArn: LB, at: 1 };
      const edge = { edge: "one", instance: "i", connectedAt: 1, seenAt: 1, revision: "" };
      await putEdge(store, edge);
      await putEdge(store, { ...edge, instance: "j" });
      await seeEdge(store, "one", 2, "r");
      expect(await listEdges(store)).toEqual([{ ...edge, instance: "j", seenAt: 2, revision: "r" }]);
      const targets = Array.from({ length: 1_200 }, (_, n) => ({
        targetGroupArn: "g",
        address: "127.0.0.1",
        port: n,
        state: "healthy" as const,
      }));
      for (const round of [1, 2]) {
        await store.transaction().execute(async (tx) => {
          await putTargetReports(tx, whose, targets);
          await putListenerReports(tx, whose, [{ listenerArn: "l", address: "127.0.0.1", port: round }]);
        });
        const certificateArn = "arn:certificate" as CertificateArn;
        await putServing(store, whose, [{ certificateArn, serial: String(round) }]);
      }
      const count = (table: "edgeTargets" | "edgeListeners" | "edgeCertificates") =>
        store
          .selectFrom(table)
          .select("edge")
          .execute()
          .then((rows) => rows.length);
      expect(await Promise.all([count("edgeTargets"), count("edgeListeners"), count("edgeCertificates")])).toEqual([
        1_200, 1, 1,
      ]);
      expect(await reportedBalancers(store, "one")).toEqual([LB]);
      await store.transaction().execute((tx) => removeReports(tx, { edge: "one", loadBalancerArn: LB }));
      expect(await reportedBalancers(store, "one")).toEqual([]);
    });
  });
}
