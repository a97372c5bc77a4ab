import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { findSigned, prepareLeaf, signLeaf, takeLeaf } from "#ca/issue.ts";
import { Signers } from "#ca/signers.ts";
import { signCheckpoint } from "#ca/transparency/checkpoint.ts";
import { ownLog } from "#ca/transparency/log.ts";
import { readLogList } from "#ca/transparency/outside/log-list.ts";
import { OutsideLogs, type OutsideLogsOptions } from "#ca/transparency/outside/outside-logs.ts";
import { TimestampsMissing } from "#ca/transparency/outside/timestamps.ts";
import { readTimestamp, timestampsOf } from "#ca/transparency/structures.ts";
import { verifyLog } from "#ca/transparency/verify.ts";
import { until } from "#cli/demo/until.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY } from "#lib/duration.ts";
import { systemTimers } from "#lib/timers.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { type AcmeVersion, prepareForAcme, signForAcme } from "#lifecycle/acme/issue-for-acme.ts";
import { CannotIssue } from "#lifecycle/authority.ts";
import { findIssuer } from "#store/issuers.ts";
import { listOutsideLogs } from "#store/outside-logs.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CaWorld, caNode, hierarchyOf, issue, leafKey, leafRequest } from "../support/ca-world.ts";
import { type CtLogOptions, type CtLogServer, ctLogServer, logListOf } from "../support/ct-log.ts";
import { DATABASES } from "../support/databases.ts";
import { testClock } from "../support/test-clock.ts";
import { timestampsSeen } from "../support/timestamps-seen.ts";

