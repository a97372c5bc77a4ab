import { randomBytes } from "node:crypto";
import * as sdk from "@aws-sdk/client-kms";
import { expect, onTestFinished, test } from "vitest";
import { destroyKey } from "#custody/key-state.ts";
import { rotateKey } from "#custody/rotation.ts";
import type { Region } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import { externalKey, importInto } from "../../../tests/support/key-material.ts";
import { ACCOUNT, keyWorld, REGION, refusal, STRANGER, serveKms } from "../../../tests/support/key-world.ts";

const IRELAND = REGION;
const VIRGINIA = "us-east-1" as Region;
const TOKYO = "ap-northeast-1" as Region;

async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const deps = keyWorld(store);
  const client = await serveKms(deps);
  const at = (region: Region) => client("root", ACCOUNT, region);
  const [ireland, virginia, tokyo] = [at(IRELAND), at(VIRGINIA), at(TOKYO)];
  const create = async (more: object = {}) => {
    const { KeyMetadata } = await ireland.send(new sdk.CreateKeyCommand({ MultiRegion: true, ...more }));
    return KeyMetadata?.KeyId ?? "";
  };
  const replicate = (KeyId: string, ReplicaRegion: string, more: object = {}, by = ireland) =>
    by.send(new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion, ...more }));
  const describeKey = async (by: sdk.KMSClient, KeyId: string) =>
    (await by.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata;
  const encrypt = async (by: sdk.KMSClient, KeyId: string) =>
    (await by.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from("secret") }))).CiphertextBlob;
  const decrypt = async (by: sdk.KMSClient, CiphertextBlob?: Uint8Array) => {
    const { Plaintext, KeyId } = await by.send(new sdk.DecryptCommand({ CiphertextBlob }));
    return [Buffer.from(Plaintext ?? []).toString(), KeyId];
  };
  const rotations = async (by: sdk.KMSClient, KeyId: string) =>
    (await by.send(new sdk.ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }))).Rotations ?? [];
  return {
    ...deps,
    deps,
    client,
    ireland,
    virginia,
    tokyo,
    create,
    replicate,
    describeKey,
    encrypt,
    decrypt,
    rotations,
  };
}

const arnIn = (region: string, id: string): string => `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`;

test("a replica has the id and the material of its primary key: what the one encrypts the other decrypts", async () => {
  const { ireland, virginia, tokyo, create, replicate, describeKey, encrypt, decrypt } = await world();
  const id = await create({ Description: "of Ireland", Tags: [{ TagKey: "a", TagValue: "1" }] });
  expect(id).toMatch(/^mrk-[0-9a-f]{32}$/);
  const before = await encrypt(ireland, id);
  expect(await refusal(decrypt(virginia, before))).toContain("AccessDeniedException: The ciphertext refers to");
  const made = await replicate(id, VIRGINIA, { Description: "of Virginia", Tags: [{ TagKey: "b", TagValue: "2" }] });
  const [here, there] = [arnIn(IRELAND, id), arnIn(VIRGINIA, id)];
  const configuration = {
    PrimaryKey: { Arn: here, Region: IRELAND },
    ReplicaKeys: [{ Arn: there, Region: VIRGINIA }],
  };
  expect(made.ReplicaKeyMetadata).toMatchObject({
    Arn: there,
    KeyId: id,
    Description: "of Virginia",
    KeyState: "Enabled",
    MultiRegion: true,
    MultiRegionConfiguration: { MultiRegionKeyType: "REPLICA", ...configuration },
  });
  expect(made.ReplicaTags).toEqual([{ TagKey: "b", TagValue: "2" }]);
  expect(JSON.parse(made.ReplicaPolicy!).Statement).toHaveLength(1);
  expect(await describeKey(ireland, id)).toMatchObject({
    Arn: here,
    Description: "of Ireland",
    MultiRegionConfiguration: { MultiRegionKeyType: "PRIMARY", ...configuration },
  });
  expect(await describeKey(virginia, there)).toEqual(made.ReplicaKeyMetadata);
  expect(await decrypt(virginia, before)).toEqual(["secret", there]);
  expect(await decrypt(ireland, await encrypt(virginia, id))).toEqual(["secret", here]);
  expect(await refusal(decrypt(tokyo, before))).toContain("AccessDeniedException");
  const single = (await ireland.send(new sdk.CreateKeyCommand({}))).KeyMetadata;
  expect(single?.MultiRegion).toBe(false);
  expect(single).not.toHaveProperty("MultiRegionConfiguration");
});

