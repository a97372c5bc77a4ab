import { pino } from "pino";
import { expect, test } from "vitest";
import { openUpstream } from "#ca/upstream/upstream.ts";
import { systemClock } from "#lib/clock.ts";
import { upstreamCa } from "../../tests/support/upstream-world.ts";
import { noteUpstream } from "./note-upstream.ts";

test.for([
  ["https://ca.kiln.com/dir", "acme.sealkeeper.internal", "public CAs cannot find acme.sealkeeper.internal"],
  ["https://ca.kiln.com/dir", "acme.kiln.com", "public CAs sign"],
  ["https://localhost:14000/dir", "acme.sealkeeper.internal", "public CAs sign"],
] as const)("with a CA at %s and the zone %s the log says: %s", ([directory, zone, message]) => {
  const lines: string[] = [];
  const upstream = openUpstream([upstreamCa(directory, "ca")], zone, { clock: systemClock });
  noteUpstream(upstream, pino({}, { write: (line) => void lines.push(line) }));
  upstream.close();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(message);
});