describe.for(DATABASES)("logs of others on $name", (database) => {
  test("OpenSSL's client finds the timestamps of the own log and of others valid, of both kinds and keys", async () => {
    const world = await plainWorld(await database.open());
    const servers = await Promise.all([
      logServer(world, { operator: "Kiln", tiled: true }),
      logServer(world, { operator: "Forge", type: "rsa", https: true }),
    ]);
    const node = logging(world, servers, { transparency: true });
    const { spki, privateKey } = leafKey("EC_prime256v1");
    const leaf = await issue(node, { subjectPublicKeyInfo: spki });
    const keys = [(await ownLog(node)).publicKey.toString("base64"), ...servers.map(({ key }) => key)];
    const logs = keys.map((key, index) => [`Log ${index}`, key] as const);
    const said = await timestampsSeen(node, leaf, privateKey, logs);
    expect(said).toContain("SCTs present (3)");
    expect(said.match(/SCT validation status: valid/g)).toHaveLength(3);
    for (const index of [0, 1, 2]) expect(said).toContain(`Log ${index}`);
    expect(servers.map(({ entries }) => entries.length)).toEqual([1, 1]);
    expect(servers[0]!.entries[0]!.equals(servers[1]!.entries[0]!)).toBe(true);
    await signCheckpoint(node);
    expect(await verifyLog(node.store)).toEqual({ entries: 1, certificates: 1, unlogged: 0, findings: [] });
    expect(await node.store.selectFrom("ctTimestamps").select("logId").execute()).toEqual([]);
    node.signers.outsideLogs!.close();
  });

  test("without an own log their timestamps stand alone, and RSA leafs have them, too", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    const node = logging(world, servers);
    const leaf = await issue(node, { subjectPublicKeyInfo: leafKey("RSA_2048").spki });
    expect(logsOf(leaf.der)).toEqual(idsOf(servers));
    expect(await verifyLog(node.store)).toEqual({ entries: 0, certificates: 0, unlogged: 1, findings: [] });
  });

  test("a log that lies is told of with what it did, and skipped for one that does not", async () => {
    const world = await plainWorld(await database.open());
    const lies: readonly [string, CtLogServer["answer"], RegExp][] = [
      [
        "another entry's signature",
        (_, stamp) => ok({ ...stamp!, timestamp: stamp!.timestamp - 1 }),
        /signature of its timestamp/,
      ],
      [
        "another log's id",
        (_, stamp) => ok({ ...stamp!, id: Buffer.alloc(32, 1).toString("base64") }),
        /of another log/,
      ],
      ["a time to come", (_, stamp) => ok({ ...stamp!, timestamp: stamp!.timestamp + 60_000 }), /of the future/],
      ["a time long gone", (_, stamp) => ok({ ...stamp!, timestamp: 0 }), /older than the entry/],
      ["version 2", (_, stamp) => ok({ ...stamp!, sct_version: 1 }), /no timestamp of version 1/],
      ["no JSON", () => ({ status: 200, body: "<html>" }), /no JSON/],
      ["far too much", () => ({ status: 200, body: "x".repeat(20_000) }), /more than 16384 bytes/],
      [
        "a redirect",
        () => ({ status: 302, headers: { location: "https://elsewhere.example/" }, body: "" }),
        /redirects to/,
      ],
      ["an error", () => ({ status: 500, body: "the disk\nis full" }), /^it answered 500: the disk is full$/],
    ];
    for (const [lie, answer, problem] of lies) {
      const told: string[] = [];
      const liar = await logServer(world, { operator: "Liar" });
      liar.answer = answer;
      const honest = await twoLogs(world);
      const node = logging(world, [liar, ...honest], { onFailure: (_, what) => void told.push(what) });
      const leafs = [];
      while (liar.asked === 0) leafs.push(await issue(node)); // each serial number asks in another order
      for (const { der } of leafs) expect([lie, logsOf(der)]).toEqual([lie, idsOf(honest)]);
      expect(told).toEqual([expect.stringMatching(problem)]);
      const row = (await listOutsideLogs(world.store)).find(({ logId }) => logId === idsOf([liar])[0]);
      expect(row).toMatchObject({ timestamps: 0, failures: 1, answeredAt: null, problem: told[0] });
      // Who failed comes last from now on.
      await issue(node);
      expect(liar.asked).toBe(1);
    }
  });

  test("a log that hangs holds nobody up, and one that is down neither", async () => {
    const world = await plainWorld(await database.open());
    const slow = await logServer(world, { operator: "Slow" });
    slow.answer = () => "hang";
    const honest = await twoLogs(world);
    const node = logging(world, [slow, ...honest], { hedge: 20 });
    while (slow.asked === 0) expect(logsOf((await issue(node)).der)).toEqual(idsOf(honest));

    const both = logging(world, [slow, honest[0]!], { hedge: 20, patience: 100 });
    await expect(issue(both)).rejects.toThrow(/1 came; Slow's log .*did not answer/);
  });

  test("when the time is over, logs that were not asked yet are not told of as failed", async () => {
    const world = await plainWorld(await database.open());
    const servers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => logServer(world, { operator: `Slow ${index}` })),
    );
    for (const server of servers) server.answer = () => "hang";
    await expect(issue(logging(world, servers, { hedge: 100, patience: 150 }))).rejects.toThrow("0 came");
    const failed = (await listOutsideLogs(world.store)).filter(({ failures }) => failures > 0);
    expect(failed.map(({ logId }) => logId)).toEqual(
      expect.arrayContaining(idsOf(servers.filter(({ asked }) => asked > 0))),
    );
    expect(failed.length).toBeLessThanOrEqual(6); // two at once, and two more after each of two pauses
  });

  test("fewer than are needed: the intent waits, says why, and asks only the missing log again", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    const [kiln, forge] = servers as [CtLogServer, CtLogServer];
    forge.answer = () => ({ status: 400, body: "unknown root" });
    const node = logging(world, servers);
    const request = leafRequest();
    const error = await issue(node, request).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(TimestampsMissing);
    expect(error).toMatchObject({
      message: `timestamps of 2 logs of 2 operators are needed, 1 came; Forge's log (${forge.url}): it answered 400: unknown root`,
      until: new Date(world.clock.now().getTime() + 5_000),
    });
    expect(await states(node)).toEqual(["logging"]);
    world.clock.advance(60_000);
    await expect(issue(node, request)).rejects.toMatchObject({ until: new Date(world.clock.now().getTime() + 60_000) });

    forge.answer = (truth) => truth;
    const leaf = await issue(logging(caNode(world.store, world.clock), servers), request); // another node goes on
    expect(logsOf(leaf.der)).toEqual(idsOf(servers));
    expect([kiln.asked, forge.asked]).toEqual([1, 3]);
    expect(kiln.entries).toHaveLength(1);
    expect(await states(node)).toEqual(["signed"]);
  });

  test("a log that asks for patience is left alone for that long, by all nodes", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    const [, forge] = servers as [CtLogServer, CtLogServer];
    forge.answer = () => ({ status: 503, headers: { "retry-after": "120" }, body: "" });
    const request = leafRequest();
    await expect(issue(logging(world, servers), request)).rejects.toThrow("it answered 503");
    forge.answer = (truth) => truth;
    world.clock.advance(119_000);
    const other = logging(caNode(world.store, world.clock), servers);
    await expect(issue(other, request)).rejects.toThrow("asked to be left alone");
    expect(forge.asked).toBe(1);
    world.clock.advance(1_000);
    expect(logsOf((await issue(other, request)).der)).toEqual(idsOf(servers));
  });

  test("the policy counts operators, and chooses whether to wait, to fail or to sign", async () => {
    const world = await plainWorld(await database.open());
    const twins = await Promise.all(
      ["one", "two"].map((name) => logServer(world, { operator: "Kiln", description: name })),
    );
    const forge = await logServer(world, { operator: "Forge" });
    for (let i = 0; i < 3; i++)
      expect(logsOf((await issue(logging(world, [...twins, forge]))).der)).toContain(idsOf([forge])[0]);

    forge.answer = () => ({ status: 500, body: "" });
    const policy = { needed: 2, operators: 2 };
    const failing = logging(world, [...twins, forge], { policy: { ...policy, missing: "fail" } });
    await expect(issue(failing)).rejects.toMatchObject({ name: "TimestampsMissing", until: undefined });
    const signing = logging(world, [...twins, forge], { policy: { ...policy, missing: "sign" } });
    expect(logsOf((await issue(signing)).der).length).toBeGreaterThanOrEqual(1);
    for (const twin of twins) twin.answer = () => ({ status: 500, body: "" });
    expect(logsOf((await issue(signing)).der)).toEqual([]);
  });

  test("shards are asked only for certificates that end in their time", async () => {
    const world = await plainWorld(await database.open());
    const shard = (description: string, from: number, to: number) => {
      const [start_inclusive, end_exclusive] = [from, to].map((days) => new Date(FIRST + days * DAY).toISOString());
      const interval = { start_inclusive: start_inclusive!, end_exclusive: end_exclusive! };
      return logServer(world, { operator: description, description, interval });
    };
    const right = [await shard("a", 180, 200), await shard("b", 0, 365)];
    const late = await shard("c", 200, 365);
    const { der, notAfter } = await issue(logging(world, [late, ...right])); // 198 days
    expect(logsOf(der)).toEqual(idsOf(right));
    expect(late.asked).toBe(0);
    await expect(issue(logging(world, [late, right[0]!]))).rejects.toThrow(
      `1 came; 1 of the list take certificates that end ${notAfter.toISOString().slice(0, 10)}`,
    );
  });

  test("two nodes that work on one intent sign it once, with one precertificate", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    const nodes = [logging(world, servers), logging(caNode(world.store, world.clock), servers)];
    const request = leafRequest();
    const prepared = await world.store.transaction().execute((tx) => prepareLeaf(tx, request, nodes[0]!));
    const results = await Promise.allSettled([...nodes, ...nodes].map((node) => signLeaf(prepared, node)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(servers.map(({ entries }) => entries.length)).toEqual([1, 1]);
    expect((await findSigned(world.store, request.certificateArn, 1, world))?.serial).toBe(prepared.serial);
  });

  test("kill -9 while a log is awaited: the successor signs what others saw, and does not ask them again", async () => {
    const url = await database.url();
    const store = await openStore(url);
    const world = await plainWorld(store);
    const servers = await twoLogs(world);
    const [kiln, forge] = servers as [CtLogServer, CtLogServer];
    forge.answer = () => "hang";
    const time = world.clock.now().toISOString();
    const child = spawn(process.execPath, ["tests/support/issue-with-logs.ts", url, logListOf(servers), time]);
    await forge.wasAsked(1);
    await until("an answer is kept", async () =>
      (await store.selectFrom("ctTimestamps").select("logId").execute()).length === 1 ? true : undefined,
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await states(world)).toEqual(["logging"]);

    forge.answer = (truth) => truth;
    const [row] = await store
      .selectFrom("caIssuances")
      .select(["certificateArn", "serial", "precertificate"])
      .execute();
    const { subjectPublicKeyInfo } = readCertificate(Buffer.from(row!.precertificate!));
    const certificateArn = row!.certificateArn as CertificateArn;
    const leaf = await issue(logging(world, servers), leafRequest({ certificateArn, subjectPublicKeyInfo }));
    expect(leaf.serial).toBe(row!.serial);
    expect(logsOf(leaf.der)).toEqual(idsOf(servers));
    expect([kiln.asked, forge.asked]).toEqual([1, 2]);
    expect(await states(world)).toEqual(["signed"]);
    await store.destroy();
  });

  test("a process that dies at the signature leaves a serial number that OCSP knows, and is not used again", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    const node = logging(world, servers);
    const request = leafRequest();
    const [forge] = servers as [CtLogServer];
    forge.answer = () => ({ status: 500, body: "" });
    await expect(issue(node, request)).rejects.toThrow("1 came");
    const prepared = await world.store.transaction().execute((tx) => prepareLeaf(tx, request, node));
    forge.answer = (truth) => truth;
    await takeLeaf(world.store, prepared, world); // and dies
    await expect(issue(node, request)).rejects.toThrow("is signing already");
    world.clock.advance(6_000);
    const leaf = await issue(node, request);
    expect(leaf.serial).not.toBe(prepared.serial);
    expect(await findCertificateStatus(world.store, prepared.issuerId, prepared.serial)).toMatchObject({
      issued: true,
    });
  });

  test("an ACME client's certificate waits in the same way, and its order fails where that is the policy", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    const node = logging(world, servers);
    const { names, subjectPublicKeyInfo, certificateArn } = leafRequest();
    const version = { names, subjectPublicKeyInfo, certificateArn, generation: 1, validity: 45 * DAY } as AcmeVersion;
    const begun = await world.store.transaction().execute((tx) => prepareForAcme(tx, version, node));
    expect(await states(node)).toEqual(["prepared"]);
    for (const server of servers) server.answer = () => ({ status: 500, body: "" });
    await expect(signForAcme(version, begun, node)).rejects.toBeInstanceOf(TimestampsMissing);
    const failing = logging(world, servers, { policy: { needed: 2, operators: 2, missing: "fail" } });
    await expect(signForAcme(version, undefined, failing)).rejects.toBeInstanceOf(CannotIssue);
    for (const server of servers) server.answer = (truth) => truth;
    const { der } = await signForAcme(version, undefined, node);
    expect(logsOf(der)).toEqual(idsOf(servers));
    expect(servers.map(({ entries }) => entries.length)).toEqual([1, 1]);
  });

  test("an intent that waits is given up for another key, when it is old, and without logs", async () => {
    const world = await plainWorld(await database.open());
    const servers = await twoLogs(world);
    for (const server of servers) server.answer = () => ({ status: 500, body: "" });
    const node = logging(world, servers);
    const request = leafRequest();
    const prepare = (who: CaWorld, different: Partial<typeof request> = {}) =>
      world.store.transaction().execute((tx) => prepareLeaf(tx, { ...request, ...different }, who));
    const waiting = async (): Promise<string> => {
      await expect(issue(node, request)).rejects.toThrow("0 came");
      const rows = await world.store.selectFrom("caIssuances").select(["serial", "state"]).execute();
      return rows.find(({ state }) => state === "logging")!.serial;
    };
    const first = await waiting();
    expect((await prepare(node)).serial).toBe(first);
    expect((await prepare(node, { subjectPublicKeyInfo: leafKey("EC_prime256v1").spki })).serial).not.toBe(first);
    const second = await waiting();
    world.clock.advance(25 * 3_600_000);
    expect((await prepare(node)).serial).not.toBe(second);
    const third = await waiting();
    expect((await prepare(world)).serial).not.toBe(third);
  });
});

