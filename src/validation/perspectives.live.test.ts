import { describe, expect, onTestFinished, test } from "vitest";
import { randomIds } from "#lib/ids.ts";
import { book, type NameServer, nameServer } from "../../tests/support/internet-dns.ts";
import { type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { type CnameDeps, lookUpCname } from "./dns-cname.ts";
import { quorum } from "./perspectives.ts";

const NAME = "_0123456789abcdef0123456789abcdef.example.com";
const VALUE = "_fedcba9876543210fedcba9876543210.zfyfvmchrl.acm-validations.aws";

async function depsOf(...perspectives: readonly (readonly NameServer[])[]): Promise<CnameDeps & { own: ZoneWorld }> {
  const own = await zoneWorld();
  onTestFinished(() => own[Symbol.asyncDispose]());
  return { ...own, own, resolvers: [], perspectives, ids: randomIds, patience: 200 };
}

const holder = (): Promise<NameServer> => nameServer(book(`${NAME} CNAME ${VALUE}`));
const empty = (): Promise<NameServer> => nameServer(book("example.com A 192.0.2.1"));
const shown = ({ address, port }: NameServer): string => `${address}:${port}`;

test.for([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [9, 8],
])("of %i perspectives %i must agree", ([all, needed]) => {
  expect(quorum(all!)).toBe(needed);
});

describe("a record outside our zones", () => {
  test("is believed when both of two perspectives see it", async () => {
    const [one, two] = [await holder(), await holder()];
    const finding = await lookUpCname(NAME, VALUE, await depsOf([one], [two]));
    expect(finding.found).toBe(true);
    expect(finding.lookups.map(({ server }) => server).toSorted()).toEqual([shown(one), shown(two)].toSorted());
  });

  test("is not believed when one of two does not see it, and the reason names who said what", async () => {
    const [one, two] = [await holder(), await empty()];
    const { found, reason } = await lookUpCname(NAME, VALUE, await depsOf([one], [two]));
    expect(found).toBe(false);
    expect(reason).toBe(
      `The perspectives disagree (2 of 2 must find it). ${shown(one)} finds everything right. ${shown(two)}: There is no CNAME record at ${NAME}.`,
    );
  });

  test("is believed when all but one of three see it, but not when two do not", async () => {
    const [one, two, three] = [await holder(), await holder(), await empty()];
    expect((await lookUpCname(NAME, VALUE, await depsOf([three], [one], [two]))).found).toBe(true);
    const lost = await nameServer(() => undefined);
    const { found, reason } = await lookUpCname(NAME, VALUE, await depsOf([one], [three], [lost]));
    expect(found).toBe(false);
    expect(reason).toContain("(2 of 3 must find it)");
    expect(reason).toContain(`${shown(lost)}: ${NAME} could not be looked up: ${shown(lost)} did not answer in time.`);
  });

  test("is believed of a perspective whose first resolver is down, when the one that stands in for it answers", async () => {
    const down = await nameServer(() => ({ code: 5 }));
    expect((await lookUpCname(NAME, VALUE, await depsOf([down, await holder()], [await holder()]))).found).toBe(true);
  });

  test("is not believed at all when one forged resolver says otherwise, whatever it says", async () => {
    const forged = await nameServer(book(`${NAME} CNAME _other.zfyfvmchrl.acm-validations.aws`));
    const { found, reason } = await lookUpCname(NAME, VALUE, await depsOf([await empty()], [forged]));
    expect(found).toBe(false);
    expect(reason).toContain("but it must be");
  });

  test("that nobody sees has one reason, and hints", async () => {
    const doubled = await nameServer(book(`${NAME}.example.com CNAME ${VALUE}`));
    const { reason } = await lookUpCname(NAME, VALUE, await depsOf([doubled], [doubled]));
    expect(reason).toMatch(/^There is no CNAME record at \S+ It stands at \S+: the domain was appended twice\./);
  });
});

test("what our own zones say is asked once, however many perspectives there are", async () => {
  const elsewhere = await empty();
  const { own, ...deps } = await depsOf([elsewhere], [elsewhere], [elsewhere]);
  await own.put(await own.zone("example.com"), `${NAME.split(".")[0]} CNAME 60 ${VALUE}`);
  const finding = await lookUpCname(NAME, VALUE, deps);
  expect(finding.lookups).toEqual([{ name: NAME, type: "CNAME", server: "own zones", answer: VALUE }]);
  expect(elsewhere.asked).toEqual([]);
});
