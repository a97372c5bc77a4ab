import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  ListAliasesCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, onTestFinished, test } from "vitest";
import { rootArn } from "#domain/arn.ts";
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
