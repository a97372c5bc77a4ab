import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyPairCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RetireGrantCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, onTestFinished, test } from "vitest";
import { rootArn } from "#domain/arn.ts";
import type { Region } from "#domain/names.ts";
import { openStore } from "#store/store.ts";
import { ACCOUNT, keyWorld, REGION, refusal, STRANGER, serveKms } from "../../../tests/support/key-world.ts";

const USER = `arn:aws:iam::${ACCOUNT}:user/u`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/r`;
const OWNER = { Sid: "Enable IAM policies", Principal: { AWS: rootArn(ACCOUNT) } };

/** A policy; each statement allows all of KMS everywhere unless it says otherwise. */
const policy = (...statements: readonly object[]) => ({
  Version: "2012-10-17",
  Statement: statements.map((one) => ({ Effect: "Allow", Action: "kms:*", Resource: "*", ...one })),
});

/** A key, its account's clients, and the identity policies that users and roles have from now on. */
async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const identity: object[] = [];
  const client = await serveKms(keyWorld(store), () => identity);
  const root = client();
  const { KeyMetadata } = await root.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata!.Arn!;
  const { CiphertextBlob } = await root.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("secret") }));
  return {
    client,
    root,
    KeyId,
    may: (...policies: readonly object[]) => void identity.splice(0, identity.length, ...policies),
    put: (...statements: readonly object[]) =>
      root.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(policy(...statements)) })),
    decrypt: (by: typeof root) => refusal(by.send(new DecryptCommand({ KeyId, CiphertextBlob: CiphertextBlob! }))),
  };
}
const denied = (who: string, KeyId: string, why: string) =>
  `AccessDeniedException: User: ${who} is not authorized to perform: kms:Decrypt on resource: ${KeyId} ${why}`;

describe("PutKeyPolicy", () => {
  test("keeps the text as it was put, and it decides from then on", async () => {
    const { client, root, KeyId, decrypt } = await world();
    const Policy = JSON.stringify(policy(OWNER, { Principal: { AWS: USER }, Action: "kms:Decrypt" }), undefined, 3);
    await root.send(new PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy }));
    expect(await root.send(new GetKeyPolicyCommand({ KeyId }))).toMatchObject({ Policy, PolicyName: "default" });
    expect(await decrypt(client("user"))).toBe("not refused");
    expect(await decrypt(client("role"))).toBe(
      denied(
        `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
        KeyId,
        "because no identity-based policy allows the kms:Decrypt action",
      ),
    );
  });

  test("refuses what is no key policy, and what would lock the caller out, and changes nothing", async () => {
    const { root, KeyId } = await world();
    const before = await root.send(new GetKeyPolicyCommand({ KeyId }));
    const put = (Policy: string, more: object = {}) =>
      refusal(root.send(new PutKeyPolicyCommand({ KeyId, Policy, ...more })));
    const other = JSON.stringify(policy({ Principal: { AWS: ROLE } }));
    expect(await put("{}")).toBe("MalformedPolicyDocumentException: Syntax errors in policy: there is no Statement.");
    expect(await put(JSON.stringify(policy({})))).toContain("must have Principal or NotPrincipal");
    expect(await put(other)).toBe(
      "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.",
    );
    expect(await put(JSON.stringify(policy(OWNER)), { PolicyName: "mine" })).toContain("NotFoundException");
    expect(await put(`${" ".repeat(32_768)}{}`)).toContain("LimitExceededException");
    expect((await root.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(before.Policy);

    expect(await put(other, { BypassPolicyLockoutSafetyCheck: true })).toBe("not refused");
    expect(await refusal(root.send(new DescribeKeyCommand({ KeyId })))).toContain(
      `kms:DescribeKey on resource: ${KeyId} because no resource-based policy allows the kms:DescribeKey action`,
    );
  });

  test("CreateKey takes a policy under the same conditions", async () => {
    const { root, client } = await world();
    const make = (statement: object, more: object = {}) =>
      root.send(new CreateKeyCommand({ Policy: JSON.stringify(policy(statement)), ...more }));
    expect(await refusal(make({ Principal: { AWS: USER } }))).toContain("will not allow you to update");
    const { KeyMetadata } = await make({ Principal: { AWS: USER } }, { BypassPolicyLockoutSafetyCheck: true });
    expect(await refusal(client("user").send(new DescribeKeyCommand({ KeyId: KeyMetadata!.KeyId! })))).toBe(
      "not refused",
    );
  });
});

