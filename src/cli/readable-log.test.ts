import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { readableLine } from "./readable-log.ts";

const read = (entry: object): string =>
  stripVTControlCharacters(
    readableLine(JSON.stringify({ level: 30, time: "2026-01-02T03:04:05.678Z", process: "control", pid: 7, ...entry })),
  ).replace(/^\d\d:04:05 /, "");

test.for([
  [
    { msg: "call", service: "acm", operation: "RequestCertificate", region: "eu-west-1", status: 200, ms: 12.3 },
    "acm RequestCertificate in eu-west-1 200, 12.3 ms",
  ],
  [
    {
      msg: "call",
      service: "kms",
      operation: "Encrypt",
      status: 400,
      ms: 1,
      error: "DisabledException: no",
      requestId: "r-1",
    },
    "kms Encrypt 400, 1 ms: DisabledException: no (request r-1)",
  ],
  [
    { level: 40, msg: "the connection of an edge was lost", edge: "local", err: { message: "read ECONNRESET" } },
    "the connection of an edge was lost: read ECONNRESET (edge local)",
  ],
  [{ msg: "stopping" }, "stopping"],
] as [object, string][])("%j is a line for people", ([entry, line]) => {
  expect(read(entry)).toBe(`${line}\n`);
});
