import { describe, expect, test } from "vitest";
import { randomIds } from "#lib/ids.ts";
import { nameServer, type Says } from "../../../tests/support/internet-dns.ts";
import { unreachedChallenge } from "./challenge-reach.ts";

const ZONE = "acme.kiln.com";
const seen = async (says: Says | undefined): Promise<string | undefined> => {
  const { address, port } = await nameServer((name) => (name === `ns.${ZONE}` ? says : { code: 3 }));
  return unreachedChallenge(ZONE, [], { resolvers: [{ address, port }], ids: randomIds, patience: 200 });
};

describe("the zone of our answers", () => {
  test("is reached where its name server is known", async () => {
    const answers = [{ type: "A", name: `ns.${ZONE}`, data: "203.0.113.7" } as const];
    expect(await seen({ answers })).toBeUndefined();
    expect(await seen({})).toBeUndefined();
  });

  test("is not where the world knows nothing of it, or nobody answers: it says who says so, and what to do", async () => {
    expect(await seen({ code: 3 })).toMatch(
      /^The zone acme\.kiln\.com, in which the answers stand, is not found: 127\.0\.0\.1:\d+ knows no such name\. It must be delegated/,
    );
    expect(await seen({ code: 2 })).toMatch(/is not found: 127\.0\.0\.1:\d+ .+\. It must be delegated/);
    expect(await seen(undefined)).toMatch(/is not found: 127\.0\.0\.1:\d+ .+\. It must be delegated/);
  });

  test("is not the matter where the owner was told of no record", async () => {
    const hint = await unreachedChallenge(ZONE, [["*.kiln.com", "abc.acme.kiln.com"]], {
      resolvers: [],
      ids: randomIds,
    });
    expect(hint).toBe("For its answer by DNS, _acme-challenge.kiln.com must be a CNAME to abc.acme.kiln.com.");
  });
});
