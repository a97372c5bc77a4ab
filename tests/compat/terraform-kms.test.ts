import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListGrantsCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  paginateListAliases,
  paginateListGrants,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { expect, onTestFinished, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { testProduct } from "../support/product.ts";

/**
 * The calls that Terraform's AWS provider makes for a resource, in its order and with what it reads and waits for.
 * https://github.com/hashicorp/terraform-provider-aws, internal/service/kms
 */
test("aws_kms_key, aws_kms_alias and aws_kms_grant are created, read without a difference, changed and destroyed", async () => {
  const product = await testProduct({ edge: "false" });
  const kms = new KMSClient({ region: "eu-west-1", endpoint: product.endpoint, credentials: product.credentials });
  onTestFinished(() => kms.destroy());

  // aws_kms_key: create, rotation, read
  const wanted = {
    Description: "of Terraform",
    Policy: policyOf("created"),
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyUsage: "ENCRYPT_DECRYPT",
    Tags: [{ TagKey: "Environment", TagValue: "test" }],
    BypassPolicyLockoutSafetyCheck: false,
  } satisfies CreateKeyCommandInput;
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(wanted));
  const KeyId = KeyMetadata?.KeyId ?? "";
  await kms.send(new EnableKeyRotationCommand({ KeyId }));
  const rotates = async (): Promise<boolean | undefined> =>
    (await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled;
  await until("the rotation is seen", async () => (await rotates()) || undefined);
  const read = async (): Promise<object> => {
    const { KeyMetadata: now } = await kms.send(new DescribeKeyCommand({ KeyId }));
    const { Policy = "" } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
    const { Description, Enabled, KeySpec, KeyUsage, MultiRegion } = now ?? {};
    const tags = Object.fromEntries(Tags.map(({ TagKey = "", TagValue }) => [TagKey, TagValue]));
    return {
      Description,
      Enabled,
      KeySpec,
      KeyUsage,
      MultiRegion,
      rotates: await rotates(),
      Policy: JSON.parse(Policy),
      tags,
    };
  };
  const kind = { KeySpec: "SYMMETRIC_DEFAULT", KeyUsage: "ENCRYPT_DECRYPT", MultiRegion: false, rotates: true };
  const created = { ...kind, Enabled: true, Description: "of Terraform", tags: { Environment: "test" } };
  expect(await read()).toEqual({ ...created, Policy: JSON.parse(policyOf("created")) });

  // aws_kms_key: update, each change by its own call
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: "changed" }));
  await kms.send(
    new PutKeyPolicyCommand({
      KeyId,
      PolicyName: "default",
      Policy: policyOf("changed"),
      BypassPolicyLockoutSafetyCheck: false,
    }),
  );
  await kms.send(new UntagResourceCommand({ KeyId, TagKeys: ["Environment"] }));
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: "Team", TagValue: "keys" }] }));
  await kms.send(new DisableKeyCommand({ KeyId }));
  const changed = { ...kind, Enabled: false, Description: "changed", tags: { Team: "keys" } };
  expect(await read()).toMatchObject({ ...changed, Policy: JSON.parse(policyOf("changed")) });
  await kms.send(new EnableKeyCommand({ KeyId }));

  // aws_kms_alias: create, found in the list, moved, found again
  const AliasName = "alias/terraform";
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }));
  const target = async (): Promise<string | undefined> => {
    for await (const page of paginateListAliases({ client: kms }, {})) {
      const found = page.Aliases?.find((alias) => alias.AliasName === AliasName);
      if (found) return found.TargetKeyId;
    }
    return undefined;
  };
  expect(await target()).toBe(KeyId);
  const other = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
  await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: other }));
  expect(await target()).toBe(other);

  const iam = new IAMClient({ region: "us-east-1", endpoint: product.endpoint, credentials: product.credentials });
  onTestFinished(() => iam.destroy());
  const Statement = { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new CreateRoleCommand({ RoleName: "worker", AssumeRolePolicyDocument }));

  // aws_kms_grant: create, found in the list, revoked, waited for
  const { GrantId } = await kms.send(
    new CreateGrantCommand({
      KeyId,
      Name: "terraform",
      GranteePrincipal: "arn:aws:iam::123456789012:role/worker",
      Operations: ["Encrypt", "Decrypt", "GenerateDataKey"],
      Constraints: { EncryptionContextEquals: { Department: "Finance" } },
    }),
  );
  const grant = async () => {
    for await (const page of paginateListGrants({ client: kms }, { KeyId, Limit: 1 })) {
      const found = page.Grants?.find((one) => one.GrantId === GrantId);
      if (found) return found;
    }
    return undefined;
  };
  expect(await grant()).toMatchObject({
    Name: "terraform",
    Operations: ["Encrypt", "Decrypt", "GenerateDataKey"],
    Constraints: { EncryptionContextEquals: { Department: "Finance" } },
  });
  await kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
  await until("the grant is gone", async () => ((await grant()) ? undefined : true));
  expect((await kms.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);

  // destroy
  await kms.send(new DeleteAliasCommand({ AliasName }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 }));
  await until("the key is pending deletion", async () => {
    const { KeyMetadata: now } = await kms.send(new DescribeKeyCommand({ KeyId }));
    return now?.KeyState === "PendingDeletion" ? true : undefined;
  });
});

function policyOf(Id: string): string {
  const Statement = [
    {
      Sid: "Account",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "kms:*",
      Resource: "*",
    },
  ];
  return JSON.stringify({ Version: "2012-10-17", Id, Statement });
}
