import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

test("tags are added, given new values, and removed by key or by key and value", async () => {
  const CertificateArn = await world.request("example.com", { Tags: [{ Key: "a", Value: "1" }, { Key: "b" }] });
  const tags = async () => (await world.call("ListTagsForCertificate", { CertificateArn })).body.Tags;
  expect(await tags()).toEqual([{ Key: "a", Value: "1" }, { Key: "b" }]);
  await world.call("AddTagsToCertificate", {
    CertificateArn,
    Tags: [
      { Key: "a", Value: "2" },
      { Key: "c", Value: "" },
    ],
  });
  expect(await tags()).toEqual([{ Key: "a", Value: "2" }, { Key: "b" }, { Key: "c", Value: "" }]);
  await world.call("RemoveTagsFromCertificate", { CertificateArn, Tags: [{ Key: "a", Value: "1" }, { Key: "c" }] });
  expect(await tags()).toEqual([{ Key: "a", Value: "2" }, { Key: "b" }]);
});

test("more than 50 tags are refused with TooManyTagsException, and nothing is changed", async () => {
  const CertificateArn = await world.request("full.example.com");
  const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
  await world.call("AddTagsToCertificate", { CertificateArn, Tags });
  const refused = await world.call("AddTagsToCertificate", { CertificateArn, Tags: [{ Key: "one", Value: "more" }] });
  expect(refused).toMatchObject({ status: 400, error: "TooManyTagsException" });
  expect(refused.body.message).toMatch(/^the TagSet: '\{k0=v, .*, one=more\}' contains too many Tags$/);
  expect((await world.call("ListTagsForCertificate", { CertificateArn })).body.Tags).toEqual(Tags);
});

test("AWS's own tags are refused with InvalidTagException", async () => {
  const CertificateArn = await world.request("own.example.com");
  for (const operation of ["AddTagsToCertificate", "RemoveTagsFromCertificate"]) {
    expect(await world.call(operation, { CertificateArn, Tags: [{ Key: "AWS:x" }] })).toMatchObject({
      error: "InvalidTagException",
      body: { message: 'Invalid Tag Key: "AWS:x". AWS internal tags cannot be changed with this API' },
    });
  }
});
