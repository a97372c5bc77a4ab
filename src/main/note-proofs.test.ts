import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "#store/store.ts";
import { certificateWorld } from "../../tests/support/certificate-world.ts";
import { proofNotes } from "./note-proofs.ts";

test("why a domain is not proven is logged once, and again when the reason changes", async () => {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const world = await certificateWorld(store);
  const lines: string[] = [];
  const note = proofNotes({ store, log: pino({}, { write: (line) => lines.push(line) }) });
  const zone = await world.zone("example.com");
  const arn = await world.request("www.example.com");
  const record = (await world.describe(arn)).DomainValidationOptions[0].ResourceRecord;

  await world.work();
  await note(arn);
  await note(arn);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ certificate: arn, msg: expect.stringContaining("no CNAME record at") });

  await zone.put(record.Name, "elsewhere.example.");
  await world.work();
  await note(arn);
  expect(lines[1]).toContain("elsewhere.example");
  await zone.put(record.Name, record.Value);
  await world.work();
  await note(arn);
  expect(lines).toHaveLength(2);
});
