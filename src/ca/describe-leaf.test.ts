import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificateArn } from "#domain/arn.ts";
import type { DomainName } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../tests/support/certificate-world.ts";
import { describeCertificate } from "./describe.ts";
import { describeLeaf } from "./describe-leaf.ts";
import { prepareLeaf, signLeaf } from "./issue.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

const long = `${"a".repeat(60)}.example.com`;

test.for([
  ["EC_prime256v1", ["www.example.com", "*.example.com"]],
  ["EC_secp384r1", ["one.example.com"]],
  ["RSA_2048", ["rsa.example.com"]],
  ["EC_prime256v1", ["again.example.com"]],
  ["RSA_2048", [long, "short.example.com"]],
] as const)("a leaf with a key of %s for %s is described as if it were read", async ([algorithm, names]) => {
  const { publicKey } =
    algorithm === "RSA_2048"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: algorithm.slice(3) });
  const request = {
    certificateArn: certificateArn(world.caller(), names[0]),
    generation: 1,
    subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
    names: names as readonly string[] as readonly DomainName[],
    validity: 45 * DAY,
  };
  const prepared = await store.transaction().execute((tx) => prepareLeaf(tx, request, world.deps));
  const leaf = await signLeaf(prepared, world.deps);
  expect(describeLeaf(leaf, request.names, algorithm)).toEqual(describeCertificate(leaf.der));
});
