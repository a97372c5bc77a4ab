import { execFileSync } from "node:child_process";
import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-kms";
import { describe, expect, onTestFinished, test } from "vitest";
import { custodyKey } from "#custody/custody-key.ts";
import { expireMaterial } from "#custody/delete-material.ts";
import { forgetWrappingKey } from "#custody/import-parameters.ts";
import { destroyKey } from "#custody/key-state.ts";
import { openAs } from "#custody/seal-form.ts";
import { DAY, HOUR } from "#lib/duration.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import { externalKey, importInto, wrap } from "../../../tests/support/key-material.ts";
import { ACCOUNT, keyWorld, REGION, refusal, STRANGER, serveKms } from "../../../tests/support/key-world.ts";

async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const deps = keyWorld(store);
  const client = await serveKms(deps);
  const root = client();
  const describeKey = async (KeyId: string) => (await root.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata;
  const encrypt = async (KeyId: string, text = "secret") =>
    (await root.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }))).CiphertextBlob;
  const decrypt = async (CiphertextBlob?: Uint8Array) =>
    Buffer.from((await root.send(new sdk.DecryptCommand({ CiphertextBlob }))).Plaintext ?? []).toString();
  const materials = async (KeyId: string) =>
    (await root.send(new sdk.ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }))).Rotations ??
    [];
  const parameters = (KeyId: string, more: object = {}) =>
    root.send(
      new sdk.GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_2048",
        ...more,
      }),
    );
  return { ...deps, deps, client, root, describeKey, encrypt, decrypt, materials, parameters };
}

const P256 = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" } as const;
const PKCS8 = { format: "der", type: "pkcs8" } as const;
function pkcs8(type: string, options: object): Buffer {
  const made: { readonly privateKey: KeyObject } = generateKeyPairSync(type as "ec", options as { namedCurve: string });
  return made.privateKey.export(PKCS8);
}
const p256 = () => pkcs8("ec", { namedCurve: "prime256v1" });

