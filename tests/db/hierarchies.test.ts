import { describe, expect, test } from "vitest";
import { chainOf } from "#ca/hierarchies/chain.ts";
import { distrustRoot } from "#ca/hierarchies/change.ts";
import { createHierarchy } from "#ca/hierarchies/create.ts";
import { FIRST_ROUND } from "#ca/hierarchies/promise.ts";
import { rotateIntermediates, rotateRoot } from "#ca/hierarchies/rotate.ts";
import { settleHierarchy } from "#ca/hierarchies/settle.ts";
import { certificateArn } from "#domain/arn.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { HOUR, later, MINUTE } from "#lib/duration.ts";
import { refreshChains } from "#lifecycle/refresh-chains.ts";
import { findCurrentVersion } from "#store/certificate-versions.ts";
import { edgeChangesSince, newestEdgeRevision } from "#store/edge-changes.ts";
import { listTrustedRoots } from "#store/hierarchies.ts";
import { findIssuer, listIssuers } from "#store/issuers.ts";
import { caNode, caWorld, issue } from "../support/ca-world.ts";
import { BALANCER, certificateWorld, prove } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";

describe.for(DATABASES)("hierarchies on $name", (database) => {
  test("of several nodes that roll over at once, one does; the states are written down once", async () => {
    const world = await caWorld(await database.open());
    const nodes = [world, caNode(world.store, world.clock), caNode(world.store, world.clock)];
    const at = later(world.clock.now(), HOUR);
    const rollovers = await Promise.allSettled(nodes.map((node) => rotateRoot("shared", { at }, node)));
    expect(rollovers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await issuerOf(world)).toBe("ec1");
    world.clock.advance(HOUR);
    expect(await Promise.all(nodes.map((node) => issuerOf(node)))).toEqual(["ec2", "ec2", "ec2"]);
    await Promise.all(nodes.map((node) => settleHierarchy("shared", node)));
    expect((await listIssuers(world.store)).map(({ id, state }) => `${id} ${state}`)).toEqual([
      "ec1 retired",
      "ec2 active",
      "r1 retired",
      "r2 retired",
      "r3 active",
      "rsa1 retired",
      "rsa2 active",
    ]);
  });

  test("a certificate that is served gets the chain of today, and its edges are told; twice is as good as once", async () => {
    const world = await certificateWorld(await database.open());
    const arn = await world.request("www.example.com");
    await prove(world, arn);
    await world.work();
    await world.attach(arn);
    const before = await findCurrentVersion(world.store, arn);
    const revision = await newestEdgeRevision(world.store);
    await rotateRoot("shared", { at: later(world.clock.now(), HOUR) }, world.deps);
    await world.work();
    const after = await findCurrentVersion(world.store, arn);
    expect(after?.chain).toBe(await chainOf(world.store, "rsa1", world.clock.now()));
    expect(certificates(before?.chain)).toBe(2);
    expect(certificates(after?.chain)).toBe(3);
    expect({ ...after, chain: "" }).toEqual({ ...before, chain: "" });
    const changes = await edgeChangesSince(world.store, revision, 10);
    expect(changes.map(({ subject }) => subject)).toEqual([
      { kind: "certificate", loadBalancerArn: BALANCER, certificateArn: arn },
    ]);
    await refreshChains(FIRST_ROUND, world.deps);
    await world.liveUntil(later(world.clock.now(), 2 * MINUTE));
    expect(await edgeChangesSince(world.store, revision, 10)).toEqual(changes);
    await distrustRoot("r1", world.deps);
    await world.work();
    expect(certificates((await findCurrentVersion(world.store, arn))?.chain)).toBe(2);
    expect(world.failures).toEqual([]);
  });

  test("a hierarchy of an account signs from the moment it stands; of two of one scope one is refused", async () => {
    const world = await caWorld(await database.open());
    const scope = { account: "111111111111", purpose: "", rootKey: "EC_secp384r1" } as const;
    const made = await Promise.allSettled(
      ["one", "two"].map((name) => createHierarchy({ ...scope, name: `pay${name}` }, world)),
    );
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const arn = certificateArn(
      { account: "111111111111" as AccountId, region: "eu-west-1" as Region },
      world.ids.uuid(),
    );
    const { issuerId } = await issue(world, { certificateArn: arn });
    expect(issuerId).toMatch(/^pay(one|two)ec1$/);
    const { hierarchy = "" } = (await findIssuer(world.store, issuerId)) ?? {};
    expect(await listTrustedRoots(world.store, hierarchy)).toHaveLength(1);
    await rotateIntermediates(hierarchy, { families: ["EC"], at: world.clock.now() }, world);
    expect(await issuerOf(world)).toBe("ec1");
  });
});

async function issuerOf(node: Parameters<typeof issue>[0]): Promise<string> {
  return (await issue(node)).issuerId;
}

function certificates(chain: string | undefined): number {
  return chain?.match(/BEGIN CERTIFICATE/g)?.length ?? 0;
}
