import {
  CancelKeyDeletionCommand,
  ConnectCustomKeyStoreCommand,
  CreateAliasCommand,
  CreateCustomKeyStoreCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DeleteCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateRandomCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateCustomKeyStoreCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGrant } from "#custody/grants.ts";
import { destroyKey } from "#custody/key-state.ts";
import { type KeyArn, rootArn } from "#domain/arn.ts";
import type { Region } from "#domain/names.ts";
import { tellKey } from "#journal/key-story.ts";
import { DAY } from "#lib/duration.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import { ACCOUNT, keyWorld, REGION, refusal, STRANGER, serveKms } from "../../../tests/support/key-world.ts";

const ROOT = rootArn(ACCOUNT);
const OTHER = rootArn(STRANGER);
const BALANCER = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/web/0123456789abcdef`;
const NOBODY = "00000000-0000-4000-8000-000000000000";

async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const deps = keyWorld(store);
  const client = await serveKms(deps);
  return { ...deps, custody: deps, client, root: client() };
}

async function newKey(root: KMSClient, more: object = {}) {
  const { KeyMetadata } = await root.send(new CreateKeyCommand(more));
  return { id: KeyMetadata!.KeyId!, arn: KeyMetadata!.Arn! };
}

const encrypt = (root: KMSClient, KeyId: string, text: string, EncryptionContext = {}) =>
  root.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(text), EncryptionContext }));

describe("keys", () => {
  test("CreateKey makes an enabled symmetric key, and DescribeKey shows it by id, ARN, alias and alias ARN", async () => {
    const { root } = await world();
    const { KeyMetadata: made } = await root.send(new CreateKeyCommand({ Description: "mine" }));
    expect(made).toMatchObject({
      AWSAccountId: ACCOUNT,
      Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${made!.KeyId}`,
      CreationDate: new Date("2026-11-22T00:00:00Z"),
      Description: "mine",
      Enabled: true,
      KeyManager: "CUSTOMER",
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyState: "Enabled",
      KeyUsage: "ENCRYPT_DECRYPT",
      MultiRegion: false,
      Origin: "AWS_KMS",
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    });
    await root.send(new CreateAliasCommand({ AliasName: "alias/mine", TargetKeyId: made!.KeyId }));
    for (const KeyId of [made!.KeyId, made!.Arn, "alias/mine", `arn:aws:kms:${REGION}:${ACCOUNT}:alias/mine`]) {
      expect((await root.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toEqual(made);
    }
  });

  test.for([
    [{ KeySpec: "SM2", KeyUsage: "SIGN_VERIFY" }, "UnsupportedOperationException: Keys of the spec SM2"],
    [{ KeySpec: "RSA_2048" }, "ValidationException: You must specify a KeyUsage value"],
    [{ CustomerMasterKeySpec: "HMAC_256" }, "ValidationException: You must specify a KeyUsage value"],
    [{ KeySpec: "HMAC_256", KeyUsage: "SIGN_VERIFY" }, "ValidationException: KeyUsage SIGN_VERIFY is not compatible"],
    [{ KeySpec: "ECC_SECG_P256K1", KeyUsage: "KEY_AGREEMENT" }, "ValidationException: KeyUsage KEY_AGREEMENT is not"],
    [{ KeySpec: "SYMMETRIC_DEFAULT", CustomerMasterKeySpec: "SYMMETRIC_DEFAULT" }, "ValidationException: You cannot"],
    [{ KeyUsage: "SIGN_VERIFY" }, "ValidationException: KeyUsage SIGN_VERIFY"],
    [{ Origin: "AWS_CLOUDHSM" }, "UnsupportedOperationException: Key material of the origin AWS_CLOUDHSM"],
    [
      { Origin: "EXTERNAL", KeySpec: "ML_DSA_44", KeyUsage: "SIGN_VERIFY" },
      "UnsupportedOperationException: Key material of the spec ML_DSA_44 cannot be imported",
    ],
    [{ CustomKeyStoreId: "cks-1" }, "CustomKeyStoreNotFoundException: Custom key store cks-1"],
    [{ KeySpec: "AES_512" }, "ValidationException: 1 validation error detected: Value 'AES_512' at 'keySpec'"],
    [{ Policy: "{" }, "MalformedPolicyDocumentException: Syntax errors in policy: it is not JSON"],
    [
      { Policy: '{"Statement":[]}' },
      "MalformedPolicyDocumentException: Syntax errors in policy: there is no Statement",
    ],
    [{ Tags: [{ TagKey: "aws:x", TagValue: "" }] }, "TagException: Tags beginning with aws: are reserved"],
    [
      {
        Tags: [
          { TagKey: "a", TagValue: "1" },
          { TagKey: "a", TagValue: "2" },
        ],
      },
      "TagException: Duplicate tag keys",
    ],
  ])("CreateKey refuses %j with its true reason", async ([input, message]) => {
    const { root } = await world();
    expect(await refusal(root.send(new CreateKeyCommand(input as object)))).toContain(message);
    expect((await root.send(new ListKeysCommand())).Keys).toEqual([]);
  });

  test("CreateKey takes the default policy, which GetKeyPolicy shows", async () => {
    const { root } = await world();
    const first = await newKey(root);
    const { Policy } = await root.send(new GetKeyPolicyCommand({ KeyId: first.id }));
    expect(JSON.parse(Policy!).Statement).toMatchObject([{ Principal: { AWS: ROOT }, Action: "kms:*" }]);
    await newKey(root, { Policy });
    expect(await refusal(root.send(new GetKeyPolicyCommand({ KeyId: first.id, PolicyName: "other" })))).toBe(
      "NotFoundException: No such policy exists",
    );
    const { PolicyNames } = await root.send(new ListKeyPoliciesCommand({ KeyId: first.id }));
    expect(PolicyNames).toEqual(["default"]);
    const rotation = await root.send(new GetKeyRotationStatusCommand({ KeyId: first.id }));
    expect(rotation).toMatchObject({ KeyRotationEnabled: false });
  });

  test("what is not there is NotFoundException in AWS's words", async () => {
    const { root } = await world();
    const describeKey = (KeyId: string) => refusal(root.send(new DescribeKeyCommand({ KeyId })));
    expect(await describeKey(NOBODY)).toBe(
      `NotFoundException: Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/${NOBODY}' does not exist`,
    );
    expect(await describeKey("alias/none")).toBe(
      `NotFoundException: Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/none is not found.`,
    );
    expect(await describeKey("nonsense")).toBe("NotFoundException: Invalid keyId 'nonsense'");
    expect(await describeKey("arn:aws:s3:::bucket")).toContain("InvalidArnException: Invalid arn arn:aws:s3:::bucket");
    expect(await describeKey(`arn:aws:kms:us-east-1:${ACCOUNT}:key/${NOBODY}`)).toContain(
      "NotFoundException: Invalid arn us-east-1",
    );
  });

  test("a key of another region or account cannot be seen, and strangers learn nothing of what exists", async () => {
    const { client, root } = await world();
    const { id, arn } = await newKey(root);
    const elsewhere = client("root", ACCOUNT, "us-east-1" as Region);
    expect(await refusal(elsewhere.send(new DescribeKeyCommand({ KeyId: id })))).toBe(
      `NotFoundException: Key 'arn:aws:kms:us-east-1:${ACCOUNT}:key/${id}' does not exist`,
    );
    expect(await refusal(elsewhere.send(new DescribeKeyCommand({ KeyId: arn })))).toContain("NotFoundException");
    const stranger = client("root", STRANGER);
    const real = await refusal(stranger.send(new DescribeKeyCommand({ KeyId: arn })));
    const unreal = await refusal(stranger.send(new DescribeKeyCommand({ KeyId: arn.replace(id, NOBODY) })));
    expect(real).toBe(unreal);
    expect(real).toContain(`AccessDeniedException: User: ${OTHER} is not authorized to perform: kms:DescribeKey`);
  });

  test("ListKeys pages through everything once", async () => {
    const { root } = await world();
    const made = [];
    for (let i = 0; i < 5; i++) made.push((await newKey(root)).id);
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await root.send(new ListKeysCommand({ Limit: 2, ...(Marker && { Marker }) }));
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      seen.push(...page.Keys!.map(({ KeyId }) => KeyId));
      Marker = page.NextMarker;
    } while (Marker);
    expect(seen).toEqual(made.sort());
    expect(await refusal(root.send(new ListKeysCommand({ Marker: "x" })))).toContain("InvalidMarkerException");
    expect(await refusal(root.send(new ListKeysCommand({ Limit: 1001 })))).toContain("ValidationException");
  });

  test("tags are added, changed, paged and taken away", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root, { Tags: [{ TagKey: "a", TagValue: "1" }] });
    await root.send(
      new TagResourceCommand({
        KeyId,
        Tags: [
          { TagKey: "a", TagValue: "2" },
          { TagKey: "b", TagValue: "" },
        ],
      }),
    );
    const page = await root.send(new ListResourceTagsCommand({ KeyId, Limit: 1 }));
    expect(page).toMatchObject({ Tags: [{ TagKey: "a", TagValue: "2" }], Truncated: true });
    const rest = await root.send(new ListResourceTagsCommand({ KeyId, Marker: page.NextMarker }));
    expect(rest).toMatchObject({ Tags: [{ TagKey: "b", TagValue: "" }], Truncated: false });
    await root.send(new UntagResourceCommand({ KeyId, TagKeys: ["a", "none"] }));
    expect((await root.send(new ListResourceTagsCommand({ KeyId }))).Tags).toHaveLength(1);
    const many = Array.from({ length: 50 }, (_, i) => ({ TagKey: `t${i}`, TagValue: "" }));
    expect(await refusal(root.send(new TagResourceCommand({ KeyId, Tags: many })))).toContain("TagException: Too many");
  });

  test("there are no custom key stores, and none is made", async () => {
    const { root } = await world();
    expect(await root.send(new DescribeCustomKeyStoresCommand({}))).toMatchObject({
      CustomKeyStores: [],
      Truncated: false,
    });
    const CustomKeyStoreId = "cks-1";
    for (const asked of [
      () => root.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId })),
      () => root.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId })),
      () => root.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreName: CustomKeyStoreId })),
      () => root.send(new DeleteCustomKeyStoreCommand({ CustomKeyStoreId })),
      () => root.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId })),
      () => root.send(new UpdateCustomKeyStoreCommand({ CustomKeyStoreId })),
    ]) {
      expect(await refusal(asked())).toBe("CustomKeyStoreNotFoundException: Custom key store cks-1 does not exist.");
    }
    const create = root.send(new CreateCustomKeyStoreCommand({ CustomKeyStoreName: "mine" }));
    expect(await refusal(create)).toContain("UnsupportedOperationException: Custom key stores");
  });
});

