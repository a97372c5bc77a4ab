import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { findSigned, prepareLeaf, type SignedLeaf, signLeaf } from "#ca/issue.ts";
import { answerOcsp } from "#ca/ocsp.ts";
import { responderOf } from "#ca/responder.ts";
import { DAY, MINUTE, SECOND } from "#lib/duration.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { abandonIntent, finishIntent, insertIntent, takeIntent } from "#store/issuance.ts";
import { findIssuer, findResponder, listIssuers } from "#store/issuers.ts";
import { openStore } from "#store/store.ts";
import { type CaWorld, caNode, caWorld, issue, leafRequest } from "../support/ca-world.ts";
import { DATABASES } from "../support/databases.ts";
import { ocspQuestion } from "../support/ocsp-question.ts";

describe.for(DATABASES)("the CA on $name", (database) => {
  test("several nodes that start at once end up with one hierarchy", async () => {
    const url = await database.url();
    const start = `
      const { caWorld } = await import("./tests/support/ca-world.ts");
      const { openStore } = await import("#store/store.ts");
      const store = await openStore(process.argv[1]);
      await caWorld(store);
      await store.destroy();`;
    await Promise.all(
      [1, 2, 3].map(() => promisify(execFile)(process.execPath, ["--input-type=module", "-e", start, url])),
    );
    const store = await openStore(url);
    const issuers = await listIssuers(store);
    expect(issuers.map(({ id }) => id)).toEqual(["ec1", "r1", "r2", "rsa1"]);
    // Certificates and keys of one maker: a leaf and its chain verify, and every key belongs to its certificate.
    const world = await caWorld(store);
    expect(await listIssuers(store)).toEqual(issuers);
    for (const { id } of issuers) await world.signers.issuer(store, id);
    await issue(world);
    await store.destroy();
  });

  test("an intent is signed once, however many try", async () => {
    const world = await caWorld(await database.open());
    const other = caNode(world.store, world.clock);
    const request = leafRequest();
    const prepared = await prepare(world, request);
    const results = await Promise.allSettled([world, other, world, other].map((node) => signLeaf(prepared, node)));
    const signed = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    expect(signed).toHaveLength(1);
    expect(await findSigned(world.store, request.certificateArn, 1, world)).toEqual(signed[0]);
    await expect(signLeaf(prepared, world)).rejects.toThrow("redeemed or abandoned before");
    await expect(prepare(world, request)).rejects.toThrow("signed already");
    expect(await auditRecordsOf(world.store, request.certificateArn, 10)).toMatchObject([
      { eventName: "SignCertificate", requestId: prepared.intentId },
    ]);
  });

  test("of several nodes that issue one generation at once, exactly one does", async () => {
    const world = await caWorld(await database.open());
    const request = leafRequest();
    const attempt = async (node: CaWorld): Promise<SignedLeaf> => await signLeaf(await prepare(node, request), node);
    await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => attempt(caNode(world.store, world.clock))));
    const states = await world.store
      .selectFrom("caIssuances")
      .select(["state", "generation"])
      .where("certificateArn", "=", request.certificateArn)
      .where("state", "<>", "abandoned")
      .execute();
    expect(states).toHaveLength(1);
    if (states[0]?.state === "signed") return;
    // All may have taken each other's intent away; then the next try succeeds.
    world.clock.advance(10 * SECOND);
    await attempt(world);
  });

  test("a node that dies before it signs leaves an intent that its successor replaces", async () => {
    const world = await caWorld(await database.open());
    const request = leafRequest();
    const left = await prepare(world, request);
    const leaf = await signLeaf(await prepare(world, request), world);
    expect(leaf.serial).not.toBe(left.serial);
    await expect(signLeaf(left, world)).rejects.toThrow("redeemed or abandoned before");
  });

  test("a node that dies while it signs leaves an intent that is never signed again", async () => {
    const world = await caWorld(await database.open());
    const request = leafRequest();
    const left = await prepare(world, request);
    const taken = await takeIntent(world.store, left.intentId, world.clock.now().getTime());
    expect(taken?.tbs).not.toBeNull();
    await expect(prepare(world, request)).rejects.toThrow("is signing already");
    expect(await findSigned(world.store, request.certificateArn, 1, world)).toBeUndefined();
    world.clock.advance(6 * SECOND);
    const leaf = await signLeaf(await prepare(world, request), world);
    // Were the first one alive after all, its result is refused.
    expect(await world.store.transaction().execute((tx) => finishIntent(tx, left.intentId, leaf.der, 1))).toBe(false);
    expect((await findSigned(world.store, request.certificateArn, 1, world))?.serial).toBe(leaf.serial);
  });

  test("nothing is lost or signed twice when the process is killed again and again", async () => {
    const url = await database.url();
    const { certificateArn } = leafRequest();
    let acknowledged = 0;
    for (let kills = 0; kills < 8; kills++) {
      const child = spawn(process.execPath, [
        "tests/support/issue-until-killed.ts",
        url,
        certificateArn,
        `${acknowledged + 1}`,
      ]);
      const errors = text(child.stderr);
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      // Somewhere behind a handful of certificates, at a moment that is another one each time.
      for (let i = 0; i <= kills; i++) {
        const { value } = (await lines.next()) as { value: string | undefined };
        if (value === undefined) throw new Error(`it ended by itself: ${await errors}`);
        acknowledged = Number(value);
      }
      for (const end = performance.now() + kills * 0.7; performance.now() < end; );
      child.kill("SIGKILL");
      for await (const line of lines) acknowledged = Number(line);
    }
    const store = await openStore(url);
    const rows = await store.selectFrom("caIssuances").select(["generation", "state", "certificate"]).execute();
    const signed = rows.filter(({ state }) => state === "signed").map(({ generation }) => generation);
    expect(new Set(signed).size).toBe(signed.length);
    expect(signed.length).toBeGreaterThanOrEqual(acknowledged);
    expect(rows.filter(({ state }) => state === "signing" || state === "prepared").length).toBeLessThanOrEqual(1);
    expect(rows.every(({ state, certificate }) => (certificate !== null) === (state === "signed"))).toBe(true);
    await store.destroy();
  });

  test("a transaction that rolls back takes its intent along", async () => {
    const world = await caWorld(await database.open());
    const request = leafRequest();
    const failed = world.store.transaction().execute(async (tx) => {
      await prepareLeaf(tx, request, world);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await world.store.selectFrom("caIssuances").select("id").execute()).toEqual([]);
  });

  test("the database itself admits one live intent of a generation, and every serial number once", async () => {
    const world = await caWorld(await database.open());
    const intent = {
      certificateArn: "a",
      generation: 1,
      issuerId: "ec1",
      shard: 1,
      tbs: Buffer.from([1]),
      notBefore: 1,
      notAfter: 2,
      preparedAt: 1,
    };
    const insert = (id: string, serial: string, generation = 1): Promise<boolean> =>
      world.store.transaction().execute((tx) => insertIntent(tx, { ...intent, id, serial, generation }));
    expect(await insert("1", "aa")).toBe(true);
    expect(await insert("2", "bb")).toBe(false);
    expect(await insert("3", "bb", 2)).toBe(true);
    expect(await insert("4", "aa", 3)).toBe(false);
    await world.store.transaction().execute((tx) => abandonIntent(tx, "a", 1, 0));
    expect(await insert("5", "cc")).toBe(true);
  });

  test("nodes share one OCSP responder, and replace it when half of its life is over", async () => {
    const world = await caWorld(await database.open());
    const nodes = [world, caNode(world.store, world.clock), caNode(world.store, world.clock)];
    const open = async (): Promise<Buffer[]> =>
      await Promise.all(
        nodes.map(async (node) => (await responderOf(await node.signers.issuer(node.store, "rsa1"), node)).certificate),
      );
    const [first, ...others] = await open();
    expect(others).toEqual([first, first]);
    expect(await open()).toEqual([first, first, first]);
    world.clock.advance(15 * DAY);
    const [second, ...again] = await open();
    expect(second).not.toEqual(first);
    expect(again).toEqual([second, second]);
    expect((await findResponder(world.store, "rsa1"))?.number).toBe(2);
    expect((await answerOcsp(Buffer.from("junk"), world)).der.toString("hex")).toBe("30030a0101");
  });

  test("the last OCSP responder lives as long as its issuer; past the end nobody answers, and nothing is written", async () => {
    const world = await caWorld(await database.open());
    const nodes = [world, caNode(world.store, world.clock)];
    const { serial } = await issue(world);
    const { certificate, notBefore, notAfter } = (await findIssuer(world.store, "ec1"))!;
    const question = ocspQuestion(certificate, serial);
    const ask = () => Promise.all(nodes.map((node) => answerOcsp(question, node)));
    const written = async () => {
      const responder = (await findResponder(world.store, "ec1"))!;
      const records = await world.store.selectFrom("auditRecords").select("id").execute();
      return { responder, records: records.length };
    };
    await ask();
    world.clock.set(new Date(notAfter - 30 * MINUTE));
    await ask();
    const before = await written();
    expect(before.responder).toMatchObject({ number: 2, notAfter });
    expect(before.responder.notBefore).toBeLessThan(world.clock.now().getTime());
    for (const left of [29 * MINUTE, MINUTE, SECOND]) {
      world.clock.set(new Date(notAfter - left));
      for (const { cacheable } of await ask()) expect(cacheable?.nextUpdate).toEqual(new Date(notAfter));
    }
    for (const now of [notAfter, notAfter + 400 * DAY, notBefore - 1]) {
      world.clock.set(new Date(now));
      for (const { der } of await ask()) expect(der.toString("hex")).toBe("30030a0106");
    }
    expect(await written()).toEqual(before);
  });

  test("no responder begins before its issuer does", async () => {
    const world = await caWorld(await database.open());
    const { certificate, notBefore } = (await findIssuer(world.store, "ec1"))!;
    world.clock.set(new Date(notBefore + MINUTE));
    for (let i = 0; i < 2; i++) await answerOcsp(ocspQuestion(certificate, "4711"), caNode(world.store, world.clock));
    expect(await findResponder(world.store, "ec1")).toMatchObject({ number: 1, notBefore });
  });
});

async function prepare(node: CaWorld, request: ReturnType<typeof leafRequest>): ReturnType<typeof prepareLeaf> {
  return await node.store.transaction().execute((tx) => prepareLeaf(tx, request, node));
}
