import { expect, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import {
  announce,
  edgeChangesSince,
  forgetEdgeChanges,
  isEdgeRevisionKnown,
  newestEdgeRevision,
} from "./edge-changes.ts";
import { openStore, type Store } from "./store.ts";

const BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1" as LoadBalancerArn;
const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1" as CertificateArn;

async function opened(): Promise<Store & AsyncDisposable> {
  const store = await openStore("file::memory:");
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.destroy() });
}

test("changes come in the order of their commits, from any place on", async () => {
  await using store = await opened();
  expect(await newestEdgeRevision(store)).toBeUndefined();
  await store.transaction().execute(async (tx) => {
    await announce(tx, { kind: "balancer", loadBalancerArn: BALANCER });
    await announce(tx, { kind: "certificate", loadBalancerArn: BALANCER, certificateArn: CERTIFICATE });
  });
  const all = await edgeChangesSince(store, undefined, 10);
  expect(all.map(({ subject }) => subject.kind)).toEqual(["balancer", "certificate"]);
  const first = all[0]!;
  expect(await edgeChangesSince(store, first.revision, 10)).toEqual(all.slice(1));
  expect(await newestEdgeRevision(store)).toBe(all[1]!.revision);
  expect(await isEdgeRevisionKnown(store, first.revision)).toBe(true);
});

test("forgotten changes are unknown, but the newest is never forgotten", async () => {
  await using store = await opened();
  for (let n = 0; n < 3; n++) {
    await store.transaction().execute((tx) => announce(tx, { kind: "balancer", loadBalancerArn: BALANCER }));
  }
  const [first, , last] = await edgeChangesSince(store, undefined, 10);
  await forgetEdgeChanges(store, Number.MAX_SAFE_INTEGER);
  expect(await isEdgeRevisionKnown(store, first!.revision)).toBe(false);
  expect(await isEdgeRevisionKnown(store, last!.revision)).toBe(true);
  expect(await isEdgeRevisionKnown(store, "nonsense")).toBe(false);
});