test("tags, aliases, grants, description and state are each key's own", async () => {
  const { ireland, virginia, create, replicate, describeKey, encrypt } = await world();
  const KeyId = await create({ Tags: [{ TagKey: "a", TagValue: "1" }] });
  await ireland.send(new sdk.CreateAliasCommand({ AliasName: "alias/app", TargetKeyId: KeyId }));
  const GranteePrincipal = `arn:aws:iam::${STRANGER}:root`;
  await ireland.send(new sdk.CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["Decrypt"] }));
  await replicate(KeyId, VIRGINIA);
  expect((await virginia.send(new sdk.ListResourceTagsCommand({ KeyId }))).Tags).toEqual([]);
  expect((await virginia.send(new sdk.ListAliasesCommand({ KeyId }))).Aliases).toEqual([]);
  expect((await virginia.send(new sdk.ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
  await virginia.send(new sdk.CreateAliasCommand({ AliasName: "alias/app", TargetKeyId: KeyId }));
  expect((await virginia.send(new sdk.ListAliasesCommand({ KeyId }))).Aliases).toMatchObject([
    { AliasArn: `arn:aws:kms:${VIRGINIA}:${ACCOUNT}:alias/app`, TargetKeyId: KeyId },
  ]);
  expect((await describeKey(virginia, "alias/app"))?.Arn).toBe(arnIn(VIRGINIA, KeyId));
  await virginia.send(new sdk.DeleteAliasCommand({ AliasName: "alias/app" }));
  expect((await virginia.send(new sdk.ListAliasesCommand({ KeyId }))).Aliases).toEqual([]);
  expect((await ireland.send(new sdk.ListAliasesCommand({ KeyId }))).Aliases).toHaveLength(1);
  const { Grants } = await ireland.send(new sdk.ListGrantsCommand({ KeyId }));
  expect(Grants).toMatchObject([{ KeyId: arnIn(IRELAND, KeyId) }]);
  expect((await virginia.send(new sdk.ListKeysCommand({}))).Keys).toEqual([{ KeyId, KeyArn: arnIn(VIRGINIA, KeyId) }]);
  await virginia.send(new sdk.DisableKeyCommand({ KeyId }));
  await encrypt(ireland, KeyId);
  expect(await refusal(encrypt(virginia, KeyId))).toContain("DisabledException");
});

test("key pairs and codes work alike in both Regions", async () => {
  const { ireland, virginia, create, replicate } = await world();
  const KeyId = await create({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  await replicate(KeyId, VIRGINIA);
  const [Message, SigningAlgorithm] = [Buffer.from("message"), "ECDSA_SHA_256"] as const;
  const { Signature } = await virginia.send(new sdk.SignCommand({ KeyId, Message, SigningAlgorithm }));
  const verified = await ireland.send(new sdk.VerifyCommand({ KeyId, Message, SigningAlgorithm, Signature }));
  expect(verified.SignatureValid).toBe(true);
});

test("only the primary key is replicated, once for each Region, and only a multi-Region key", async () => {
  const { ireland, virginia, create, replicate, store } = await world();
  const KeyId = await create();
  await replicate(KeyId, VIRGINIA);
  const exists = "AlreadyExistsException: ";
  expect(await refusal(replicate(KeyId, VIRGINIA))).toContain(`${exists}${arnIn(VIRGINIA, KeyId)} already exists`);
  expect(await refusal(replicate(KeyId, IRELAND))).toContain(exists);
  expect(await refusal(replicate(KeyId, TOKYO, {}, virginia))).toBe(
    `UnsupportedOperationException: ${arnIn(VIRGINIA, KeyId)} is a multi-Region replica key: this is done with its ` +
      "primary key, in eu-west-1.",
  );
  expect(await refusal(replicate(KeyId, "nowhere"))).toContain("ValidationException");
  expect(await refusal(replicate(KeyId, TOKYO, { Tags: [{ TagKey: "aws:x", TagValue: "" }] }))).toContain(
    "TagException",
  );
  expect(await refusal(replicate(KeyId, TOKYO, { Policy: "{" }))).toContain("MalformedPolicyDocumentException");
  const single = (await ireland.send(new sdk.CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
  expect(await refusal(replicate(single, VIRGINIA))).toContain("UnsupportedOperationException");
  await ireland.send(new sdk.DisableKeyCommand({ KeyId }));
  expect(await refusal(replicate(KeyId, TOKYO))).toContain("DisabledException");
  const names = (await auditRecordsOf(store, arnIn(VIRGINIA, KeyId), 9)).map(({ eventName }) => eventName);
  expect(names).toEqual(["CreateKey"]);
});

test("rotation is the primary key's, and new material is in force everywhere at once", async () => {
  const { deps, clock, ireland, virginia, create, replicate, describeKey, encrypt, decrypt, rotations } = await world();
  const KeyId = await create();
  await ireland.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));
  const early = await encrypt(ireland, KeyId);
  await ireland.send(new sdk.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
  await replicate(KeyId, VIRGINIA);
  for (const asked of [
    () => virginia.send(new sdk.EnableKeyRotationCommand({ KeyId })),
    () => virginia.send(new sdk.DisableKeyRotationCommand({ KeyId })),
    () => virginia.send(new sdk.RotateKeyOnDemandCommand({ KeyId })),
  ]) {
    expect(await refusal(asked())).toContain("is a multi-Region replica key: this is done with its primary key");
  }
  const status = await virginia.send(new sdk.GetKeyRotationStatusCommand({ KeyId }));
  expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
  clock.advance(90 * DAY);
  await rotateKey(`${KeyId}.${VIRGINIA}`, deps); // not the one to do it
  expect(await rotations(virginia, KeyId)).toHaveLength(2);
  await rotateKey(`${KeyId}.${IRELAND}`, deps);
  const [mine, theirs] = [await rotations(ireland, KeyId), await rotations(virginia, KeyId)];
  expect(mine.map(({ KeyMaterialId, RotationType }) => [KeyMaterialId, RotationType])).toEqual(
    theirs.map(({ KeyMaterialId, RotationType }) => [KeyMaterialId, RotationType]),
  );
  expect(mine).toHaveLength(3);
  expect((await describeKey(virginia, KeyId))?.CurrentKeyMaterialId).toBe(mine[2]?.KeyMaterialId);
  const blobs = [early, await encrypt(ireland, KeyId), await encrypt(virginia, KeyId)];
  for (const blob of blobs) {
    for (const by of [ireland, virginia]) expect((await decrypt(by, blob))[0]).toBe("secret");
  }
});

test("another Region becomes the primary one, and rotation goes on from there", async () => {
  const { deps, clock, ireland, virginia, create, replicate, describeKey, rotations, store } = await world();
  const KeyId = await create();
  await replicate(KeyId, VIRGINIA);
  await replicate(KeyId, TOKYO);
  await ireland.send(new sdk.EnableKeyRotationCommand({ KeyId }));
  const move = (PrimaryRegion: string, by = ireland) =>
    by.send(new sdk.UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion }));
  expect(await refusal(move("sa-east-1"))).toContain("NotFoundException");
  expect(await refusal(move(IRELAND))).toContain("is the primary key already");
  expect(await refusal(move(TOKYO, virginia))).toContain("is a multi-Region replica key");
  await virginia.send(new sdk.DisableKeyCommand({ KeyId }));
  expect(await refusal(move(VIRGINIA))).toContain("DisabledException");
  await virginia.send(new sdk.EnableKeyCommand({ KeyId }));
  await move(VIRGINIA);
  expect((await describeKey(ireland, KeyId))?.MultiRegionConfiguration).toEqual({
    MultiRegionKeyType: "REPLICA",
    PrimaryKey: { Arn: arnIn(VIRGINIA, KeyId), Region: VIRGINIA },
    ReplicaKeys: [TOKYO, IRELAND].map((region) => ({ Arn: arnIn(region, KeyId), Region: region })),
  });
  clock.advance(365 * DAY);
  expect(await rotateKey(`${KeyId}.${IRELAND}`, deps)).toBeUndefined();
  expect(await rotateKey(`${KeyId}.${VIRGINIA}`, deps)).toBeInstanceOf(Date);
  expect(await rotations(ireland, KeyId)).toHaveLength(2);
  const jobs = await store.selectFrom("jobs").select("subject").where("task", "=", "key.rotate").execute();
  expect(jobs.map(({ subject }) => subject)).toContain(`${KeyId}.${VIRGINIA}`);
  const single = (await ireland.send(new sdk.CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
  const wrong = new sdk.UpdatePrimaryRegionCommand({ KeyId: single, PrimaryRegion: VIRGINIA });
  expect(await refusal(ireland.send(wrong))).toContain("is not a multi-Region key");
});

test("a primary key waits for its replicas to go before its own waiting period begins", async () => {
  const { deps, clock, ireland, virginia, tokyo, create, replicate, describeKey, encrypt, store } = await world();
  const KeyId = await create();
  await replicate(KeyId, VIRGINIA);
  await replicate(KeyId, TOKYO);
  const end = (by: sdk.KMSClient, PendingWindowInDays = 7) =>
    by.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }));
  const { $metadata: _, ...answer } = await end(ireland, 10);
  expect(answer).toEqual({
    KeyId: arnIn(IRELAND, KeyId),
    KeyState: "PendingReplicaDeletion",
    PendingWindowInDays: 10,
  });
  const waiting = await describeKey(ireland, KeyId);
  expect(waiting).toMatchObject({ KeyState: "PendingReplicaDeletion", PendingDeletionWindowInDays: 10 });
  expect(waiting).not.toHaveProperty("DeletionDate");
  const objection = `KMSInvalidStateException: ${arnIn(IRELAND, KeyId)} is pending replica deletion.`;
  expect(await refusal(encrypt(ireland, KeyId))).toBe(objection);
  expect(await refusal(replicate(KeyId, "sa-east-1"))).toBe(objection);
  await encrypt(virginia, KeyId);
  await end(virginia);
  await end(tokyo);
  clock.advance(7 * DAY);
  expect(await destroyKey(`${KeyId}.${IRELAND}`, deps)).toBeUndefined();
  await destroyKey(`${KeyId}.${VIRGINIA}`, deps);
  expect((await describeKey(ireland, KeyId))?.KeyState).toBe("PendingReplicaDeletion");
  await destroyKey(`${KeyId}.${TOKYO}`, deps);
  const DeletionDate = new Date(clock.now().getTime() + 10 * DAY);
  expect(await describeKey(ireland, KeyId)).toMatchObject({ KeyState: "PendingDeletion", DeletionDate });
  clock.advance(10 * DAY);
  await destroyKey(`${KeyId}.${IRELAND}`, deps);
  expect(await refusal(describeKey(ireland, KeyId))).toContain("NotFoundException");
  expect(await store.selectFrom("multiRegionKeys").select("id").execute()).toEqual([]);
});

test("the end of a primary key is taken back while it waits", async () => {
  const { ireland, create, replicate, describeKey } = await world();
  const KeyId = await create();
  await replicate(KeyId, VIRGINIA);
  await ireland.send(new sdk.ScheduleKeyDeletionCommand({ KeyId }));
  await ireland.send(new sdk.CancelKeyDeletionCommand({ KeyId }));
  expect((await describeKey(ireland, KeyId))?.KeyState).toBe("Disabled");
});

test("imported material is imported into every related key, and rotated to when it is everywhere", async () => {
  const { ireland, virginia, replicate, describeKey, encrypt, decrypt, rotations } = await world();
  const KeyId = await externalKey(ireland, { MultiRegion: true });
  expect(await refusal(replicate(KeyId, VIRGINIA))).toContain("is pending import.");
  const [first, second] = [randomBytes(32), randomBytes(32)];
  const asNew = { ImportType: "NEW_KEY_MATERIAL" } as const;
  const { KeyMaterialId } = await importInto(ireland, KeyId, first);
  await replicate(KeyId, VIRGINIA);
  expect(await describeKey(virginia, KeyId)).toMatchObject({ KeyState: "PendingImport", Origin: "EXTERNAL" });
  expect(await rotations(virginia, KeyId)).toMatchObject([{ KeyMaterialId, ImportState: "PENDING_IMPORT" }]);
  expect(await refusal(importInto(virginia, KeyId, second))).toContain("IncorrectKeyMaterialException");
  expect(await refusal(importInto(virginia, KeyId, second, asNew))).toContain("UnsupportedOperationException: New key");
  expect(await importInto(virginia, KeyId, first)).toMatchObject({ KeyMaterialId });
  const blob = await encrypt(ireland, KeyId);
  expect((await decrypt(virginia, blob))[0]).toBe("secret");

  await importInto(ireland, KeyId, second, asNew);
  const next = async (by: sdk.KMSClient) => (await rotations(by, KeyId))[1]?.KeyMaterialState;
  expect([await next(ireland), await next(virginia)]).toEqual(
    Array.from({ length: 2 }, () => "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"),
  );
  const rotate = () => ireland.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));
  expect(await refusal(rotate())).toContain(
    `has new key material that was not imported into its related key in ${VIRGINIA}: import it there first.`,
  );
  const existing = { ImportType: "EXISTING_KEY_MATERIAL" } as const;
  await importInto(virginia, KeyId, second, existing);
  expect([await next(ireland), await next(virginia)]).toEqual(["PENDING_ROTATION", "PENDING_ROTATION"]);
  await rotate();
  const [here, there] = [await encrypt(ireland, KeyId), await encrypt(virginia, KeyId)];
  for (const by of [ireland, virginia]) {
    for (const one of [blob, here, there]) expect((await decrypt(by, one))[0]).toBe("secret");
  }
  await virginia.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId }));
  expect((await describeKey(virginia, KeyId))?.KeyState).toBe("PendingImport");
  expect((await describeKey(ireland, KeyId))?.KeyState).toBe("Enabled");
});

test("new material that is deleted at the primary key before its rotation is forgotten everywhere", async () => {
  const { ireland, virginia, replicate, rotations } = await world();
  const KeyId = await externalKey(ireland, { MultiRegion: true });
  const [first, second] = [randomBytes(32), randomBytes(32)];
  await importInto(ireland, KeyId, first);
  await replicate(KeyId, VIRGINIA);
  await importInto(virginia, KeyId, first);
  const asNew = { ImportType: "NEW_KEY_MATERIAL" } as const;
  const { KeyMaterialId } = await importInto(ireland, KeyId, second, asNew);
  await importInto(virginia, KeyId, second);
  await virginia.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId }));
  expect(await rotations(virginia, KeyId)).toMatchObject([{}, { ImportState: "PENDING_IMPORT" }]);
  await ireland.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId }));
  for (const by of [ireland, virginia]) expect(await rotations(by, KeyId)).toHaveLength(1);
});
