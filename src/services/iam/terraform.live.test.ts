import * as sdk from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { ACCOUNT, allow, iamWorld, refusal, trust } from "../../../tests/support/iam-world.ts";

/**
 * The calls that Terraform's AWS provider makes for a resource, in its order and with what it reads.
 * https://github.com/hashicorp/terraform-provider-aws, internal/service/iam
 */
async function client(): Promise<sdk.IAMClient> {
  return (await iamWorld()).iam();
}

test("aws_iam_policy: made, read with its version, changed by a new version, pruned, deleted", async () => {
  const iam = await client();
  const { Policy } = await iam.send(
    new sdk.CreatePolicyCommand({ PolicyName: "tf", Path: "/", PolicyDocument: allow("acm:*"), Tags: [] }),
  );
  const PolicyArn = Policy!.Arn!;
  const read = async (): Promise<string> => {
    const { Policy: policy } = await iam.send(new sdk.GetPolicyCommand({ PolicyArn }));
    const VersionId = policy!.DefaultVersionId!;
    const { PolicyVersion } = await iam.send(new sdk.GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return decodeURIComponent(PolicyVersion!.Document!);
  };
  expect(await read()).toBe(allow("acm:*"));
  for (let i = 0; i < 6; i++) {
    // It deletes the oldest version before it makes a sixth one.
    const { Versions = [] } = await iam.send(new sdk.ListPolicyVersionsCommand({ PolicyArn }));
    if (Versions.length >= 5) {
      const oldest = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).toSorted(
        (a, b) => Number(a.VersionId!.slice(1)) - Number(b.VersionId!.slice(1)),
      )[0]!;
      await iam.send(new sdk.DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest.VersionId }));
    }
    const PolicyDocument = allow(`acm:Get${i}`);
    await iam.send(new sdk.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    expect(await read()).toBe(PolicyDocument);
  }
  const { Versions = [] } = await iam.send(new sdk.ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions) {
    if (!IsDefaultVersion) await iam.send(new sdk.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  }
  await iam.send(new sdk.DeletePolicyCommand({ PolicyArn }));
  expect(await refusal(iam.send(new sdk.GetPolicyCommand({ PolicyArn })))).toContain("NoSuchEntity");
});

test("aws_iam_role with aws_iam_role_policy_attachment and aws_iam_instance_profile", async () => {
  const iam = await client();
  const RoleName = "tf";
  const AssumeRolePolicyDocument = trust(`arn:aws:iam::${ACCOUNT}:root`);
  const Tags = [{ Key: "Name", Value: "tf" }];
  await iam.send(
    new sdk.CreateRoleCommand({ RoleName, Path: "/", AssumeRolePolicyDocument, Tags, MaxSessionDuration: 3600 }),
  );
  const { Role } = await iam.send(new sdk.GetRoleCommand({ RoleName }));
  expect(Role).toMatchObject({ RoleName, Tags, MaxSessionDuration: 3600, Path: "/" });
  expect((await iam.send(new sdk.ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual([]);
  expect((await iam.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([]);
  const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  await iam.send(new sdk.AttachRolePolicyCommand({ RoleName, PolicyArn }));
  const attached = await iam.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName }));
  expect(attached.AttachedPolicies).toMatchObject([{ PolicyArn }]);
  await iam.send(
    new sdk.PutRolePolicyCommand({ RoleName, PolicyName: "inline", PolicyDocument: allow("kms:Decrypt") }),
  );
  const inline = await iam.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName: "inline" }));
  expect(decodeURIComponent(inline.PolicyDocument!)).toBe(allow("kms:Decrypt"));
  const InstanceProfileName = "tf";
  await iam.send(new sdk.CreateInstanceProfileCommand({ InstanceProfileName, Path: "/" }));
  await iam.send(new sdk.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  const { InstanceProfile } = await iam.send(new sdk.GetInstanceProfileCommand({ InstanceProfileName }));
  expect(InstanceProfile!.Roles!.map((role) => role.RoleName)).toEqual([RoleName]);

  // force_detach_policies, and what deleting a role looks at first
  const { InstanceProfiles = [] } = await iam.send(new sdk.ListInstanceProfilesForRoleCommand({ RoleName }));
  for (const profile of InstanceProfiles) {
    await iam.send(
      new sdk.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: profile.InstanceProfileName, RoleName }),
    );
  }
  await iam.send(new sdk.DeleteInstanceProfileCommand({ InstanceProfileName }));
  await iam.send(new sdk.DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new sdk.DeleteRolePolicyCommand({ RoleName, PolicyName: "inline" }));
  await iam.send(new sdk.DeleteRoleCommand({ RoleName }));
  expect(await refusal(iam.send(new sdk.GetRoleCommand({ RoleName })))).toContain("NoSuchEntityException");
});

test("aws_iam_user with force_destroy, aws_iam_access_key and aws_iam_user_group_membership", async () => {
  const iam = await client();
  const UserName = "tf";
  await iam.send(new sdk.CreateUserCommand({ UserName, Path: "/", Tags: [] }));
  expect((await iam.send(new sdk.GetUserCommand({ UserName }))).User!.Tags).toBeUndefined();
  await iam.send(new sdk.TagUserCommand({ UserName, Tags: [{ Key: "a", Value: "1" }] }));
  await iam.send(new sdk.CreateGroupCommand({ GroupName: "tf", Path: "/" }));
  expect((await iam.send(new sdk.GetGroupCommand({ GroupName: "tf" }))).Users).toEqual([]);
  await iam.send(new sdk.AddUserToGroupCommand({ UserName, GroupName: "tf" }));
  const { AccessKey } = await iam.send(new sdk.CreateAccessKeyCommand({ UserName }));
  const { AccessKeyMetadata = [] } = await iam.send(new sdk.ListAccessKeysCommand({ UserName }));
  expect(AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId)).toEqual([AccessKey!.AccessKeyId]);

  const { Groups = [] } = await iam.send(new sdk.ListGroupsForUserCommand({ UserName }));
  for (const { GroupName } of Groups) await iam.send(new sdk.RemoveUserFromGroupCommand({ UserName, GroupName }));
  for (const { AccessKeyId } of AccessKeyMetadata)
    await iam.send(new sdk.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  expect((await iam.send(new sdk.ListSSHPublicKeysCommand({ UserName }))).SSHPublicKeys).toEqual([]);
  expect((await iam.send(new sdk.ListMFADevicesCommand({ UserName }))).MFADevices).toEqual([]);
  expect((await iam.send(new sdk.ListSigningCertificatesCommand({ UserName }))).Certificates).toEqual([]);
  const credentials = await iam.send(new sdk.ListServiceSpecificCredentialsCommand({ UserName }));
  expect(credentials.ServiceSpecificCredentials).toEqual([]);
  expect(await refusal(iam.send(new sdk.DeleteLoginProfileCommand({ UserName })))).toBe(
    "NoSuchEntityException: Login Profile for User tf cannot be found.",
  );
  await iam.send(new sdk.DeleteUserCommand({ UserName }));
  await iam.send(new sdk.DeleteGroupCommand({ GroupName: "tf" }));
});