describe("a key with imported material", () => {
  test("waits for it, is used, waits again when it is deleted, and opens everything when the same comes back", async () => {
    const { root, describeKey, encrypt, decrypt, journal, store } = await world();
    const KeyId = await externalKey(root);
    const waiting = await describeKey(KeyId);
    expect(waiting).toMatchObject({ Origin: "EXTERNAL", KeyState: "PendingImport", Enabled: false });
    expect(waiting).not.toHaveProperty("ExpirationModel");
    expect(waiting).not.toHaveProperty("CurrentKeyMaterialId");
    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyId}`;
    const pending = `KMSInvalidStateException: ${arn} is pending import.`;
    expect(await refusal(encrypt(KeyId))).toBe(pending);
    const material = randomBytes(32);
    const { KeyMaterialId, KeyId: imported } = await importInto(root, KeyId, material);
    expect(imported).toBe(arn);
    expect(await describeKey(KeyId)).toMatchObject({
      KeyState: "Enabled",
      Enabled: true,
      ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
      CurrentKeyMaterialId: KeyMaterialId,
    });
    const blob = await encrypt(KeyId);
    expect(await decrypt(blob)).toBe("secret");
    const deleted = await root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId }));
    expect(deleted).toMatchObject({ KeyId: arn, KeyMaterialId });
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "PendingImport", CurrentKeyMaterialId: KeyMaterialId });
    expect(await refusal(decrypt(blob))).toBe(pending);
    await root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId })); // without effect
    expect(await refusal(importInto(root, KeyId, randomBytes(32)))).toContain(
      "IncorrectKeyMaterialException: The key material cannot be imported into this key: it is none that was imported",
    );
    expect(await importInto(root, KeyId, material)).toMatchObject({ KeyMaterialId });
    expect(await decrypt(blob)).toBe("secret");
    await journal.flush();
    const acts = await auditRecordsOf(store, arn, 100);
    expect(acts.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual(
      expect.arrayContaining([
        ["GetParametersForImport", null],
        ["ImportKeyMaterial", null],
        ["DeleteImportedKeyMaterial", null],
      ]),
    );
  });

  test("the same material in another key has another id, and opens nothing of the first", async () => {
    const { root, encrypt } = await world();
    const material = randomBytes(32);
    const keys = [await externalKey(root), await externalKey(root)];
    const ids = [];
    for (const key of keys) ids.push((await importInto(root, key, material)).KeyMaterialId);
    expect(new Set(ids).size).toBe(2);
    const CiphertextBlob = await encrypt(keys[0]!);
    expect(await refusal(root.send(new sdk.DecryptCommand({ CiphertextBlob, KeyId: keys[1]! })))).toContain(
      "IncorrectKeyException",
    );
  });

  test("material that ends is gone at its time, and not a moment later where the job is late", async () => {
    const { deps, root, clock, describeKey, encrypt, store } = await world();
    const KeyId = await externalKey(root);
    const material = randomBytes(32);
    const ValidTo = new Date(clock.now().getTime() + 30 * DAY);
    await importInto(root, KeyId, material, { ValidTo });
    expect(await describeKey(KeyId)).toMatchObject({ ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo });
    expect(await expireMaterial(KeyId, deps)).toEqual(ValidTo);
    const job = await store.selectFrom("jobs").select("runAt").where("task", "=", "key.expire-material").execute();
    expect(job).toEqual([{ runAt: ValidTo.getTime() }]);
    clock.advance(30 * DAY);
    expect(await refusal(encrypt(KeyId))).toContain("is pending import.");
    expect(await expireMaterial(KeyId, deps)).toBeUndefined();
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "PendingImport" });
    const rows = await store.selectFrom("masterKeyMaterials").select(["sealed", "validTo"]).execute();
    expect(rows).toEqual([{ sealed: null, validTo: null }]);
    const acts = await auditRecordsOf(store, `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyId}`, 100);
    expect(acts.at(-1)).toMatchObject({ eventName: "DeleteExpiredKeyMaterial", principal: "kms.amazonaws.com" });
    await importInto(root, KeyId, material);
    expect(await expireMaterial(KeyId, deps)).toBeUndefined();
    await encrypt(KeyId);
  });

  test.for([
    [{ ExpirationModel: "KEY_MATERIAL_EXPIRES" }, "ValidTo must be specified"],
    [{}, "ValidTo must be specified"],
    [{ ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE", ValidTo: new Date("2026-12-01") }, "ValidTo must not be"],
    [{ ValidTo: new Date("2026-11-22T00:00:00Z") }, "ValidTo must be in the future"],
    [{ ValidTo: new Date("2027-11-22T00:00:01Z") }, "ValidTo must be at most 365 days"],
    [{ ExpirationModel: "NEVER" }, "Value 'NEVER' at 'expirationModel'"],
  ])("an end like %j is refused", async ([more, message]) => {
    const { root, parameters } = await world();
    const KeyId = await externalKey(root);
    const { ImportToken, PublicKey } = await parameters(KeyId);
    const EncryptedKeyMaterial = wrap(PublicKey!, "RSAES_OAEP_SHA_256", randomBytes(32));
    const asked = root.send(
      new sdk.ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...(more as object) }),
    );
    expect(await refusal(asked)).toMatch(new RegExp(`^ValidationException: .*${message as string}`));
  });

  test("what is about imported material is refused for a key that was made here, and rotation by itself for this", async () => {
    const { root, parameters } = await world();
    const made = (await root.send(new sdk.CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
    const words = "origin is AWS_KMS which is not valid for this operation.";
    expect(await refusal(parameters(made))).toContain(words);
    expect(await refusal(root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId: made })))).toContain(words);
    const external = await externalKey(root);
    const { ImportToken } = await parameters(external);
    const blob = randomBytes(256);
    const into = new sdk.ImportKeyMaterialCommand({ KeyId: made, ImportToken, EncryptedKeyMaterial: blob });
    expect(await refusal(root.send(into))).toContain(words);
    for (const asked of [
      () => root.send(new sdk.EnableKeyRotationCommand({ KeyId: external })),
      () => root.send(new sdk.DisableKeyRotationCommand({ KeyId: external })),
    ]) {
      expect(await refusal(asked())).toContain(
        "UnsupportedOperationException: arn:aws:kms:eu-west-1:111122223333:key/" +
          `${external} origin is EXTERNAL which is not valid for this operation.`,
      );
    }
    const status = await root.send(new sdk.GetKeyRotationStatusCommand({ KeyId: external }));
    expect(status).toMatchObject({ KeyRotationEnabled: false });
    for (const asked of [
      () => root.send(new sdk.EnableKeyCommand({ KeyId: external })),
      () => root.send(new sdk.DisableKeyCommand({ KeyId: external })),
      () => root.send(new sdk.RotateKeyOnDemandCommand({ KeyId: external })),
    ]) {
      expect(await refusal(asked())).toMatch(/^KMSInvalidStateException: .* is pending import\.$/);
    }
  });

  test("a key that is to be destroyed loses its material, stays so, and waits for it when it is taken back", async () => {
    const { deps, root, clock, describeKey } = await world();
    const KeyId = await externalKey(root);
    await importInto(root, KeyId, randomBytes(32));
    await root.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(await refusal(importInto(root, KeyId, randomBytes(32)))).toContain("is pending deletion.");
    await root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId }));
    expect((await describeKey(KeyId))?.KeyState).toBe("PendingDeletion");
    await root.send(new sdk.CancelKeyDeletionCommand({ KeyId }));
    expect((await describeKey(KeyId))?.KeyState).toBe("PendingImport");
    await root.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    clock.advance(7 * DAY);
    await destroyKey(KeyId, deps);
    expect(await refusal(describeKey(KeyId))).toContain("NotFoundException");
    expect(await deps.store.selectFrom("wrappingKeys").select("id").execute()).toEqual([]);
  });

  test("its owner alone gets parameters and imports", async () => {
    const { client, root, parameters } = await world();
    const KeyId = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${await externalKey(root)}`;
    await parameters(KeyId);
    for (const stranger of [client("root", STRANGER), client("edge")]) {
      expect(await refusal(importInto(stranger, KeyId, randomBytes(32)))).toContain("AccessDeniedException: User:");
    }
  });
});