describe("aliases", () => {
  test("an alias is made, listed, pointed to another key and taken away", async () => {
    const { root } = await world();
    const [one, two] = [await newKey(root), await newKey(root)];
    await root.send(new CreateAliasCommand({ AliasName: "alias/a", TargetKeyId: one.arn }));
    await root.send(new CreateAliasCommand({ AliasName: "alias/b", TargetKeyId: one.id }));
    await root.send(new UpdateAliasCommand({ AliasName: "alias/b", TargetKeyId: two.id }));
    const { Aliases } = await root.send(new ListAliasesCommand());
    expect(Aliases).toMatchObject([
      { AliasName: "alias/a", TargetKeyId: one.id, AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/a` },
      { AliasName: "alias/b", TargetKeyId: two.id },
    ]);
    const ofTwo = await root.send(new ListAliasesCommand({ KeyId: two.id }));
    expect(ofTwo.Aliases!.map(({ AliasName }) => AliasName)).toEqual(["alias/b"]);
    await root.send(new DeleteAliasCommand({ AliasName: "alias/a" }));
    expect(await refusal(root.send(new DeleteAliasCommand({ AliasName: "alias/a" })))).toBe(
      `NotFoundException: Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/a is not found.`,
    );
  });

  test("refuses wrong, taken and reserved names, and aliases of aliases", async () => {
    const { root } = await world();
    const { id } = await newKey(root);
    const create = (AliasName: string, TargetKeyId = id) =>
      refusal(root.send(new CreateAliasCommand({ AliasName, TargetKeyId })));
    expect(await create("alias/a")).toBe("not refused");
    expect(await create("alias/a")).toBe(
      `AlreadyExistsException: An alias with the name arn:aws:kms:${REGION}:${ACCOUNT}:alias/a already exists`,
    );
    expect(await create("name")).toContain("ValidationException: Invalid identifier");
    expect(await create("alias/a:b")).toBe("ValidationException: alias/a:b contains invalid characters for an alias");
    expect(await create("alias/aws/mine")).toContain("NotAuthorizedException");
    expect(await create("alias/c", "alias/a")).toBe("ValidationException: Aliases must refer to keys. Not aliases");
    expect(await create("alias/c", NOBODY)).toContain("NotFoundException");
    const update = new UpdateAliasCommand({ AliasName: "alias/none", TargetKeyId: id });
    expect(await refusal(root.send(update))).toContain("NotFoundException: Alias");
  });

  test("an alias is pointed to a key of the same type and usage only", async () => {
    const { root } = await world();
    const kinds = {
      symmetric: {},
      imported: { Origin: "EXTERNAL" },
      "RSA, encrypting": { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" },
      "RSA, signing": { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" },
      "elliptic, signing": { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
      HMAC: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
    } as const;
    const keys = new Map<string, string>();
    for (const [kind, more] of Object.entries(kinds)) keys.set(kind, (await newKey(root, more)).id);
    const [first = ""] = keys.values();
    await root.send(new CreateAliasCommand({ AliasName: "alias/app", TargetKeyId: first }));
    const move = (kind: keyof typeof kinds) =>
      refusal(root.send(new UpdateAliasCommand({ AliasName: "alias/app", TargetKeyId: keys.get(kind)! })));
    expect(await move("imported")).toBe("not refused");
    expect(await move("symmetric")).toBe("not refused");
    expect(await move("RSA, encrypting")).toBe(
      "ValidationException: An alias of a key of the spec SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT cannot be updated to one of the spec RSA_2048 for ENCRYPT_DECRYPT: the current and the new key must be of the same type and usage.",
    );
    expect(await move("HMAC")).toContain("ValidationException");
    expect((await root.send(new DescribeKeyCommand({ KeyId: "alias/app" }))).KeyMetadata!.KeyId).toBe(first);
    await root.send(new DeleteAliasCommand({ AliasName: "alias/app" }));
    await root.send(new CreateAliasCommand({ AliasName: "alias/app", TargetKeyId: keys.get("RSA, signing")! }));
    expect(await move("elliptic, signing")).toBe("not refused");
    expect(await move("RSA, encrypting")).toContain("ValidationException");
  });

  test("a key has at most 50 aliases", async () => {
    const { root } = await world();
    const { id: TargetKeyId } = await newKey(root);
    for (let i = 0; i < 50; i++) await root.send(new CreateAliasCommand({ AliasName: `alias/${i}`, TargetKeyId }));
    expect(await refusal(root.send(new CreateAliasCommand({ AliasName: "alias/more", TargetKeyId })))).toContain(
      "LimitExceededException: A key can have at most 50 aliases",
    );
  });
});

describe("encryption", () => {
  test("what Encrypt made, Decrypt opens under the same context only", async () => {
    const { root } = await world();
    const { id, arn } = await newKey(root);
    const made = await encrypt(root, id, "hello", { a: "1", b: "2" });
    expect(made).toMatchObject({ KeyId: arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    const opened = await root.send(
      new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext: { b: "2", a: "1" } }),
    );
    expect(opened).toMatchObject({ KeyId: arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    expect(Buffer.from(opened.Plaintext!).toString()).toBe("hello");
    for (const EncryptionContext of [{}, { a: "1" }, { a: "1", b: "3" }, { a: "1", b: "2", c: "3" }]) {
      const wrong = new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext });
      expect(await refusal(root.send(wrong))).toContain("InvalidCiphertextException");
    }
  });

  test("a blob that is no ciphertext is InvalidCiphertextException", async () => {
    const { root } = await world();
    const decrypt = new DecryptCommand({ CiphertextBlob: Buffer.from("nonsense") });
    expect(await refusal(root.send(decrypt))).toContain("InvalidCiphertextException");
    expect(await refusal(root.send(new DecryptCommand({})))).toContain(
      "ValidationException: CiphertextBlob is required",
    );
  });

  test("a key that did not make the ciphertext is IncorrectKeyException", async () => {
    const { root } = await world();
    const [one, two] = [await newKey(root), await newKey(root)];
    const { CiphertextBlob } = await encrypt(root, one.id, "x");
    await root.send(new DecryptCommand({ CiphertextBlob, KeyId: one.arn }));
    expect(await refusal(root.send(new DecryptCommand({ CiphertextBlob, KeyId: two.id })))).toContain(
      "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation",
    );
  });

  test("the key that is named is asked for leave and state before its ciphertext is looked at", async () => {
    const { client, root, custody } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const nonsense = Buffer.alloc(256, 1);
    const decrypt = (who: KMSClient, more: object) =>
      refusal(who.send(new DecryptCommand({ CiphertextBlob: nonsense, ...more })));
    expect(await decrypt(client("user"), { KeyId })).toContain("AccessDeniedException");
    expect(await decrypt(root, { KeyId, DryRun: true })).toContain("InvalidCiphertextException");
    await root.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(await decrypt(root, { KeyId })).toContain("KMSInvalidStateException");
    await custody.journal.flush();
    const acts = await auditRecordsOf(custody.store, arn, 100);
    expect(acts.filter(({ eventName }) => eventName === "Decrypt").map(({ errorCode }) => errorCode)).toEqual([
      "key-access-denied",
      "ciphertext-invalid",
      "key-state-forbids",
    ]);
    const imported = await newKey(root, { Origin: "EXTERNAL", KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
    expect(await decrypt(root, { KeyId: imported.id, EncryptionAlgorithm })).toContain("is pending import");
  });

  test("a ciphertext of another region names a key that is not there", async () => {
    const { client, root } = await world();
    const { CiphertextBlob } = await encrypt(root, (await newKey(root)).id, "x");
    const elsewhere = client("root", ACCOUNT, "us-east-1" as Region);
    expect(await refusal(elsewhere.send(new DecryptCommand({ CiphertextBlob })))).toBe(
      "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
    );
  });

  test("a ciphertext of another account's key, and one of no key, are refused in the same words", async () => {
    const { client, root } = await world();
    const { CiphertextBlob = new Uint8Array() } = await encrypt(root, (await newKey(root)).id, "x");
    const other = client("root", "210987654321" as typeof ACCOUNT);
    const nobodys = Uint8Array.from(CiphertextBlob, (byte, at) => (at === 5 ? byte ^ 1 : byte)); // in the key's id
    const words = await refusal(other.send(new DecryptCommand({ CiphertextBlob })));
    expect(words).toContain(
      "AccessDeniedException: The ciphertext refers to a customer master key that does not exist",
    );
    expect(await refusal(other.send(new DecryptCommand({ CiphertextBlob: nobodys })))).toBe(words);
  });

  test("refuses asymmetric algorithms, large plaintexts and large contexts", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    const Plaintext = Buffer.alloc(10);
    const asymmetric = new EncryptCommand({ KeyId, Plaintext, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" });
    expect(await refusal(root.send(asymmetric))).toBe(
      "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.",
    );
    const large = await refusal(root.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4097) })));
    expect(large).toContain("ValidationException");
    expect(large).not.toContain("AAAA");
    await root.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4096) }));
    const EncryptionContext = { k: "v".repeat(8192) };
    expect(await refusal(root.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext })))).toContain(
      "ValidationException: The encryption context has more than 8192 bytes",
    );
  });

  test("data keys come in clear and under the key, or under the key only", async () => {
    const { root } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const EncryptionContext = { a: "1" };
    const pair = await root.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }));
    expect([pair.KeyId, pair.Plaintext!.length]).toEqual([arn, 32]);
    const opened = await root.send(new DecryptCommand({ CiphertextBlob: pair.CiphertextBlob, EncryptionContext }));
    expect(opened.Plaintext).toEqual(pair.Plaintext);
    expect(opened.KeyMaterialId).toBe(pair.KeyMaterialId);
    const sealed = await root.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 17 }));
    expect(sealed).not.toHaveProperty("Plaintext");
    const seventeen = await root.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }));
    expect(seventeen.Plaintext).toHaveLength(17);
    for (const input of [{ KeyId }, { KeyId, KeySpec: "AES_128", NumberOfBytes: 16 }] as const) {
      expect(await refusal(root.send(new GenerateDataKeyCommand(input)))).toBe(
        "ValidationException: Please specify either number of bytes or key spec.",
      );
    }
    expect((await root.send(new GenerateRandomCommand({ NumberOfBytes: 5 }))).Plaintext).toHaveLength(5);
    expect(await refusal(root.send(new GenerateRandomCommand({})))).toContain("ValidationException");
  });

  test("ReEncrypt moves a ciphertext to another key and context", async () => {
    const { root } = await world();
    const [one, two] = [await newKey(root), await newKey(root)];
    const { CiphertextBlob } = await encrypt(root, one.id, "hello", { a: "1" });
    const moved = await root.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: { a: "1" },
        DestinationKeyId: two.id,
        DestinationEncryptionContext: { b: "2" },
      }),
    );
    expect(moved).toMatchObject({ SourceKeyId: one.arn, KeyId: two.arn });
    const opened = await root.send(
      new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { b: "2" }, KeyId: two.id }),
    );
    expect(Buffer.from(opened.Plaintext!).toString()).toBe("hello");
  });

  test("a dry run says what would happen and does nothing", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    const { CiphertextBlob } = await encrypt(root, KeyId, "x");
    const fine = "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
    const Plaintext = Buffer.from("x");
    expect(await refusal(root.send(new EncryptCommand({ KeyId, Plaintext, DryRun: true })))).toBe(fine);
    expect(await refusal(root.send(new DecryptCommand({ CiphertextBlob, DryRun: true })))).toBe(fine);
    const ignoring = { KeyId, DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT" as const] };
    expect(await refusal(root.send(new DecryptCommand(ignoring)))).toBe(fine);
    const reEncrypt = { CiphertextBlob, DestinationKeyId: KeyId, DryRun: true };
    expect(await refusal(root.send(new ReEncryptCommand(reEncrypt)))).toBe(fine);
    const grant = { KeyId, GranteePrincipal: OTHER, Operations: ["Decrypt" as const], DryRun: true };
    expect(await refusal(root.send(new CreateGrantCommand(grant)))).toBe(fine);
    expect((await root.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
    await root.send(new DisableKeyCommand({ KeyId }));
    expect(await refusal(root.send(new DecryptCommand({ CiphertextBlob, DryRun: true })))).toContain(
      "DisabledException",
    );
  });
});

describe("states", () => {
  test("a disabled key can be looked at but not used, until it is enabled again", async () => {
    const { root } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const { CiphertextBlob } = await encrypt(root, KeyId, "x");
    await root.send(new DisableKeyCommand({ KeyId }));
    const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ KeyState: "Disabled", Enabled: false });
    for (const use of [
      root.send(new DecryptCommand({ CiphertextBlob })),
      encrypt(root, KeyId, "x"),
      root.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" })),
      root.send(new CreateGrantCommand({ KeyId, GranteePrincipal: OTHER, Operations: ["Decrypt"] })),
    ]) {
      expect(await refusal(use)).toBe(`DisabledException: ${arn} is disabled.`);
    }
    await root.send(new UpdateKeyDescriptionCommand({ KeyId, Description: "asleep" }));
    await root.send(new EnableKeyCommand({ KeyId }));
    await root.send(new DecryptCommand({ CiphertextBlob }));
    const again = await root.send(new DescribeKeyCommand({ KeyId }));
    expect(again.KeyMetadata).toMatchObject({ Enabled: true, Description: "asleep" });
  });

  test("a key pending deletion is of no use; cancelled it is disabled; due it is gone with all that hung on it", async () => {
    const { root, clock, ...deps } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const { CiphertextBlob } = await encrypt(root, KeyId, "x");
    await root.send(new CreateAliasCommand({ AliasName: "alias/doomed", TargetKeyId: KeyId }));
    const scheduled = await root.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const DeletionDate = new Date(clock.now().getTime() + 7 * DAY);
    expect(scheduled).toMatchObject({ KeyId: arn, DeletionDate, KeyState: "PendingDeletion", PendingWindowInDays: 7 });
    const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ KeyState: "PendingDeletion", Enabled: false, DeletionDate });
    const pending = `KMSInvalidStateException: ${arn} is pending deletion.`;
    for (const use of [
      root.send(new DecryptCommand({ CiphertextBlob })),
      root.send(new EnableKeyCommand({ KeyId })),
      root.send(new DisableKeyCommand({ KeyId })),
      root.send(new ScheduleKeyDeletionCommand({ KeyId })),
      root.send(new CreateAliasCommand({ AliasName: "alias/late", TargetKeyId: KeyId })),
      root.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: "a", TagValue: "" }] })),
    ]) {
      expect(await refusal(use)).toBe(pending);
    }

    expect(await destroyKey(KeyId, { ...deps, clock })).toEqual(DeletionDate);
    expect(await root.send(new CancelKeyDeletionCommand({ KeyId }))).toMatchObject({ KeyId: arn });
    expect(await refusal(root.send(new CancelKeyDeletionCommand({ KeyId })))).toBe(
      `KMSInvalidStateException: ${arn} is not pending deletion.`,
    );
    expect((await root.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.KeyState).toBe("Disabled");
    clock.advance(8 * DAY);
    expect(await destroyKey(KeyId, { ...deps, clock })).toBeUndefined();

    await root.send(new ScheduleKeyDeletionCommand({ KeyId }));
    clock.advance(30 * DAY);
    expect(await destroyKey(KeyId, { ...deps, clock })).toBeUndefined();
    expect(await refusal(root.send(new DescribeKeyCommand({ KeyId })))).toContain("NotFoundException");
    expect(await refusal(root.send(new DescribeKeyCommand({ KeyId: "alias/doomed" })))).toContain("is not found");
    expect(await refusal(root.send(new DecryptCommand({ CiphertextBlob })))).toContain("AccessDeniedException");
    const acts = await auditRecordsOf(deps.store, arn, 100);
    const destroyed = { eventName: "DeleteKey", principal: "kms.amazonaws.com" };
    expect(acts).toContainEqual(expect.objectContaining(destroyed)); // what was refused meanwhile may be noted later
  });

  test("the waiting period is 7 to 30 days", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    for (const PendingWindowInDays of [6, 31]) {
      const schedule = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays });
      expect(await refusal(root.send(schedule))).toContain("ValidationException");
    }
  });
});

describe("the AWS managed key of Certificate Manager", () => {
  test("describing its alias makes it; its account can look at it, and neither use nor change it", async () => {
    const { client, root, custody } = await world();
    const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId: "alias/aws/acm" }));
    expect(KeyMetadata).toMatchObject({ KeyManager: "AWS", KeyState: "Enabled", Enabled: true });
    const { KeyId, Arn } = KeyMetadata!;
    const byArn = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/acm`;
    expect((await root.send(new DescribeKeyCommand({ KeyId: byArn }))).KeyMetadata!.KeyId).toBe(KeyId);
    const elsewhere = client("root", ACCOUNT, "us-east-1" as Region);
    const another = await elsewhere.send(new DescribeKeyCommand({ KeyId: "alias/aws/acm" }));
    expect(another.KeyMetadata!.KeyId).not.toBe(KeyId);
    expect(await refusal(client("root", STRANGER).send(new DescribeKeyCommand({ KeyId: byArn })))).toContain(
      "AccessDeniedException",
    );

    const Plaintext = Buffer.from("x");
    const refused: readonly (readonly [string, Promise<unknown>])[] = [
      ["Encrypt", root.send(new EncryptCommand({ KeyId: "alias/aws/acm", Plaintext }))],
      ["GenerateDataKey", root.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }))],
      ["CreateGrant", root.send(new CreateGrantCommand({ KeyId, GranteePrincipal: ROOT, Operations: ["Decrypt"] }))],
      ["DisableKey", root.send(new DisableKeyCommand({ KeyId }))],
      ["ScheduleKeyDeletion", root.send(new ScheduleKeyDeletionCommand({ KeyId }))],
      ["TagResource", root.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: "a", TagValue: "" }] }))],
      ["UpdateKeyDescription", root.send(new UpdateKeyDescriptionCommand({ KeyId, Description: "mine" }))],
      ["CreateAlias", root.send(new CreateAliasCommand({ AliasName: "alias/mine", TargetKeyId: KeyId }))],
    ];
    for (const [operation, call] of refused) {
      expect(await refusal(call)).toBe(
        `AccessDeniedException: User: ${ROOT} is not authorized to perform: kms:${operation} on resource: ${Arn} because no resource-based policy allows the kms:${operation} action`,
      );
    }
    expect(await refusal(root.send(new DeleteAliasCommand({ AliasName: "alias/aws/acm" })))).toContain(
      "NotAuthorizedException",
    );

    const { Policy } = await root.send(new GetKeyPolicyCommand({ KeyId }));
    expect(JSON.parse(Policy!).Statement[2].Action).toEqual([
      "kms:Describe*",
      "kms:Get*",
      "kms:List*",
      "kms:RevokeGrant",
    ]);
    const grant = { keyArn: Arn as KeyArn, granteePrincipal: BALANCER, operations: ["Decrypt"] as const };
    const certificate = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/1`;
    const constraints = { encryptionContextEquals: { "aws:acm:arn": certificate } };
    const granted = await custody.store
      .transaction()
      .execute((tx) => createGrant(tx, { ...grant, constraints, name: undefined }, custody));
    expect((await root.send(new ListGrantsCommand({ KeyId }))).Grants).toMatchObject([
      { GranteePrincipal: BALANCER, RetiringServicePrincipal: "acm.amazonaws.com", IssuingAccount: ROOT },
    ]);
    await root.send(new RevokeGrantCommand({ KeyId, GrantId: granted.grantId }));
    expect((await root.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
    expect(custody.endedGrants).toEqual([granted.grantId]); // edges are told
    expect((await root.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([]);
  });

  test("an edge decrypts by a load balancer's grant, and can do nothing else", async () => {
    const { client, root, custody } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const EncryptionContext = { "aws:acm:arn": "1" };
    const { CiphertextBlob } = await encrypt(root, KeyId, "x", EncryptionContext);
    const toAcm = {
      Effect: "Allow",
      Principal: { Service: "acm.amazonaws.com" },
      Action: "kms:CreateGrant",
      Resource: "*",
    };
    const { Policy } = await root.send(new GetKeyPolicyCommand({ KeyId }));
    const { Statement } = JSON.parse(Policy!);
    await root.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ Statement: [...Statement, toAcm] }) }));
    const edge = client("edge", STRANGER);
    const decrypt = new DecryptCommand({ CiphertextBlob, EncryptionContext });
    expect(await refusal(edge.send(decrypt))).toContain("AccessDeniedException");
    const grant = {
      keyArn: arn as KeyArn,
      granteePrincipal: BALANCER,
      operations: ["Decrypt", "DescribeKey"] as const,
    };
    const constraints = { encryptionContextEquals: EncryptionContext };
    const { grantToken } = await custody.store
      .transaction()
      .execute((tx) => createGrant(tx, { ...grant, constraints, name: undefined }, custody));
    expect(Buffer.from((await edge.send(decrypt)).Plaintext!).toString()).toBe("x");
    await edge.send(new DescribeKeyCommand({ KeyId: arn, GrantTokens: [grantToken] }));
    expect(await refusal(edge.send(new DescribeKeyCommand({ KeyId: arn })))).toContain("AccessDeniedException");
    for (const call of [
      new ListKeysCommand(),
      new CreateKeyCommand({}),
      new GenerateRandomCommand({ NumberOfBytes: 1 }),
    ]) {
      expect(await refusal(edge.send(call as ListKeysCommand))).toContain("AccessDeniedException");
    }
  });
});

describe("grants", () => {
  const operations = {
    GranteePrincipal: OTHER,
    Operations: ["Decrypt", "DescribeKey"] as ("Decrypt" | "DescribeKey")[],
  };

  test("a grant lets another account do what it says, in its context, and no more", async () => {
    const { client, root, ...deps } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const stranger = client("root", STRANGER);
    const { CiphertextBlob } = await encrypt(root, KeyId, "x", { a: "1", b: "2" });
    const other = await encrypt(root, KeyId, "x", { b: "2" });
    const decrypt = (EncryptionContext: Record<string, string>, blob = CiphertextBlob) =>
      refusal(stranger.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext })));
    expect(await decrypt({ a: "1", b: "2" })).toContain("AccessDeniedException");
    const Constraints = { EncryptionContextSubset: { a: "1" } };
    const { GrantId } = await root.send(new CreateGrantCommand({ KeyId, ...operations, Constraints }));
    expect(await decrypt({ a: "1", b: "2" })).toBe("not refused");
    expect(await decrypt({ b: "2" }, other.CiphertextBlob)).toContain("AccessDeniedException");
    await stranger.send(new DescribeKeyCommand({ KeyId: arn }));
    expect(await refusal(encrypt(stranger, arn, "x", { a: "1" }))).toContain("AccessDeniedException");
    expect(await refusal(stranger.send(new DisableKeyCommand({ KeyId: arn })))).toContain("AccessDeniedException");

    const { Grants } = await root.send(new ListGrantsCommand({ KeyId }));
    expect(Grants).toMatchObject([{ KeyId: arn, GrantId, ...operations, Constraints, IssuingAccount: ROOT, Name: "" }]);
    await deps.journal.flush();
    const acts = await auditRecordsOf(deps.store, arn, 100);
    expect(acts.filter(({ grantId }) => grantId === GrantId).map(({ eventName }) => eventName)).toEqual([
      "CreateGrant",
      "Decrypt", // in the trail of who called, and in that of the key's account
      "Decrypt",
    ]);
    expect(acts.filter(({ errorCode }) => errorCode !== null).map(({ errorCode }) => errorCode)).toContain(
      "key-access-denied",
    );

    await root.send(new RevokeGrantCommand({ KeyId, GrantId }));
    expect(await decrypt({ a: "1", b: "2" })).toContain("AccessDeniedException");
    expect(await refusal(root.send(new RevokeGrantCommand({ KeyId, GrantId })))).toContain("NotFoundException: Grant");
  });

  test("a named grant asked for again is the same grant with another token; another one is another", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    const named = { KeyId, ...operations, Name: "once" };
    const first = await root.send(new CreateGrantCommand(named));
    const again = await root.send(new CreateGrantCommand(named));
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    const wider = await root.send(new CreateGrantCommand({ ...named, Operations: ["Encrypt"] }));
    expect(wider.GrantId).not.toBe(first.GrantId);
    const nameless = await root.send(new CreateGrantCommand({ KeyId, ...operations }));
    expect(nameless.GrantId).not.toBe(first.GrantId);
  });

  test("a grant token works at once; a made-up one is InvalidGrantTokenException, for the owner too", async () => {
    const { client, root } = await world();
    const { id: KeyId } = await newKey(root);
    const { CiphertextBlob } = await encrypt(root, KeyId, "x");
    const { GrantToken } = await root.send(new CreateGrantCommand({ KeyId, ...operations }));
    const stranger = client("root", STRANGER);
    await stranger.send(new DecryptCommand({ CiphertextBlob, GrantTokens: [GrantToken!] }));
    for (const who of [root, stranger]) {
      const decrypt = new DecryptCommand({ CiphertextBlob, GrantTokens: [GrantToken!.replace(/.{6}$/, "AAAAAA")] });
      expect(await refusal(who.send(decrypt))).toContain("InvalidGrantTokenException");
    }
  });

  test("a token alone gives nothing to those whom the grant does not name", async () => {
    const { client, root } = await world();
    const { id: KeyId } = await newKey(root);
    const { CiphertextBlob } = await encrypt(root, KeyId, "x");
    const third = { GranteePrincipal: "arn:aws:iam::777788889999:root", Operations: ["Decrypt" as const] };
    const { GrantToken } = await root.send(new CreateGrantCommand({ KeyId, ...third }));
    const decrypt = new DecryptCommand({ CiphertextBlob, GrantTokens: [GrantToken!] });
    expect(await refusal(client("root", STRANGER).send(decrypt))).toContain("AccessDeniedException");
  });

  test("who may create grants by a grant passes on no more than it has", async () => {
    const { client, root } = await world();
    const { id: KeyId, arn } = await newKey(root);
    await root.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: OTHER,
        Operations: ["CreateGrant", "Decrypt"],
        Constraints: { EncryptionContextSubset: { a: "1" } },
      }),
    );
    const stranger = client("root", STRANGER);
    const pass = (more: object) =>
      refusal(
        stranger.send(new CreateGrantCommand({ KeyId: arn, GranteePrincipal: ROOT, Operations: ["Decrypt"], ...more })),
      );
    expect(await pass({ Constraints: { EncryptionContextEquals: { a: "1", b: "2" } } })).toBe("not refused");
    expect(await pass({})).toContain("AccessDeniedException");
    expect(await pass({ Constraints: { EncryptionContextSubset: { b: "2" } } })).toContain("AccessDeniedException");
    expect(await pass({ Operations: ["Encrypt"], Constraints: { EncryptionContextSubset: { a: "1" } } })).toContain(
      "AccessDeniedException",
    );
  });

  test("of several grants that let somebody create grants, the one that gives as much is found", async () => {
    const { client, root } = await world();
    const { id: KeyId, arn } = await newKey(root);
    for (const one of ["Encrypt", "Decrypt"] as const) {
      const grant = { KeyId, GranteePrincipal: OTHER, Operations: ["CreateGrant" as const, one] };
      await root.send(new CreateGrantCommand(grant));
    }
    const pass = (...Operations: ("Encrypt" | "Decrypt")[]) =>
      refusal(
        client("root", STRANGER).send(new CreateGrantCommand({ KeyId: arn, GranteePrincipal: ROOT, Operations })),
      );
    expect(await pass("Encrypt")).toBe("not refused");
    expect(await pass("Decrypt")).toBe("not refused");
    expect(await pass("Encrypt", "Decrypt")).toContain("AccessDeniedException"); // together no single one gives
  });

  test("CreateGrant tells those who may not nothing of the key, nor of whom they name", async () => {
    const { client, root } = await world();
    const { arn } = await newKey(root, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const none = arn.replace(/[^/]+$/, NOBODY);
    const asked: readonly object[] = [
      {},
      { Operations: ["Sign"], Constraints: { EncryptionContextEquals: { a: "1" } } },
      { GranteePrincipal: `arn:aws:iam::${STRANGER}:user/nobody` },
    ];
    for (const more of asked) {
      const create = (KeyId: string) => {
        const grant = { KeyId, GranteePrincipal: ROOT, Operations: ["Decrypt" as const], ...more };
        return refusal(client("root", STRANGER).send(new CreateGrantCommand(grant)));
      };
      expect(await create(arn)).toContain("AccessDeniedException");
      expect(await create(arn)).toBe(await create(none));
    }
    const own = new CreateGrantCommand({ KeyId: arn, GranteePrincipal: ROOT, Operations: ["Decrypt"] });
    expect(await refusal(client("user").send(own))).toContain("AccessDeniedException");
    expect(await refusal(root.send(own))).toContain("ValidationException: The grant operation Decrypt");
  });

  test("a grant is for one operation at least", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    const create = new CreateGrantCommand({ KeyId, GranteePrincipal: OTHER, Operations: [] });
    expect(await refusal(root.send(create))).toContain("ValidationException: 1 validation error detected");
  });

  test("the use of another account's key is in the trails of both; a refusal is in that of the key's account only", async () => {
    const { client, root, store, journal } = await world();
    const { arn } = await newKey(root);
    const stranger = client("root", STRANGER);
    await root.send(new CreateGrantCommand({ KeyId: arn, GranteePrincipal: OTHER, Operations: ["Encrypt"] }));
    const { CiphertextBlob } = await encrypt(stranger, arn, "x");
    expect(await refusal(stranger.send(new DecryptCommand({ CiphertextBlob })))).toContain("AccessDeniedException");
    await journal.flush();
    const foreign = await store
      .selectFrom("auditRecords")
      .select(["account", "eventName", "errorCode", "accessKeyId"])
      .where("resource", "=", arn)
      .where("principal", "=", OTHER)
      .orderBy("id")
      .execute();
    expect(foreign.map(({ account, eventName, errorCode }) => [account, eventName, errorCode])).toEqual([
      [STRANGER, "Encrypt", null],
      [ACCOUNT, "Encrypt", null],
      [ACCOUNT, "Decrypt", "key-access-denied"],
    ]);
    expect(foreign.map(({ accessKeyId }) => accessKeyId)).toEqual([expect.stringContaining("AKIA"), "", ""]);
    const story = await tellKey(store, arn, () => {});
    expect(story.events.filter(({ principal }) => principal === OTHER)).toHaveLength(2);
    expect(story.grants).toMatchObject([{ uses: 1 }]);
  });

  test("retired by its retiring principal, by token or by id, and by nobody else", async () => {
    const { client, root } = await world();
    const { id: KeyId, arn } = await newKey(root);
    const grant = { KeyId, GranteePrincipal: ROOT, RetiringPrincipal: OTHER, Operations: ["Decrypt" as const] };
    const [one, two] = [await root.send(new CreateGrantCommand(grant)), await root.send(new CreateGrantCommand(grant))];
    const listed = await client("root", STRANGER).send(new ListRetirableGrantsCommand({ RetiringPrincipal: OTHER }));
    expect(listed.Grants).toEqual([]); // they are on the keys of another account
    expect(await refusal(root.send(new ListRetirableGrantsCommand({ RetiringPrincipal: OTHER })))).toContain(
      "AccessDeniedException",
    );
    const third = client("root", "777788889999" as typeof ACCOUNT);
    expect(await refusal(third.send(new RetireGrantCommand({ GrantToken: one.GrantToken })))).toContain(
      "AccessDeniedException",
    );
    const stranger = client("root", STRANGER);
    await stranger.send(new RetireGrantCommand({ GrantToken: one.GrantToken }));
    await stranger.send(new RetireGrantCommand({ KeyId: arn, GrantId: two.GrantId }));
    expect((await root.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
    expect(await refusal(root.send(new RetireGrantCommand({ KeyId: arn })))).toContain("ValidationException");
    expect(await refusal(root.send(new RetireGrantCommand({ KeyId: arn, GrantId: "x" })))).toContain(
      "InvalidGrantIdException",
    );
  });

  test("lists page, and filter by grantee and by id", async () => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const grant = { KeyId, ...operations, RetiringPrincipal: ROOT };
      ids.push((await root.send(new CreateGrantCommand(grant))).GrantId!);
    }
    const page = await root.send(new ListGrantsCommand({ KeyId, Limit: 2 }));
    const rest = await root.send(new ListGrantsCommand({ KeyId, Marker: page.NextMarker }));
    expect([...page.Grants!, ...rest.Grants!].map(({ GrantId }) => GrantId)).toEqual(ids.sort());
    const retirable = await root.send(new ListRetirableGrantsCommand({ RetiringPrincipal: ROOT }));
    expect(retirable.Grants).toHaveLength(3);
    const one = await root.send(new ListGrantsCommand({ KeyId, GrantId: ids[0] }));
    expect(one.Grants).toHaveLength(1);
    expect((await root.send(new ListGrantsCommand({ KeyId, GranteePrincipal: ROOT }))).Grants).toEqual([]);
    expect(await refusal(root.send(new ListGrantsCommand({ KeyId: "alias/x" })))).toContain("NotFoundException");
  });

  test.for([
    [{ GranteePrincipal: "nobody" }, "InvalidArnException"],
    [{ GranteePrincipal: undefined }, "ValidationException: You must specify either GranteePrincipal"],
    [{ GranteeServicePrincipal: "rds.amazonaws.com" }, "ValidationException: You can specify either GranteePrincipal"],
    [{ Operations: ["Sign"] }, "ValidationException: The grant operation Sign is not supported"],
    [{ Constraints: { SourceArn: "arn:aws:s3:::b" } }, "UnsupportedOperationException"],
    [
      { Constraints: { EncryptionContextEquals: { a: "1" }, EncryptionContextSubset: { a: "1" } } },
      "ValidationException",
    ],
    [{ Constraints: { EncryptionContextEquals: { a: "x".repeat(385) } } }, "ValidationException"],
  ] as [object, string][])("CreateGrant refuses %j", async ([wrong, error]) => {
    const { root } = await world();
    const { id: KeyId } = await newKey(root);
    expect(await refusal(root.send(new CreateGrantCommand({ KeyId, ...operations, ...wrong })))).toContain(error);
  });
});
