import { describe, expect, test } from "vitest";
import type { AccountId } from "#domain/names.ts";
import { HOUR, SECOND } from "#lib/duration.ts";
import { DATABASES } from "../support/databases.ts";
import { ACCOUNT, eventWorld, REGION } from "../support/event-world.ts";
import { webhookServer } from "../support/webhook.ts";

const STRANGER = { account: "999999999999" as AccountId };
const CERTIFICATE = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/6a7e8feb-b491-4cf7-a9f1-bf3703467718`;
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const entry = (resource: string): object => ({
  Source: "their.app",
  DetailType: "Poison",
  Detail: "{}",
  Resources: [resource],
});

for (const database of DATABASES) {
  describe(`events from people who mean harm, on ${database.name}`, () => {
    test("another account's events hold up none of a certificate's, whatever they say they are about", async () => {
      const hook = await webhookServer();
      hook.answer = ({ body }, response) => void response.writeHead(body.includes("Poison") ? 503 : 200).end();
      const world = await eventWorld(await database.open(), [hook]);
      await world.call("PutEvents", { Entries: [entry(CERTIFICATE)] }, STRANGER);
      await world.publish({ n: 1 }, CERTIFICATE);
      await world.liveFor(SECOND);
      expect(hook.events()).toContainEqual(expect.objectContaining({ account: ACCOUNT, detail: { n: 1 } }));
    });

    test("an event about something with a long name is delivered as any other", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), [hook]);
      const name = Array.from({ length: 2000 }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)));
      const { FailedEntryCount } = await world.call("PutEvents", { Entries: [entry(name.join(""))] });
      expect(FailedEntryCount).toBe(0);
      await world.work();
      expect(hook.received).toHaveLength(1);
    });

    test("an event that its target's template makes too large is given up, and the next one is not", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), [], { trusted: [hook.ca] });
      const InputTransformer = { InputPathsMap: { a: "$.detail.text" }, InputTemplate: "<a>".repeat(2000) };
      await world.ruleTo(hook, { detail: { text: [{ exists: true }] } }, { InputTransformer });
      await world.publish({ text: "x".repeat(200_000) });
      await world.publish({ text: "x" });
      await world.liveFor(SECOND);
      expect(hook.received.map(({ body }) => body.length)).toEqual([2000]);
      expect(world.tries[0]).toMatchObject({ outcome: "dead", problem: expect.stringContaining("InputTransformer") });
      expect(world.failures).toEqual([]);
    });

    test("a NextToken that somebody made up is ValidationException", async () => {
      const world = await eventWorld(await database.open());
      const NextToken = Buffer.from(JSON.stringify(["rules", "", "a\0"])).toString("base64url");
      expect((await world.refusal("ListRules", { NextToken }))[0]).toBe("ValidationException");
    });

    test("an eleventh replay at once is LimitExceededException", async () => {
      const world = await eventWorld(await database.open());
      const { ArchiveArn } = await world.call("CreateArchive", { ArchiveName: "a", EventSourceArn: BUS });
      const at = (millis: number): number => (world.clock.now().getTime() + millis) / 1000;
      const replay = { EventSourceArn: ArchiveArn, EventStartTime: at(-HOUR), EventEndTime: at(0) };
      const start = (name: string): object => ({ ...replay, ReplayName: name, Destination: { Arn: BUS } });
      for (let count = 0; count < 10; count++) await world.call("StartReplay", start(`r${count}`));
      expect((await world.refusal("StartReplay", start("r10")))[0]).toBe("LimitExceededException");
      await world.work();
      await world.call("StartReplay", start("r10"));
    });
  });
}