describe("who may use a key", () => {
  test("a user whose own policies allow it, where the key leaves it to its account", async () => {
    const { client, KeyId, may, decrypt } = await world();
    const user = client("user");
    const missing = "because no identity-based policy allows the kms:Decrypt action";
    expect(await decrypt(user)).toBe(denied(USER, KeyId, missing));
    may(policy({ Action: "kms:Decrypt", Resource: KeyId }));
    expect(await decrypt(user)).toBe("not refused");
    expect(await decrypt(client("role"))).toBe("not refused");
    may(policy({ Action: "kms:Decrypt", Resource: `${KeyId}0` }));
    expect(await decrypt(user)).toBe(denied(USER, KeyId, missing));
    may(policy({ Effect: "Deny" }), policy({}));
    expect(await decrypt(user)).toBe(denied(USER, KeyId, "with an explicit deny in an identity-based policy"));
  });

  test("conditions on the caller, the context, the algorithm and the tags of the key are judged", async () => {
    const { client, root, KeyId, may, decrypt } = await world();
    const user = client("user");
    const when = async (Condition: object) => {
      may(policy({ Condition }));
      return (await decrypt(user)) === "not refused";
    };
    expect(await when({ StringEquals: { "kms:CallerAccount": ACCOUNT } })).toBe(true);
    expect(await when({ StringEquals: { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" } })).toBe(true);
    expect(await when({ IpAddress: { "aws:SourceIp": "127.0.0.0/8" } })).toBe(true);
    expect(await when({ Bool: { "aws:SecureTransport": true } })).toBe(false);
    expect(await when({ StringEquals: { "kms:EncryptionContext:purpose": "test" } })).toBe(false);
    expect(await when({ StringEquals: { "kms:ViaService": `acm.${REGION}.amazonaws.com` } })).toBe(false);
    expect(await when({ StringEquals: { "aws:ResourceTag/stage": "test" } })).toBe(false);
    await root.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: "stage", TagValue: "test" }] }));
    expect(await when({ StringEquals: { "aws:ResourceTag/stage": "test" } })).toBe(true);
    may(policy({ Condition: { StringEquals: { "kms:EncryptionContext:purpose": "test" } } }));
    const within = { KeyId, EncryptionContext: { purpose: "test" } };
    const { CiphertextBlob } = await user.send(new EncryptCommand({ ...within, Plaintext: Buffer.from("x") }));
    expect(await refusal(user.send(new DecryptCommand({ ...within, CiphertextBlob: CiphertextBlob! })))).toBe(
      "not refused",
    );
  });

  /** Each is denied by a statement whose condition holds, and not where its value is another. */
  const DENIED: readonly (readonly [
    what: string,
    condition: object,
    otherwise: object,
    act: (by: KMSClient, keys: Keys) => Promise<unknown>,
  ])[] = [
    [
      "kms:ResourceAliases, whatever the key is called in the request",
      { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/prod*" } },
      { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/test*" } },
      (by, { KeyId }) => by.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") })),
    ],
    [
      "kms:RequestAlias, by name",
      { StringEquals: { "kms:RequestAlias": "alias/prod" } },
      { StringEquals: { "kms:RequestAlias": "alias/test" } },
      (by) => by.send(new EncryptCommand({ KeyId: "alias/prod", Plaintext: Buffer.from("x") })),
    ],
    [
      "kms:RequestAlias, by ARN",
      { StringEquals: { "kms:RequestAlias": "alias/prod" } },
      { Null: { "kms:RequestAlias": "true" } },
      (by) => by.send(new DescribeKeyCommand({ KeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/prod` })),
    ],
    [
      "kms:RequestAlias, of a key that signs",
      { StringEquals: { "kms:RequestAlias": "alias/sign" } },
      { StringEquals: { "kms:RequestAlias": "alias/prod" } },
      (by) => sign(by, "alias/sign"),
    ],
    [
      "kms:MultiRegionKeyType",
      { StringEquals: { "kms:MultiRegionKeyType": "PRIMARY" } },
      { StringEquals: { "kms:MultiRegionKeyType": "REPLICA" } },
      (by, { multiRegion }) => by.send(new DescribeKeyCommand({ KeyId: multiRegion })),
    ],
    [
      "kms:ScheduleKeyDeletionPendingWindowInDays",
      { NumericLessThan: { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" } },
      { NumericLessThan: { "kms:ScheduleKeyDeletionPendingWindowInDays": "7" } },
      (by, { KeyId }) => by.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
    ],
    [
      "kms:ScheduleKeyDeletionPendingWindowInDays, which is 30 unless it is said",
      { NumericEquals: { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" } },
      { NumericLessThan: { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" } },
      (by, { KeyId }) => by.send(new ScheduleKeyDeletionCommand({ KeyId })),
    ],
    [
      "kms:BypassPolicyLockoutSafetyCheck of PutKeyPolicy",
      { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "true" } },
      { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "false" } },
      (by, { KeyId }) => {
        const Policy = JSON.stringify(policy(OWNER));
        return by.send(new PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }));
      },
    ],
    [
      "kms:RotationPeriodInDays",
      { NumericGreaterThan: { "kms:RotationPeriodInDays": "180" } },
      { NumericGreaterThan: { "kms:RotationPeriodInDays": "365" } },
      (by, { KeyId }) => by.send(new EnableKeyRotationCommand({ KeyId })),
    ],
    [
      "kms:MessageType",
      { StringEquals: { "kms:MessageType": "RAW" } },
      { StringEquals: { "kms:MessageType": "DIGEST" } },
      (by, { signing }) => sign(by, signing),
    ],
    [
      "kms:DataKeyPairSpec",
      { StringLike: { "kms:DataKeyPairSpec": "ECC_*" } },
      { StringLike: { "kms:DataKeyPairSpec": "RSA_*" } },
      (by, { KeyId }) => by.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: "ECC_NIST_P256" })),
    ],
    [
      "kms:ReEncryptOnSameKey, the same",
      { Bool: { "kms:ReEncryptOnSameKey": "true" } },
      { Bool: { "kms:ReEncryptOnSameKey": "false" } },
      (by, { CiphertextBlob }) => by.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: "alias/prod" })),
    ],
    [
      "kms:ReEncryptOnSameKey, another",
      { Bool: { "kms:ReEncryptOnSameKey": "false" } },
      { Bool: { "kms:ReEncryptOnSameKey": "true" } },
      (by, { CiphertextBlob, multiRegion }) =>
        by.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: multiRegion })),
    ],
    [
      "kms:KeySpec of CreateKey",
      { StringLike: { "kms:KeySpec": "RSA_*" } },
      { StringEquals: { "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT" } },
      (by) => by.send(new CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" })),
    ],
    [
      "kms:KeySpec of CreateKey, which is that of symmetric keys unless it is said",
      { StringEquals: { "kms:KeySpec": "SYMMETRIC_DEFAULT", "kms:KeyUsage": "ENCRYPT_DECRYPT" } },
      { StringLike: { "kms:KeySpec": "RSA_*" } },
      (by) => by.send(new CreateKeyCommand({})),
    ],
    [
      "kms:KeyOrigin of CreateKey",
      { StringEquals: { "kms:KeyOrigin": "EXTERNAL" } },
      { StringEquals: { "kms:KeyOrigin": "AWS_KMS" } },
      (by) => by.send(new CreateKeyCommand({ Origin: "EXTERNAL" })),
    ],
    [
      "kms:MultiRegion of CreateKey",
      { Bool: { "kms:MultiRegion": "true" } },
      { Bool: { "kms:MultiRegion": "false" } },
      (by) => by.send(new CreateKeyCommand({ MultiRegion: true })),
    ],
    [
      "kms:BypassPolicyLockoutSafetyCheck of CreateKey",
      { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "true" } },
      { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "false" } },
      (by) => by.send(new CreateKeyCommand({ BypassPolicyLockoutSafetyCheck: true })),
    ],
    [
      "kms:EncryptionContext of CreateGrant, which is that of the constraint",
      { StringEquals: { "kms:EncryptionContext:app": "a" } },
      { StringEquals: { "kms:EncryptionContext:app": "b" } },
      (by, { KeyId }) =>
        by.send(
          new CreateGrantCommand({
            KeyId,
            GranteePrincipal: ROLE,
            Operations: ["Decrypt"],
            Constraints: { EncryptionContextSubset: { app: "a" } },
          }),
        ),
    ],
  ];
  type Keys = { KeyId: string; signing: string; multiRegion: string; CiphertextBlob: Uint8Array };
  const sign = (by: KMSClient, KeyId: string) =>
    by.send(new SignCommand({ KeyId, Message: Buffer.from("x"), SigningAlgorithm: "ECDSA_SHA_256" }));

  test.each(DENIED)("a Deny by %s", async (_, condition, otherwise, act) => {
    const { client, root, KeyId, may } = await world();
    const make = async (more: object) => (await root.send(new CreateKeyCommand(more))).KeyMetadata!.Arn!;
    const signing = await make({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const multiRegion = await make({ MultiRegion: true });
    await root.send(new CreateAliasCommand({ AliasName: "alias/prod", TargetKeyId: KeyId }));
    await root.send(new CreateAliasCommand({ AliasName: "alias/sign", TargetKeyId: signing }));
    const { CiphertextBlob } = await root.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }));
    const tried = () => refusal(act(client("user"), { KeyId, signing, multiRegion, CiphertextBlob: CiphertextBlob! }));
    may(policy({}), policy({ Effect: "Deny", Condition: condition }));
    expect(await tried()).toContain("with an explicit deny in an identity-based policy");
    may(policy({}), policy({ Effect: "Deny", Condition: otherwise }));
    expect(await tried()).toBe("not refused");
  });

  test("somebody of another account needs the word of both", async () => {
    const { client, KeyId, may, put, decrypt } = await world();
    const abroad = client("user", STRANGER);
    may(policy({}));
    expect(await decrypt(abroad)).toContain("no resource-based policies allow access");
    await put(OWNER, { Principal: { AWS: STRANGER }, Action: "kms:Decrypt" });
    expect(await decrypt(abroad)).toBe("not refused");
    expect(await decrypt(client("root", STRANGER))).toBe("not refused");
    expect(await refusal(abroad.send(new DescribeKeyCommand({ KeyId })))).toContain("AccessDeniedException");
    may();
    expect(await decrypt(abroad)).toContain("AccessDeniedException");
  });

  test("an account that may do everything with another's key uses it, and neither names nor changes nor ends it", async () => {
    const { client, root, KeyId, may, put, decrypt } = await world();
    const abroad = client("user", STRANGER);
    const Policy = JSON.stringify(policy({ Principal: { AWS: STRANGER } }));
    may(policy({}));
    await put(OWNER, { Principal: { AWS: STRANGER } });
    const none = KeyId.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000");
    const foreign = [
      (key: string) => abroad.send(new PutKeyPolicyCommand({ KeyId: key, Policy })),
      (key: string) => abroad.send(new ScheduleKeyDeletionCommand({ KeyId: key })),
      (key: string) => abroad.send(new TagResourceCommand({ KeyId: key, Tags: [{ TagKey: "a", TagValue: "b" }] })),
      (key: string) => abroad.send(new CreateAliasCommand({ AliasName: "alias/taken", TargetKeyId: key })),
      (key: string) => abroad.send(new GetKeyPolicyCommand({ KeyId: key })),
    ];
    for (const act of foreign) {
      const said = await refusal(act(KeyId));
      expect(said).toContain("AccessDeniedException");
      expect(said).toBe(await refusal(act(none)));
    }
    expect((await abroad.send(new ListAliasesCommand({}))).Aliases).toEqual([]);
    expect((await root.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.KeyState).toBe("Enabled");
    expect(await decrypt(abroad)).toBe("not refused");
  });

  test("an alias is pointed to no key of another account", async () => {
    const { client, KeyId, may, put } = await world();
    const abroad = client("user", STRANGER);
    may(policy({}));
    await put(OWNER, { Principal: { AWS: STRANGER } });
    const { KeyMetadata } = await abroad.send(new CreateKeyCommand({}));
    const AliasName = "alias/own";
    await abroad.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata!.KeyId! }));
    const move = abroad.send(new UpdateAliasCommand({ AliasName, TargetKeyId: KeyId }));
    expect(await refusal(move)).toContain("AccessDeniedException");
    expect((await abroad.send(new DescribeKeyCommand({ KeyId: AliasName }))).KeyMetadata!.Arn).toBe(KeyMetadata!.Arn);
  });

  test("a Deny in the key's policy is stronger than the account and than grants", async () => {
    const { client, root, KeyId, put, decrypt } = await world();
    await root.send(new CreateGrantCommand({ KeyId, GranteePrincipal: ROLE, Operations: ["Decrypt"] }));
    expect(await decrypt(client("role"))).toBe("not refused");
    await put(OWNER, { Effect: "Deny", Principal: "*", Action: "kms:Decrypt" });
    const why = "with an explicit deny in a resource-based policy";
    expect(await decrypt(client("role"))).toBe(denied(`arn:aws:sts::${ACCOUNT}:assumed-role/r/s`, KeyId, why));
    expect(await decrypt(root)).toBe(denied(rootArn(ACCOUNT), KeyId, why));
  });

  test("a Deny of kms:RetireGrant in a user's own policies is stronger than the grant; the key's policy is not asked", async () => {
    const { client, root, KeyId, may, put } = await world();
    const grant = { KeyId, GranteePrincipal: ROLE, RetiringPrincipal: USER, Operations: ["Decrypt" as const] };
    const retire = async (kind: "user" | "role") => {
      const { GrantId } = await root.send(new CreateGrantCommand(grant));
      return await refusal(client(kind).send(new RetireGrantCommand({ KeyId, GrantId })));
    };
    await put(OWNER, { Effect: "Deny", Principal: { AWS: USER }, Action: "kms:RetireGrant" });
    expect(await retire("user")).toBe("not refused");
    expect(await retire("role")).toContain("because no identity-based policy allows the kms:RetireGrant action");
    may(policy({}), policy({ Effect: "Deny", Action: "kms:RetireGrant" }));
    expect(await retire("user")).toContain("with an explicit deny in an identity-based policy");
    may(policy({ Action: "kms:RetireGrant" }));
    expect(await retire("role")).toBe("not refused"); // its account leaves it to it
  });

  test("grants are made only of the kind that a condition allows", async () => {
    const { client, KeyId, may } = await world();
    const grant = (Operations: readonly ("Decrypt" | "Encrypt")[]) =>
      refusal(
        client("user").send(new CreateGrantCommand({ KeyId, GranteePrincipal: ROLE, Operations: [...Operations] })),
      );
    const only = { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] } };
    may(
      policy({ Action: "kms:CreateGrant", Condition: { ...only, StringLike: { "kms:GranteePrincipal": "*:role/*" } } }),
    );
    expect(await grant(["Decrypt"])).toBe("not refused");
    expect(await grant(["Decrypt", "Encrypt"])).toContain("AccessDeniedException");
  });

  test("CreateGrant may be left to whoever grants for one encryption context only", async () => {
    const { client, KeyId, may } = await world();
    const grant = (Constraints?: object) =>
      refusal(
        client("user").send(
          new CreateGrantCommand({ KeyId, GranteePrincipal: ROLE, Operations: ["Decrypt"], Constraints }),
        ),
      );
    const Condition = { StringEquals: { "kms:EncryptionContext:app": "a" } };
    may(policy({ Action: "kms:CreateGrant", Condition }));
    expect(await grant({ EncryptionContextSubset: { app: "a" } })).toBe("not refused");
    expect(await grant({ EncryptionContextEquals: { app: "a", b: "c" } })).toBe("not refused");
    expect(await grant({ EncryptionContextSubset: { app: "b" } })).toContain("AccessDeniedException");
    expect(await grant()).toContain("AccessDeniedException");
  });

  test("describing the alias of an AWS managed key makes no key for whoever may not describe it", async () => {
    const { client, may } = await world();
    const elsewhere = (who: "user" | "root") => client(who, ACCOUNT, "us-east-1" as Region);
    const describeKey = new DescribeKeyCommand({ KeyId: "alias/aws/acm" });
    expect(await refusal(elsewhere("user").send(describeKey))).toBe(
      `AccessDeniedException: User: ${USER} is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:us-east-1:${ACCOUNT}:key/* because no identity-based policy allows the kms:DescribeKey action`,
    );
    expect((await elsewhere("root").send(new ListKeysCommand({}))).Keys).toEqual([]);
    may(policy({ Action: "kms:DescribeKey" }));
    expect(await refusal(elsewhere("user").send(describeKey))).toBe("not refused");
    expect((await elsewhere("root").send(new ListKeysCommand({}))).Keys).toHaveLength(1);
  });
});

test("what is about no key, and the names of keys, are asked of the caller's policies", async () => {
  const { client, root, KeyId, may } = await world();
  const user = client("user");
  expect(await refusal(user.send(new ListKeysCommand({})))).toBe(
    `AccessDeniedException: User: ${USER} is not authorized to perform: kms:ListKeys on resource: * because no identity-based policy allows the kms:ListKeys action`,
  );
  expect(await refusal(user.send(new ListAliasesCommand({})))).toContain("kms:ListAliases on resource: *");
  expect(await refusal(user.send(new ListAliasesCommand({ KeyId })))).toContain(
    `kms:ListAliases on resource: ${KeyId}`,
  );
  may(policy({ Action: "kms:CreateAlias", Resource: KeyId }));
  const create = () => refusal(user.send(new CreateAliasCommand({ AliasName: "alias/a", TargetKeyId: KeyId })));
  expect(await create()).toContain(`on resource: arn:aws:kms:${REGION}:${ACCOUNT}:alias/a`);
  may(
    policy({ Action: "kms:*Alias", Resource: [KeyId, `arn:aws:kms:*:${ACCOUNT}:alias/*`] }),
    policy({ Action: "kms:ListKeys" }),
  );
  expect(await create()).toBe("not refused");
  expect(await refusal(user.send(new ListKeysCommand({})))).toBe("not refused");

  const { KeyMetadata } = await root.send(new CreateKeyCommand({}));
  const move = () =>
    refusal(user.send(new UpdateAliasCommand({ AliasName: "alias/a", TargetKeyId: KeyMetadata!.KeyId! })));
  expect(await move()).toContain(`on resource: ${KeyMetadata!.Arn}`);
  may(policy({ Action: "kms:*Alias", Resource: [KeyMetadata!.Arn!, `arn:aws:kms:*:${ACCOUNT}:alias/*`] }));
  expect(await move()).toContain(`on resource: ${KeyId}`);
  may(policy({ Action: "kms:*Alias" }));
  expect(await move()).toBe("not refused");
});

describe("conditions on tags", () => {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  const but = (...Statement: readonly object[]) => ({ Version: "2012-10-17", Statement: [everything, ...Statement] });
  const Tags = [{ TagKey: "secure", TagValue: "no" }];

  test("what a request would tag or untag is known where the key's policy decides, too", async () => {
    const { client, root, KeyId, may, put } = await world();
    const user = client("user");
    const tag = () => refusal(user.send(new TagResourceCommand({ KeyId, Tags })));
    const untag = () => refusal(user.send(new UntagResourceCommand({ KeyId, TagKeys: ["secure"] })));
    const named = { StringEquals: { "aws:RequestTag/secure": "no" } };
    may(but({ Effect: "Deny", Action: "kms:TagResource", Resource: "*", Condition: named }));
    expect(await tag()).toContain("kms:TagResource on resource");
    may(but());
    expect(await tag()).toBe("not refused");
    const keys = { "ForAnyValue:StringEquals": { "aws:TagKeys": "secure" } };
    await put(OWNER, { Sid: "no", Effect: "Deny", Principal: "*", Action: "kms:UntagResource", Condition: keys });
    expect(await untag()).toContain("kms:UntagResource on resource");
    await put(OWNER);
    expect(await untag()).toBe("not refused");
    const { KeyMetadata } = await root.send(new CreateKeyCommand({ MultiRegion: true }));
    may(but({ Effect: "Deny", Action: "kms:ReplicateKey", Resource: "*", Condition: named }));
    const replica = { KeyId: KeyMetadata!.KeyId!, ReplicaRegion: "us-east-1", Tags };
    expect(await refusal(user.send(new ReplicateKeyCommand(replica)))).toContain("kms:ReplicateKey on resource");
  });

  test("a key is made with tags by whom its own policies let tag keys", async () => {
    const { client, root, may } = await world();
    const user = client("user");
    const create = (more: object) => refusal(user.send(new CreateKeyCommand(more)));
    may(but({ Effect: "Deny", Action: "kms:TagResource", Resource: "*" }));
    expect(await create({})).toBe("not refused");
    expect(await create({ Tags: [] })).toBe("not refused");
    expect(await create({ Tags })).toBe(
      `AccessDeniedException: User: ${USER} is not authorized to perform: kms:TagResource on resource: arn:aws:kms:${REGION}:${ACCOUNT}:key/* with an explicit deny in an identity-based policy`,
    );
    const { KeyMetadata } = await root.send(new CreateKeyCommand({ MultiRegion: true }));
    const { Arn, KeyId } = KeyMetadata!;
    const replica = { KeyId: Arn!, ReplicaRegion: "us-east-1", Tags };
    expect(await refusal(user.send(new ReplicateKeyCommand(replica)))).toContain(
      `kms:TagResource on resource: arn:aws:kms:us-east-1:${ACCOUNT}:key/${KeyId} with an explicit deny`,
    );
    may(but());
    expect(await refusal(user.send(new ReplicateKeyCommand(replica)))).toBe("not refused");
    expect(await create({ Tags })).toBe("not refused");
  });
});

test("a Deny that spares a user and its account spares nobody else of the account", async () => {
  const { client, put, decrypt, may } = await world();
  may({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] });
  const NotPrincipal = { AWS: [USER, rootArn(ACCOUNT)] };
  await put(OWNER, { Sid: "all but", Effect: "Deny", NotPrincipal, Action: "kms:Decrypt" });
  expect(await decrypt(client("user"))).toBe("not refused");
  expect(await decrypt(client())).toBe("not refused");
  expect(await decrypt(client("role"))).toContain("with an explicit deny in a resource-based policy");
  expect(await refusal(put(OWNER, { NotPrincipal }))).toBe(
    "MalformedPolicyDocumentException: Statement 2: Allow with NotPrincipal is not allowed.",
  );
});