test("a policy may say how material is wrapped, and that it must end", async () => {
  const { root, clock, parameters } = await world();
  const KeyId = await externalKey(root);
  const { Policy } = await root.send(new sdk.GetKeyPolicyCommand({ KeyId }));
  const policy = JSON.parse(Policy!) as { Statement: object[] };
  const deny = (Action: string, Condition: object) => ({
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource: "*",
    Condition,
  });
  policy.Statement.push(
    deny("kms:GetParametersForImport", { StringEquals: { "kms:WrappingAlgorithm": "RSAES_OAEP_SHA_1" } }),
    deny("kms:ImportKeyMaterial", { StringEquals: { "kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE" } }),
    deny("kms:DeleteImportedKeyMaterial", { StringEquals: { "kms:KeyOrigin": "EXTERNAL" } }),
  );
  await root.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(policy) }));
  const denied = "with an explicit deny in a resource-based policy";
  expect(await refusal(parameters(KeyId, { WrappingAlgorithm: "RSAES_OAEP_SHA_1" }))).toContain(denied);
  expect(await refusal(importInto(root, KeyId, randomBytes(32)))).toContain(denied);
  await importInto(root, KeyId, randomBytes(32), { ValidTo: new Date(clock.now().getTime() + DAY) });
  expect(await refusal(root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId })))).toContain(denied);
});

