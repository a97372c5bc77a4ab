import { describe, expect, test } from "vitest";
import { change, name } from "../../../tests/support/zone-world.ts";
import { decideBatch } from "./change-batch.ts";
import type { HostedZone } from "./hosted-zone.ts";
import type { ChangeAction } from "./record-change.ts";
import type { RecordSet } from "./record-set.ts";

const zone: HostedZone = {
  id: "Z1",
  account: "111111111111" as HostedZone["account"],
  name: name("example.com"),
  callerReference: "",
  comment: "",
  createdAt: new Date(0),
  recordSetCount: 0,
};
const set = (line: string): RecordSet => change("CREATE", zone, line).set;

const STANDING = [
  "@ SOA 900 ns.example.com. host.example.com. 1 2 3 4 5",
  "@ NS 900 ns.example.com.",
  "a A 60 192.0.2.1 | 192.0.2.2",
  "c CNAME 60 a.example.com",
  'txt TXT 60 "a"',
  "al A 0 alias:a.example.com",
].map(set);

/** Lines of `ACTION line`. */
function decide(...lines: readonly string[]): readonly string[] {
  const changes = lines.map((line) => {
    const [action = "", ...rest] = line.split(" ");
    return change(action as ChangeAction, zone, rest.join(" "));
  });
  const isAliasTarget = () => "not-found" as const;
  const decided = decideBatch(changes, { id: zone.id, name: zone.name, standing: STANDING, isAliasTarget });
  if ("problems" in decided) return decided.problems;
  const { written, removed } = decided.decision;
  return [...written.map((one) => `+${one.type} ${one.name}`), ...removed.map((one) => `-${one.type} ${one.name}`)];
}

describe("a batch of changes", () => {
  test.for<[string, readonly string[], readonly string[]]>([
    ["creates", ["CREATE b A 60 192.0.2.9"], ["+A b.example.com."]],
    ["replaces by UPSERT", ["UPSERT a A 60 192.0.2.9"], ["+A a.example.com."]],
    ["creates by UPSERT", ["UPSERT b A 60 192.0.2.9"], ["+A b.example.com."]],
    ["deletes, values in any order", ["DELETE a A 60 192.0.2.2 | 192.0.2.1"], ["-A a.example.com."]],
    ["deletes what means the same", ["DELETE c CNAME 60 A.EXAMPLE.com."], ["-CNAME c.example.com."]],
    ["deletes an alias", ["DELETE al A 0 alias:a.example.com"], ["-A al.example.com."]],
    [
      "replaces an A by a CNAME, in whatever order they are named",
      ["CREATE a CNAME 60 b.example.com", "DELETE a A 60 192.0.2.1 | 192.0.2.2"],
      ["+CNAME a.example.com.", "-A a.example.com."],
    ],
    [
      "replaces a set by DELETE and CREATE",
      ["DELETE a A 60 192.0.2.1 | 192.0.2.2", "CREATE a A 60 192.0.2.3"],
      ["+A a.example.com."],
    ],
    [
      "makes an alias to a set of the same batch",
      ["CREATE x A 0 alias:y.example.com", "CREATE y A 60 192.0.2.9"],
      ["+A x.example.com.", "+A y.example.com."],
    ],
    [
      "changes the apex's own sets",
      ["UPSERT @ NS 60 ns9.example.com", "UPSERT @ SOA 60 ns.example.com. host.example.com. 2 2 3 4 5"],
      ["+NS example.com.", "+SOA example.com."],
    ],
  ])("%s", ([, lines, outcome]) => {
    expect(decide(...lines)).toEqual(outcome);
  });

  test.for<[string, readonly string[]]>([
    [
      "Tried to create resource record set [name='a.example.com.', type='A'] but it already exists",
      ["CREATE a A 60 192.0.2.9"],
    ],
    [
      "Tried to delete resource record set [name='b.example.com.', type='A'] but it was not found",
      ["DELETE b A 60 192.0.2.9"],
    ],
    [
      "Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not match the current values",
      ["DELETE a A 60 192.0.2.1"],
    ],
    [
      "Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not match the current values",
      ["DELETE a A 61 192.0.2.1 | 192.0.2.2"],
    ],
    [
      "Tried to delete resource record set [name='al.example.com.', type='A'] but the values provided do not match the current values",
      ["DELETE al A 0 192.0.2.1"],
    ],
    [
      "RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.",
      ["CREATE a CNAME 60 b.example.com"],
    ],
    [
      "RRSet of type A with DNS name c.example.com. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com.",
      ["CREATE c A 60 192.0.2.9"],
    ],
    [
      "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
      ["CREATE @ CNAME 60 b.example.com"],
    ],
    [
      "RRSet of type SOA with DNS name b.example.com. is not permitted below the apex in zone example.com.",
      ["CREATE b SOA 60 a.b. c.d. 1 2 3 4 5"],
    ],
    [
      "RRSet of type NS with DNS name \\052.example.com. is not permitted as a wildcard",
      ["CREATE * NS 60 ns.example.com"],
    ],
    [
      "A HostedZone must contain exactly one SOA record.",
      ["DELETE @ SOA 900 ns.example.com. host.example.com. 1 2 3 4 5"],
    ],
    ["A HostedZone must contain at least one NS record for the zone itself.", ["DELETE @ NS 900 ns.example.com."]],
    [
      "The request contains an invalid set of changes for a resource record set 'A b.example.com.'",
      ["UPSERT b A 60 192.0.2.9", "UPSERT b A 60 192.0.2.8"],
    ],
    [
      "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '1.2.3''",
      ["CREATE b A 60 1.2.3"],
    ],
    [
      "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'x''",
      ["CREATE b TXT 60 x"],
    ],
    ["Duplicate Resource Record: '192.0.2.9'", ["CREATE b A 60 192.0.2.9 | 192.0.2.9"]],
    [
      "RRSet of type CNAME with DNS name b.example.com. can have only one resource record",
      ["CREATE b CNAME 60 x.y | z.y"],
    ],
    [
      "Tried to create an alias that targets b.example.com., type A in zone Z1, but that target was not found",
      ["CREATE x A 0 alias:b.example.com"],
    ],
    [
      "Tried to create an alias that targets lb.elsewhere.example., type A in zone Z32O12XQLNTSW2, but that target was not found",
      ["CREATE x A 0 alias:lb.elsewhere.example"],
    ],
    ["RRSet of type NS with DNS name x.example.com. can not be an alias", ["CREATE x NS 0 alias:a.example.com"]],
  ])("is refused: %s", ([problem, lines]) => {
    expect(decide(...lines)).toEqual([problem]);
  });

  test("is refused with everything that speaks against it", () => {
    expect(decide("CREATE a A 60 192.0.2.9", "CREATE ok A 60 192.0.2.9", "DELETE nothing A 60 192.0.2.9")).toEqual([
      "Tried to delete resource record set [name='nothing.example.com.', type='A'] but it was not found",
      "Tried to create resource record set [name='a.example.com.', type='A'] but it already exists",
    ]);
  });

  test("is refused for a name outside the zone", () => {
    const outside = { ...set("b A 60 192.0.2.9"), name: name("example.com.evil.example") };
    const isAliasTarget = () => "not-found" as const;
    const decided = decideBatch([{ action: "CREATE", set: outside }], { ...zone, standing: STANDING, isAliasTarget });
    expect(decided).toEqual({
      problems: ["RRSet with DNS name example.com.evil.example. is not permitted in zone example.com."],
    });
  });
});
