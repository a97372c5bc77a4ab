import fc from "fast-check";
import { expect, test } from "vitest";
import { leastUsedAddress, overlap, parseEdgeAddresses } from "./addresses.ts";
import { type AnswerPlace, addressesToAnswer } from "./answer.ts";
import { readFingerprint, readJoinToken, writeJoinToken } from "./join-token.ts";
import { edgeHostName, edgeOfHostName } from "./names.ts";

test.for<[string, number | undefined]>([
  ["10.0.0.16/28", 16],
  ["10.0.0.5", 1],
  ["10.0.0.5/32", 1],
  ["10.1.0.0/16", 65_536],
  ["10.0.0.5/28", undefined],
  ["10.0.0.0/8", undefined],
  ["0.0.0.0", undefined],
  ["224.0.0.1", undefined],
  ["10.0.0.016", undefined],
  ["10.0.0.16/33", undefined],
  ["fd00::/64", undefined],
  ["", undefined],
])("an edge's addresses %s are %s", ([text, size]) => {
  expect(parseEdgeAddresses(text)?.size).toBe(size);
});

test("blocks overlap where they have an address in common", () => {
  const block = (text: string) => parseEdgeAddresses(text)!;
  expect(overlap(block("10.0.0.0/24"), block("10.0.0.255"))).toBe(true);
  expect(overlap(block("10.0.0.0/24"), block("10.0.1.0"))).toBe(false);
});

test("an address that nobody has is taken first, then the one that the fewest have", () => {
  const range = parseEdgeAddresses("10.0.0.4/30")!;
  const used = new Map([
    ["10.0.0.4", 1],
    ["10.0.0.5", 2],
    ["10.0.0.6", 2],
  ]);
  expect(leastUsedAddress(range, used)).toBe("10.0.0.7");
  expect(leastUsedAddress(range, new Map([...used, ["10.0.0.7", 3]]))).toBe("10.0.0.4");
});

const place = (address: string, more: Partial<AnswerPlace> = {}): AnswerPlace => ({
  address,
  isConnected: true,
  bound: 1,
  unbound: 0,
  healthy: 1,
  unhealthy: 0,
  ...more,
});

test.for<[string, string, AnswerPlace[], string[]]>([
  ["no edge of its own: its own address", "127.9.9.9", [], ["127.9.9.9"]],
  [
    "edges that see healthy targets come first",
    "127.9.9.9",
    [place("10.0.0.1", { healthy: 0, unhealthy: 2 }), place("10.0.0.2")],
    ["10.0.0.2", "10.0.0.1"],
  ],
  [
    "one that is not connected is left out",
    "127.9.9.9",
    [place("10.0.0.1", { isConnected: false }), place("10.0.0.2")],
    ["10.0.0.2"],
  ],
  [
    "one that could not listen is left out",
    "127.9.9.9",
    [place("10.0.0.1", { bound: 0, unbound: 1 }), place("10.0.0.2")],
    ["10.0.0.2"],
  ],
  ["where none serves, all are answered", "127.9.9.9", [place("10.0.0.1", { isConnected: false })], ["10.0.0.1"]],
  ["an address that others reach is answered, too", "192.0.2.9", [place("10.0.0.1")], ["10.0.0.1", "192.0.2.9"]],
  ["an address that several share stands once", "127.9.9.9", [place("10.0.0.1"), place("10.0.0.1")], ["10.0.0.1"]],
])("the DNS answers: %s", ([, own, places, expected]) => {
  expect(addressesToAnswer(own, places)).toEqual(expected);
});

test("a token is read as it was written, and nothing else is a token", () => {
  const token = { id: "0123456789abcdef", secret: "s".repeat(43), fingerprint: "f".repeat(43) };
  expect(readJoinToken(` ${writeJoinToken(token)}\n`)).toEqual(token);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readJoinToken(text)).toBeUndefined();
    }),
  );
  expect(readFingerprint(`sha256:${"AB".repeat(32)}`)).toBe(Buffer.from("ab".repeat(32), "hex").toString("base64url"));
  expect(readFingerprint(`sha256:${Array.from({ length: 32 }, () => "ab").join(":")}`)).toBeDefined();
  expect(readFingerprint("ab".repeat(32))).toBeUndefined();
});

test("an edge's name in a certificate is that edge's and nobody else's", () => {
  expect(edgeOfHostName(edgeHostName("rack-1"))).toBe("rack-1");
  for (const name of [
    "edge.fleet.sealkeeper.internal",
    "a.b.edge.fleet.sealkeeper.internal",
    "control.fleet.sealkeeper.internal",
    "A.edge.fleet.sealkeeper.internal",
  ]) {
    expect(edgeOfHostName(name)).toBeUndefined();
  }
});