describe("import tokens", () => {
  test("a token is for one key and for a day; what is none, or was changed, is invalid", async () => {
    const { deps, root, clock, parameters } = await world();
    const [KeyId, other] = [await externalKey(root), await externalKey(root)];
    const { ImportToken, PublicKey, ParametersValidTo } = await parameters(KeyId);
    expect(ParametersValidTo).toEqual(new Date(clock.now().getTime() + 24 * HOUR));
    const EncryptedKeyMaterial = wrap(PublicKey!, "RSAES_OAEP_SHA_256", randomBytes(32));
    const send = (token: Uint8Array, id = KeyId) =>
      refusal(
        root.send(
          new sdk.ImportKeyMaterialCommand({
            KeyId: id,
            ImportToken: token,
            EncryptedKeyMaterial,
            ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
          }),
        ),
      );
    expect(await send(ImportToken!, other)).toContain("InvalidImportTokenException: The import token is not one that");
    const changed = Buffer.from(ImportToken!);
    changed[changed.length - 1]! ^= 1;
    expect(await send(changed)).toContain("InvalidImportTokenException");
    expect(await send(randomBytes(44))).toContain("InvalidImportTokenException");
    const later = Buffer.from(ImportToken!);
    later[8]! ^= 1; // a later end
    clock.advance(24 * HOUR);
    expect(await send(ImportToken!)).toContain(
      "ExpiredImportTokenException: The import token expired at 2026-11-23T00:00",
    );
    const [row] = await deps.store.selectFrom("wrappingKeys").select("id").execute();
    await forgetWrappingKey(row!.id, deps);
    expect(await send(ImportToken!)).toContain("ExpiredImportTokenException");
    expect(await send(later)).toMatch(/^(Invalid|Expired)ImportTokenException/);
  });

  test("the private half of a wrapping key is kept sealed, and only until its end", async () => {
    const { deps, root, parameters } = await world();
    const KeyId = await externalKey(root);
    await parameters(KeyId);
    const [row] = await deps.store.selectFrom("wrappingKeys").select(["id", "sealed"]).execute();
    expect(() => createPrivateKey({ key: Buffer.from(row!.sealed), format: "der", type: "pkcs8" })).toThrow();
    expect(() => deps.root.open(row!.sealed, `kms:wrapping-key:${row!.id}`)).toThrow(); // it is the vault's
    using opened = openAs(
      custodyKey(Buffer.alloc(32, 7)).materials,
      Buffer.from(row!.sealed),
      `kms:wrapping-key:${row!.id}`,
    );
    expect(createPrivateKey({ key: opened.bytes, format: "der", type: "pkcs8" }).asymmetricKeyType).toBe("rsa");
    const jobs = await deps.store.selectFrom("jobs").select(["task", "subject"]).execute();
    expect(jobs).toEqual([{ task: "key.forget-wrapping-key", subject: row!.id }]);
  });

  test.for([
    ["SYMMETRIC_DEFAULT", undefined, "RSA_AES_KEY_WRAP_SHA_256", "RSA_4096", false],
    ["HMAC_512", "GENERATE_VERIFY_MAC", "RSA_AES_KEY_WRAP_SHA_1", "RSA_2048", false],
    ["HMAC_512", "GENERATE_VERIFY_MAC", "RSAES_OAEP_SHA_1", "RSA_2048", true],
    ["RSA_2048", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "RSA_4096", false],
    ["RSA_2048", "SIGN_VERIFY", "RSA_AES_KEY_WRAP_SHA_256", "RSA_3072", true],
    ["ECC_NIST_P521", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "RSA_2048", false],
    ["ECC_NIST_P521", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "RSA_3072", true],
    ["ECC_NIST_P256", "SIGN_VERIFY", "RSAES_PKCS1_V1_5", "RSA_2048", false],
    ["ECC_NIST_P256", "SIGN_VERIFY", "SM2PKE", "SM2", false],
  ] as const)("%s %s under %s with %s: %s", async ([KeySpec, KeyUsage, WrappingAlgorithm, WrappingKeySpec, works]) => {
    const { root, parameters } = await world();
    const KeyId = await externalKey(root, { KeySpec, KeyUsage });
    const asked = refusal(parameters(KeyId, { WrappingAlgorithm, WrappingKeySpec }));
    expect(await asked).toMatch(works ? /^not refused$/ : /^UnsupportedOperationException: /);
  });
});

