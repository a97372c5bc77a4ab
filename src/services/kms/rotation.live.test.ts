import * as sdk from "@aws-sdk/client-kms";
import { expect, onTestFinished, test } from "vitest";
import { rotateKey } from "#custody/rotation.ts";
import { DAY } from "#lib/duration.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import { keyWorld, refusal, serveKms } from "../../../tests/support/key-world.ts";

async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const deps = keyWorld(store);
  const root = (await serveKms(deps))();
  const create = async (more: object = {}) =>
    (await root.send(new sdk.CreateKeyCommand(more))).KeyMetadata?.KeyId ?? "";
  const status = async (KeyId: string) => {
    const { $metadata: _, ...rest } = await root.send(new sdk.GetKeyRotationStatusCommand({ KeyId }));
    return rest;
  };
  const encrypt = async (KeyId: string, text: string) =>
    (await root.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }))).CiphertextBlob;
  const decrypt = async (CiphertextBlob?: Uint8Array) => {
    const { Plaintext, KeyMaterialId } = await root.send(new sdk.DecryptCommand({ CiphertextBlob }));
    return [Buffer.from(Plaintext ?? []).toString(), KeyMaterialId];
  };
  const rotations = async (KeyId: string, more: object = {}) =>
    (await root.send(new sdk.ListKeyRotationsCommand({ KeyId, ...more }))).Rotations ?? [];
  const material = async (KeyId: string) =>
    (await root.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId;
  return { ...deps, deps, root, create, status, encrypt, decrypt, rotations, material };
}

test("a key that rotates has new material each period, and opens what it encrypted before", async () => {
  const { deps, clock, root, create, status, encrypt, decrypt, rotations, material } = await world();
  const KeyId = await create();
  expect(await status(KeyId)).toMatchObject({ KeyRotationEnabled: false });
  await root.send(new sdk.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
  const next = new Date(clock.now().getTime() + 90 * DAY);
  expect(await status(KeyId)).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 90,
    NextRotationDate: next,
  });
  const first = await material(KeyId);
  const blobs = [await encrypt(KeyId, "zero")];
  expect(await rotateKey(KeyId, deps)).toEqual(next);
  for (const text of ["one", "two"]) {
    clock.advance(90 * DAY);
    expect(await rotateKey(KeyId, deps)).toEqual(new Date(clock.now().getTime() + 90 * DAY));
    blobs.push(await encrypt(KeyId, text));
  }
  const opened = await Promise.all(blobs.map(decrypt));
  expect(opened.map(([text]) => text)).toEqual(["zero", "one", "two"]);
  expect(new Set(opened.map(([, id]) => id)).size).toBe(3);
  expect(opened[0]?.[1]).toBe(first);
  expect(await rotations(KeyId)).toMatchObject([
    { KeyMaterialState: "NON_CURRENT", RotationType: "AUTOMATIC", RotationDate: next, KeyMaterialId: opened[1]?.[1] },
    { KeyMaterialState: "CURRENT", RotationType: "AUTOMATIC", KeyMaterialId: await material(KeyId) },
  ]);
  const all = await rotations(KeyId, { IncludeKeyMaterial: "ALL_KEY_MATERIAL" });
  expect(all.map(({ KeyMaterialId }) => KeyMaterialId)).toEqual(opened.map(([, id]) => id));
  expect(all[0]?.RotationDate).toBeUndefined();

  await root.send(new sdk.DisableKeyRotationCommand({ KeyId }));
  clock.advance(90 * DAY);
  expect(await rotateKey(KeyId, deps)).toBeUndefined();
  expect(await rotations(KeyId)).toHaveLength(2);
  const keyArn = (await root.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata?.Arn ?? "";
  const names = (await auditRecordsOf(deps.store, keyArn, 100)).map(({ eventName }) => eventName);
  expect(names.filter((name) => /Rotat/.test(name))).toEqual([
    "EnableKeyRotation",
    "RotateKey",
    "RotateKey",
    "DisableKeyRotation",
  ]);
});

test("a key that cannot be used is not rotated until it can be", async () => {
  const { deps, clock, root, create, rotations } = await world();
  const KeyId = await create();
  await root.send(new sdk.EnableKeyRotationCommand({ KeyId }));
  await root.send(new sdk.DisableKeyCommand({ KeyId }));
  clock.advance(365 * DAY);
  expect(await rotateKey(KeyId, deps)).toEqual(new Date(clock.now().getTime() + DAY));
  expect(await rotations(KeyId)).toEqual([]);
  expect(await refusal(root.send(new sdk.RotateKeyOnDemandCommand({ KeyId })))).toContain("DisabledException");
  await root.send(new sdk.EnableKeyCommand({ KeyId }));
  await rotateKey(KeyId, deps);
  expect(await rotations(KeyId)).toHaveLength(1);
});

test("a marker that no page of rotations gave is InvalidMarkerException", async () => {
  const { root, create } = await world();
  const KeyId = await create();
  for (const place of ["abc", "1.5", "-1", "1e3", " 1", "9".repeat(30)]) {
    const Marker = Buffer.from(`rotations ${place}`).toString("base64url");
    const asked = root.send(new sdk.ListKeyRotationsCommand({ KeyId, Marker }));
    expect([place, await refusal(asked)]).toEqual([place, expect.stringContaining("InvalidMarkerException")]);
  }
});

test("on demand a key is rotated at once, and twenty-five times in all", async () => {
  const { root, create, status, encrypt, decrypt, rotations } = await world();
  const KeyId = await create();
  await root.send(new sdk.EnableKeyRotationCommand({ KeyId }));
  const before = await status(KeyId);
  const blob = await encrypt(KeyId, "before");
  for (let i = 0; i < 25; i++) await root.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));
  expect(await refusal(root.send(new sdk.RotateKeyOnDemandCommand({ KeyId })))).toContain("LimitExceededException");
  expect(await status(KeyId)).toEqual(before);
  expect((await decrypt(blob))[0]).toBe("before");
  const page = await root.send(new sdk.ListKeyRotationsCommand({ KeyId, Limit: 20 }));
  expect(page).toMatchObject({ Truncated: true });
  const rest = await rotations(KeyId, { Marker: page.NextMarker });
  expect([...(page.Rotations ?? []), ...rest].map(({ RotationType }) => RotationType)).toEqual(
    Array.from({ length: 25 }, () => "ON_DEMAND"),
  );
  expect(rest.at(-1)?.KeyMaterialState).toBe("CURRENT");
});

test.for([
  [{ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }],
  [{ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }],
])("keys of another spec than the symmetric one are not rotated: %j", async ([more]) => {
  const { root, create } = await world();
  const KeyId = await create(more);
  for (const asked of [
    () => root.send(new sdk.EnableKeyRotationCommand({ KeyId })),
    () => root.send(new sdk.DisableKeyRotationCommand({ KeyId })),
    () => root.send(new sdk.RotateKeyOnDemandCommand({ KeyId })),
    () => root.send(new sdk.GetKeyRotationStatusCommand({ KeyId })),
    () => root.send(new sdk.ListKeyRotationsCommand({ KeyId })),
  ]) {
    expect(await refusal(asked())).toContain("UnsupportedOperationException");
  }
});

test.for([[89], [2561]])("a period of %d days is refused", async ([RotationPeriodInDays]) => {
  const { root, create } = await world();
  const KeyId = await create();
  expect(await refusal(root.send(new sdk.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays })))).toContain(
    "ValidationException",
  );
});