async function plainWorld(store: Store): Promise<CaWorld> {
  // OpenSSL holds a timestamp against the whole second that the handshake began in.
  const world = caNode(store, testClock(new Date(FIRST)));
  await hierarchyOf(world);
  return world;
}

async function logServer(world: CaWorld, options: Partial<CtLogOptions> = {}): Promise<CtLogServer> {
  const root = await findIssuer(world.store, "r2");
  return await ctLogServer({ clock: world.clock, roots: [root!.certificate], ...options });
}

function twoLogs(world: CaWorld): Promise<CtLogServer[]> {
  return Promise.all(["Kiln", "Forge"].map((operator) => logServer(world, { operator })));
}

function logging(
  node: CaWorld,
  servers: readonly CtLogServer[],
  { transparency = false, ...different }: Partial<OutsideLogsOptions> & { transparency?: boolean } = {},
): CaWorld {
  const trust = servers.find(({ ca }) => ca !== undefined)?.ca;
  const outsideLogs = new OutsideLogs({
    logs: readLogList(logListOf(servers)),
    policy: { needed: 2, operators: 2, missing: "wait" },
    timers: systemTimers,
    trust,
    onFailure: () => {},
    ...different,
  });
  const { root, caUrl } = node.signers;
  return { ...node, signers: new Signers({ root, caUrl, transparency, outsideLogs }) };
}

/** The logs whose timestamps a certificate has, in order. */
function logsOf(der: Buffer): string[] {
  return timestampsOf(readCertificate(der).tbs)
    .map((one) => readTimestamp(one).logId.toString("hex"))
    .sort();
}

function idsOf(servers: readonly CtLogServer[]): string[] {
  return readLogList(logListOf(servers))
    .map(({ id }) => id)
    .sort();
}

function ok(body: object): { status: number; body: string } {
  return { status: 200, body: JSON.stringify(body) };
}

async function states({ store }: CaWorld): Promise<string[]> {
  return (await store.selectFrom("caIssuances").select("state").execute()).map(({ state }) => state);
}

const FIRST = Date.now() - 60_000;