describe("imported material of every kind", () => {
  const signs = async (root: sdk.KMSClient, KeyId: string, SigningAlgorithm: sdk.SigningAlgorithmSpec) => {
    const Message = Buffer.from("message");
    const { Signature } = await root.send(new sdk.SignCommand({ KeyId, Message, SigningAlgorithm }));
    return await root.send(new sdk.VerifyCommand({ KeyId, Message, SigningAlgorithm, Signature }));
  };

  test.for([
    ["ECC_NIST_P256", () => p256(), "ECDSA_SHA_256", "RSAES_OAEP_SHA_256"],
    ["ECC_NIST_P384", () => pkcs8("ec", { namedCurve: "secp384r1" }), "ECDSA_SHA_384", "RSAES_OAEP_SHA_1"],
    ["ECC_NIST_P521", () => pkcs8("ec", { namedCurve: "secp521r1" }), "ECDSA_SHA_512", "RSA_AES_KEY_WRAP_SHA_256"],
    ["ECC_SECG_P256K1", () => pkcs8("ec", { namedCurve: "secp256k1" }), "ECDSA_SHA_256", "RSA_AES_KEY_WRAP_SHA_1"],
    ["ECC_NIST_EDWARDS25519", () => pkcs8("ed25519", {}), "ED25519_SHA_512", "RSAES_OAEP_SHA_256"],
    ["RSA_2048", () => pkcs8("rsa", { modulusLength: 2048 }), "RSASSA_PSS_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"],
  ] as const)("a key pair of %s signs, and shows its public half", async ([KeySpec, make, signing, algorithm]) => {
    const { root, describeKey } = await world();
    const KeyId = await externalKey(root, { KeySpec, KeyUsage: "SIGN_VERIFY" });
    expect(await refusal(root.send(new sdk.GetPublicKeyCommand({ KeyId })))).toContain("is pending import.");
    const material = make();
    const answer = await importInto(root, KeyId, material, { algorithm });
    expect(answer).not.toHaveProperty("KeyMaterialId");
    expect(await signs(root, KeyId, signing)).toMatchObject({ SignatureValid: true });
    expect(await describeKey(KeyId)).not.toHaveProperty("CurrentKeyMaterialId");
    await root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId }));
    expect(await refusal(signs(root, KeyId, signing))).toContain("is pending import.");
    expect(await refusal(importInto(root, KeyId, make(), { algorithm }))).toContain("IncorrectKeyMaterialException");
    await importInto(root, KeyId, material, { algorithm });
    expect(await signs(root, KeyId, signing)).toMatchObject({ SignatureValid: true });
  });

  test.for([
    ["HMAC_224", 28],
    ["HMAC_256", 32],
    ["HMAC_384", 48],
    ["HMAC_512", 64],
  ] as const)("secret bits of %s make the codes that they make elsewhere", async ([KeySpec, length]) => {
    const { root } = await world();
    const KeyId = await externalKey(root, { KeySpec, KeyUsage: "GENERATE_VERIFY_MAC" });
    for (const wrong of [length - 1, length + 1]) {
      expect(await refusal(importInto(root, KeyId, randomBytes(wrong)))).toContain(
        `IncorrectKeyMaterialException: The key material cannot be imported into this key: it has ${wrong} bytes`,
      );
    }
    const material = randomBytes(length);
    await importInto(root, KeyId, material);
    const Message = Buffer.from("message");
    const MacAlgorithm = KeySpec.replace("HMAC_", "HMAC_SHA_") as sdk.MacAlgorithmSpec;
    const { Mac } = await root.send(new sdk.GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
    const hash = `sha${KeySpec.slice("HMAC_".length)}`;
    expect(Buffer.from(Mac!)).toEqual(createHmac(hash, material).update(Message).digest());
  });

  test("a key agreement key says where it comes from", async () => {
    const { root } = await world();
    const KeyId = await externalKey(root, { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
    await importInto(root, KeyId, p256());
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const PublicKey = publicKey.export({ format: "der", type: "spki" });
    const asked = { KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey } as const;
    expect((await root.send(new sdk.DeriveSharedSecretCommand(asked))).KeyOrigin).toBe("EXTERNAL");
  });

  test.for([
    ["another curve", () => pkcs8("ec", { namedCurve: "secp384r1" })],
    ["another algorithm", () => pkcs8("ed25519", {})],
    ["bits that are no key", () => randomBytes(138)],
    ["a key with something behind it", () => Buffer.concat([p256(), Buffer.alloc(1)])],
    [
      "a key in PEM",
      () => Buffer.from(`-----BEGIN PRIVATE KEY-----\n${p256().toString("base64")}\n-----END PRIVATE KEY-----`),
    ],
    ["halves that do not belong together", () => Buffer.concat([p256().subarray(0, -65), p256().subarray(-65)])],
    [
      "an encrypted key",
      () =>
        generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey.export({
          format: "der",
          type: "pkcs8",
          cipher: "aes-256-cbc",
          passphrase: "x",
        }),
    ],
  ] as const)("for a P-256 key %s is incorrect", async ([, make]) => {
    const { root, describeKey } = await world();
    const KeyId = await externalKey(root, P256);
    const asked = importInto(root, KeyId, make(), { algorithm: "RSA_AES_KEY_WRAP_SHA_256" });
    expect(await refusal(asked)).toContain("IncorrectKeyMaterialException: The key material cannot be imported");
    expect((await describeKey(KeyId))?.KeyState).toBe("PendingImport");
  });

  test("for an RSA key another size, PSS parameters and a small exponent are incorrect", async () => {
    const { root } = await world();
    const KeyId = await externalKey(root, { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
    for (const material of [
      pkcs8("rsa", { modulusLength: 1024 }),
      pkcs8("rsa-pss", { modulusLength: 2048 }),
      pkcs8("rsa", { modulusLength: 2048, publicExponent: 3 }),
    ]) {
      const asked = importInto(root, KeyId, material, { algorithm: "RSA_AES_KEY_WRAP_SHA_256" });
      expect(await refusal(asked)).toContain("IncorrectKeyMaterialException");
    }
  });

  test("whatever is wrong with wrapped material is told in the same words", async () => {
    const { root, parameters } = await world();
    const seen = new Set<string>();
    for (const [spec, algorithm] of [
      [{}, "RSAES_OAEP_SHA_256"],
      [P256, "RSA_AES_KEY_WRAP_SHA_256"],
    ] as const) {
      const KeyId = await externalKey(root, spec);
      const { ImportToken, PublicKey } = await parameters(KeyId, { WrappingAlgorithm: algorithm });
      const good = wrap(PublicKey!, algorithm, spec === P256 ? p256() : randomBytes(32));
      const flipped = (at: number) => Buffer.from(good.map((byte, index) => (index === at ? byte ^ 1 : byte)));
      const short = wrap(PublicKey!, "RSAES_OAEP_SHA_256", randomBytes(16));
      for (const EncryptedKeyMaterial of [
        randomBytes(1),
        randomBytes(256),
        randomBytes(6144),
        good.subarray(0, 255),
        Buffer.concat([good, Buffer.alloc(1)]),
        Buffer.concat([good, Buffer.alloc(8)]),
        flipped(0),
        flipped(255),
        flipped(good.length - 1),
        wrap(PublicKey!, "RSAES_OAEP_SHA_1", randomBytes(32)),
        Buffer.concat([short, good.subarray(256)]),
        ...(algorithm === "RSA_AES_KEY_WRAP_SHA_256" ? [good.subarray(0, 256), good.subarray(0, 264)] : []),
      ]) {
        if (algorithm === "RSAES_OAEP_SHA_256" && EncryptedKeyMaterial.equals(short)) continue;
        const model = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const;
        seen.add(
          await refusal(
            root.send(new sdk.ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...model })),
          ),
        );
      }
    }
    expect([...seen]).toEqual([
      "InvalidCiphertextException: The encrypted key material cannot be decrypted with the private key of this import token and its wrapping algorithm.",
    ]);
  });
});

describe("OpenSSL as the other side", () => {
  function openssl(directory: string, ...args: readonly string[]): void {
    execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  }
  function directory(): string {
    const made = mkdtempSync(join(tmpdir(), "sealkeeper-import-"));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  }
  const oaep = (hash: string) =>
    ["rsa_padding_mode:oaep", `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${hash}`].flatMap((option) => ["-pkeyopt", option]);
  const forever = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const;

  test.for([
    ["RSAES_OAEP_SHA_256", "RSA_3072", "sha256"],
    ["RSAES_OAEP_SHA_1", "RSA_4096", "sha1"],
  ] as const)("wraps 32 bytes by %s under %s", async ([WrappingAlgorithm, WrappingKeySpec, hash]) => {
    const { root, parameters, encrypt, decrypt } = await world();
    const KeyId = await externalKey(root);
    const { ImportToken, PublicKey } = await parameters(KeyId, { WrappingAlgorithm, WrappingKeySpec });
    const at = directory();
    writeFileSync(join(at, "public.der"), PublicKey!);
    openssl(at, "rand", "-out", "material", "32");
    const key = ["-pubin", "-inkey", "public.der", "-keyform", "DER"];
    openssl(at, "pkeyutl", "-encrypt", ...key, "-in", "material", "-out", "wrapped", ...oaep(hash));
    const EncryptedKeyMaterial = readFileSync(join(at, "wrapped"));
    await root.send(new sdk.ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...forever }));
    expect(await decrypt(await encrypt(KeyId))).toBe("secret");
  });

  test("wraps an RSA key by an AES key, as AWS's guide has it, and verifies what the imported key signs", async () => {
    const { root, parameters } = await world();
    const KeyId = await externalKey(root, { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
    const { ImportToken, PublicKey } = await parameters(KeyId, { WrappingAlgorithm: "RSA_AES_KEY_WRAP_SHA_256" });
    const at = directory();
    const file = (name: string) => join(at, name);
    writeFileSync(file("public.der"), PublicKey!);
    openssl(at, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem");
    openssl(at, "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "key.der");
    openssl(at, "pkey", "-in", "key.pem", "-pubout", "-out", "key-public.pem");
    openssl(at, "rand", "-out", "aes", "32");
    const aes = readFileSync(file("aes")).toString("hex");
    const kwp = ["-id-aes256-wrap-pad", "-iv", "A65959A6", "-K", aes];
    openssl(at, "enc", ...kwp, "-in", "key.der", "-out", "key.wrapped");
    const key = ["-pubin", "-inkey", "public.der", "-keyform", "DER"];
    openssl(at, "pkeyutl", "-encrypt", ...key, "-in", "aes", "-out", "aes.wrapped", ...oaep("sha256"));
    const EncryptedKeyMaterial = Buffer.concat([readFileSync(file("aes.wrapped")), readFileSync(file("key.wrapped"))]);
    await root.send(new sdk.ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...forever }));
    const Message = Buffer.from("message");
    const SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_256";
    const { Signature } = await root.send(new sdk.SignCommand({ KeyId, Message, SigningAlgorithm }));
    writeFileSync(file("message"), Message);
    writeFileSync(file("signature"), Signature!);
    openssl(at, "dgst", "-sha256", "-verify", "key-public.pem", "-signature", "signature", "message");
    expect(Buffer.from(Signature!)).toEqual(sign("sha256", Message, readFileSync(file("key.pem"))));
  });
});

describe("rotation of imported material", () => {
  const rotate = (root: sdk.KMSClient, KeyId: string) => root.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));

  test("new material waits for its rotation; afterwards it encrypts, and the one before still decrypts", async () => {
    const { root, clock, encrypt, decrypt, materials, describeKey } = await world();
    const KeyId = await externalKey(root);
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const { KeyMaterialId: one } = await importInto(root, KeyId, first, { KeyMaterialDescription: "the first" });
    expect(await refusal(rotate(root, KeyId))).toContain(
      "has no key material in the state PENDING_ROTATION: import new key material first.",
    );
    const blob = await encrypt(KeyId, "by the first");
    const asNew = { ImportType: "NEW_KEY_MATERIAL" } as const;
    const { KeyMaterialId: two } = await importInto(root, KeyId, second, {
      ...asNew,
      ValidTo: new Date(clock.now().getTime() + DAY),
    });
    expect(await materials(KeyId)).toMatchObject([
      { KeyMaterialId: one, KeyMaterialState: "CURRENT", ImportState: "IMPORTED", KeyMaterialDescription: "the first" },
      { KeyMaterialId: two, KeyMaterialState: "PENDING_ROTATION", ExpirationModel: "KEY_MATERIAL_EXPIRES" },
    ]);
    expect((await root.send(new sdk.ListKeyRotationsCommand({ KeyId }))).Rotations).toEqual([]);
    expect(await refusal(importInto(root, KeyId, randomBytes(32), asNew))).toContain(
      "KMSInvalidStateException: The key has key material that waits for its rotation already",
    );
    expect(await refusal(importInto(root, KeyId, first, asNew))).toContain("IncorrectKeyMaterialException");
    clock.advance(HOUR);
    await rotate(root, KeyId);
    expect(await materials(KeyId)).toMatchObject([
      { KeyMaterialState: "NON_CURRENT" },
      { KeyMaterialState: "CURRENT", RotationType: "ON_DEMAND", RotationDate: clock.now() },
    ]);
    expect((await describeKey(KeyId))?.CurrentKeyMaterialId).toBe(two);
    const later = await encrypt(KeyId, "by the second");
    expect([await decrypt(blob), await decrypt(later)]).toEqual(["by the first", "by the second"]);
  });

  test("a key is used only with all its materials; one that waits for its rotation does not count", async () => {
    const { root, deps, clock, encrypt, decrypt, materials, describeKey } = await world();
    const KeyId = await externalKey(root);
    const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const asNew = { ImportType: "NEW_KEY_MATERIAL" } as const;
    const { KeyMaterialId: one } = await importInto(root, KeyId, first);
    await importInto(root, KeyId, second, asNew);
    await rotate(root, KeyId);
    const { KeyMaterialId: three } = await importInto(root, KeyId, third, {
      ...asNew,
      ValidTo: new Date(clock.now().getTime() + DAY),
    });
    await root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId: three! }));
    expect((await describeKey(KeyId))?.KeyState).toBe("Enabled");
    expect(await materials(KeyId)).toHaveLength(2);
    await importInto(root, KeyId, third, { ...asNew, ValidTo: new Date(clock.now().getTime() + DAY) });
    clock.advance(DAY);
    expect(await expireMaterial(KeyId, deps)).toBeUndefined();
    expect((await describeKey(KeyId))?.KeyState).toBe("Enabled");
    expect(await materials(KeyId)).toHaveLength(2);
    const blob = await encrypt(KeyId);
    await root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId: one! }));
    expect(await materials(KeyId)).toMatchObject([{ ImportState: "PENDING_IMPORT" }, { ImportState: "IMPORTED" }]);
    expect(await refusal(decrypt(blob))).toContain("is pending import.");
    expect(await refusal(importInto(root, KeyId, second, { KeyMaterialId: one! }))).toContain(
      "IncorrectKeyMaterialException: The key material cannot be imported into this key: it is not the key material that",
    );
    await importInto(root, KeyId, second); // the one that is there, again
    expect((await describeKey(KeyId))?.KeyState).toBe("PendingImport");
    await importInto(root, KeyId, first, { KeyMaterialId: one!, ImportType: "EXISTING_KEY_MATERIAL" });
    expect(await decrypt(blob)).toBe("secret");
    const nobody = "0".repeat(64);
    expect(
      await refusal(root.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId: nobody }))),
    ).toContain(`NotFoundException: Key material ${nobody} is not associated with`);
  });

  test("what is for symmetric keys only is refused for others", async () => {
    const { root } = await world();
    const KeyId = await externalKey(root, P256);
    for (const more of [
      { ImportType: "NEW_KEY_MATERIAL" as const },
      { KeyMaterialDescription: "x" },
      { KeyMaterialId: "0".repeat(64) },
    ]) {
      expect(await refusal(importInto(root, KeyId, p256(), more))).toContain(
        "UnsupportedOperationException: ImportType, KeyMaterialDescription and KeyMaterialId are for symmetric",
      );
    }
    await importInto(root, KeyId, p256());
    expect(await refusal(rotate(root, KeyId))).toContain("only symmetric encryption keys are rotated");
    const symmetric = await externalKey(root);
    const both = { ImportType: "NEW_KEY_MATERIAL" as const, KeyMaterialId: "0".repeat(64) };
    expect(await refusal(importInto(root, symmetric, randomBytes(32), both))).toContain("ValidationException");
    const early = { ImportType: "EXISTING_KEY_MATERIAL" as const };
    expect(await refusal(importInto(root, symmetric, randomBytes(32), early))).toContain(
      "IncorrectKeyMaterialException",
    );
  });
});
