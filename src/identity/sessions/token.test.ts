import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyFileRoot } from "#custody/root.ts";
import { parseAccountId } from "#domain/names.ts";
import { randomIds } from "#lib/ids.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { issueToken, openToken, type SessionClaims } from "./token.ts";

const root = keyFileRoot(randomBytes(32));
const deps = { root, ids: randomIds, clock: testClock("2026-11-22T06:00:00Z") };
const CLAIMS: Omit<SessionClaims, "issuedAt" | "expiresAt"> = {
  kind: "role",
  account: parseAccountId("123456789012")!,
  principal: "AROAAAAAAAAAAAAAAAAAA",
  name: "build-1",
  policies: undefined,
  policyArns: [],
  tags: [["team", "web"]],
  transitive: [],
  sourceIdentity: undefined,
};

test("a token says what the session is, and holds the secret of its key", () => {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = issueToken(CLAIMS, 900, deps);
  expect(expiresAt.toISOString()).toBe("2026-11-22T06:15:00.000Z");
  using opened = openToken(accessKeyId, sessionToken, { root })!;
  expect(opened.claims).toEqual({
    ...JSON.parse(JSON.stringify(CLAIMS)),
    issuedAt: expiresAt.getTime() - 900_000,
    expiresAt: expiresAt.getTime(),
  });
  expect(Buffer.from(opened.secret).toString()).toBe(secretAccessKey);
  expect(Buffer.from(sessionToken, "base64").includes(secretAccessKey)).toBe(false);
});

test("a token of another key, of another root, or with a byte changed is none", () => {
  const one = issueToken(CLAIMS, 900, deps);
  const other = issueToken(CLAIMS, 900, deps);
  expect(openToken(other.accessKeyId, one.sessionToken, { root })).toBeUndefined();
  expect(openToken(one.accessKeyId, one.sessionToken, { root: keyFileRoot(randomBytes(32)) })).toBeUndefined();
  const bytes = Buffer.from(one.sessionToken, "base64");
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ flip;
      expect(openToken(one.accessKeyId, changed.toString("base64"), { root })).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test("whatever else comes as a token is none, and breaks nothing", () => {
  const { accessKeyId } = issueToken(CLAIMS, 900, deps);
  for (const text of ["", "a", "=", "AAAA", "x".repeat(9000), "SKR", "ü"]) {
    expect(openToken(accessKeyId, text, { root })).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => openToken(accessKeyId, text, { root }) === undefined));
  fc.assert(fc.property(fc.base64String(), (text) => openToken(accessKeyId, text, { root }) === undefined));
});

test("a session that says more than a token may hold is refused with packed-policy-too-large", () => {
  const tags = Array.from({ length: 50 }, (): [string, string] => [randomIds.hex(60), randomIds.hex(120)]);
  expect(() => issueToken({ ...CLAIMS, tags }, 900, deps)).toThrow(
    expect.objectContaining({ code: "packed-policy-too-large" }),
  );
  const { packedPolicySize, sessionToken } = issueToken({ ...CLAIMS, tags: tags.slice(0, 18) }, 900, deps);
  expect(packedPolicySize).toBeLessThanOrEqual(100);
  expect(sessionToken.length).toBeLessThan(8192);
});
