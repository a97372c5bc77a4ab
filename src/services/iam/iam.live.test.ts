import * as sdk from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import type { AccountId } from "#domain/names.ts";
import { resetAccount } from "#store/reset-account.ts";
import { ACCOUNT, allow, iamWorld, policy, refusal, trust } from "../../../tests/support/iam-world.ts";

const ARN = `arn:aws:iam::${ACCOUNT}`;
const CERTIFICATE = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate`;
const READ = allow(["acm:DescribeCertificate", "acm:ListCertificates"]);

async function world() {
  const made = await iamWorld();
  const root = made.iam();
  return { ...made, root, ask: (call: Promise<unknown>) => refusal(call) };
}

describe("users", () => {
  test("a user is made with path, tags and boundary, shown, renamed and removed", async () => {
    const { root, ask } = await world();
    const boundary = "arn:aws:iam::aws:policy/AWSCertificateManagerFullAccess";
    const { User } = await root.send(
      new sdk.CreateUserCommand({
        UserName: "Alice",
        Path: "/staff/",
        PermissionsBoundary: boundary,
        Tags: [{ Key: "team", Value: "web" }],
      }),
    );
    expect(User).toMatchObject({
      UserName: "Alice",
      Path: "/staff/",
      Arn: `${ARN}:user/staff/Alice`,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      PermissionsBoundary: { PermissionsBoundaryArn: boundary, PermissionsBoundaryType: "Policy" },
      Tags: [{ Key: "team", Value: "web" }],
    });
    expect(await ask(root.send(new sdk.CreateUserCommand({ UserName: "ALICE" })))).toBe(
      "EntityAlreadyExistsException: User with name ALICE already exists.",
    );
    await root.send(new sdk.UpdateUserCommand({ UserName: "alice", NewUserName: "Alicia", NewPath: "/" }));
    const { User: found } = await root.send(new sdk.GetUserCommand({ UserName: "alicia" }));
    expect(found).toMatchObject({ UserName: "Alicia", Arn: `${ARN}:user/Alicia`, UserId: User!.UserId });
    await root.send(new sdk.DeleteUserPermissionsBoundaryCommand({ UserName: "Alicia" }));
    await root.send(new sdk.DeleteUserCommand({ UserName: "Alicia" }));
    expect(await ask(root.send(new sdk.GetUserCommand({ UserName: "Alicia" })))).toBe(
      "NoSuchEntityException: The user with name Alicia cannot be found.",
    );
    const { SummaryMap } = await root.send(new sdk.GetAccountSummaryCommand());
    expect(SummaryMap).toMatchObject({ Users: 0, UsersQuota: 5000, AccountAccessKeysPresent: 1 });
  });

  test("GetUser without a name shows who calls", async () => {
    const { root, iam } = await world();
    expect((await root.send(new sdk.GetUserCommand())).User).toMatchObject({ UserId: ACCOUNT, Arn: `${ARN}:root` });
    const key = await userWith({ root, iam }, "bob", allow("iam:GetUser", `${ARN}:user/bob`));
    expect((await iam(key).send(new sdk.GetUserCommand())).User).toMatchObject({ UserName: "bob" });
  });

  test("refuses names, paths, tags and boundaries that there cannot be", async () => {
    const { root, ask } = await world();
    const create = (more: object) => ask(root.send(new sdk.CreateUserCommand({ UserName: "x", ...more })));
    expect(await create({ UserName: "a b" })).toContain("ValidationError");
    expect(await create({ Path: "staff" })).toContain("ValidationError");
    expect(await create({ Tags: [{ Key: "aws:x", Value: "" }] })).toContain("ValidationError: System tags");
    const twice = [
      { Key: "a", Value: "1" },
      { Key: "A", Value: "2" },
    ];
    expect(await create({ Tags: twice })).toContain("InvalidInputException: Duplicate tag keys");
    expect(await create({ PermissionsBoundary: `${ARN}:policy/none` })).toBe(
      `NoSuchEntityException: Scope ARN: ${ARN}:policy/none does not exist or is not attachable.`,
    );
    expect(await create({ PermissionsBoundary: "arn:aws:iam::111122223333:policy/p" })).toContain("NoSuchEntity");
    expect((await root.send(new sdk.ListUsersCommand())).Users).toEqual([]);
  });

  test("lists go by path and name, page by page, below a path", async () => {
    const { root, ask } = await world();
    for (const name of ["c", "A", "b"]) await root.send(new sdk.CreateUserCommand({ UserName: name }));
    await root.send(new sdk.CreateUserCommand({ UserName: "z", Path: "/staff/" }));
    await root.send(new sdk.CreateUserCommand({ UserName: "staff" }));
    const seen: string[] = [];
    for await (const page of sdk.paginateListUsers({ client: root, pageSize: 2 }, {})) {
      expect(page.Users!.length).toBeLessThanOrEqual(2);
      seen.push(...page.Users!.map(({ UserName }) => UserName!));
    }
    expect(seen).toEqual(["A", "b", "c", "staff", "z"]);
    const below = await root.send(new sdk.ListUsersCommand({ PathPrefix: "/staff" }));
    expect(below.Users!.map(({ UserName }) => UserName)).toEqual(["z"]);
    expect(await ask(root.send(new sdk.ListUsersCommand({ Marker: "x" })))).toContain("ValidationError");
  });

  test("a user on whom something hangs is not removed: DeleteConflict says what", async () => {
    const { root, iam, ask } = await world();
    const key = await userWith({ root, iam }, "bob", READ);
    await root.send(new sdk.CreateGroupCommand({ GroupName: "g" }));
    await root.send(new sdk.AddUserToGroupCommand({ GroupName: "g", UserName: "bob" }));
    const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await root.send(new sdk.AttachUserPolicyCommand({ UserName: "bob", PolicyArn }));
    const remove = () => ask(root.send(new sdk.DeleteUserCommand({ UserName: "bob" })));
    expect(await remove()).toBe("DeleteConflictException: Cannot delete entity, must delete access keys first.");
    await root.send(new sdk.DeleteAccessKeyCommand({ UserName: "bob", AccessKeyId: key.accessKeyId }));
    expect(await remove()).toBe("DeleteConflictException: Cannot delete entity, must delete policies first.");
    await root.send(new sdk.DeleteUserPolicyCommand({ UserName: "bob", PolicyName: "own" }));
    expect(await remove()).toBe("DeleteConflictException: Cannot delete entity, must detach all policies first.");
    await root.send(new sdk.DetachUserPolicyCommand({ UserName: "bob", PolicyArn }));
    expect(await remove()).toContain("must remove user from all groups first");
    expect(await ask(root.send(new sdk.DeleteGroupCommand({ GroupName: "g" })))).toContain(
      "must remove users from group",
    );
    await root.send(new sdk.RemoveUserFromGroupCommand({ GroupName: "g", UserName: "bob" }));
    expect(await remove()).toBe("not refused");
  });
});

describe("access keys", () => {
  test("a user has two at most, which are switched off, shown with their last use, and removed", async () => {
    const { root, iam, sts, forget, ask } = await world();
    const first = await userWith({ root, iam }, "bob", allow("*"));
    expect((await sts(first).send(new GetCallerIdentityCommand())).Arn).toBe(`${ARN}:user/bob`);
    const { AccessKey } = await root.send(new sdk.CreateAccessKeyCommand({ UserName: "bob" }));
    expect(AccessKey).toMatchObject({ UserName: "bob", Status: "Active" });
    expect(await ask(root.send(new sdk.CreateAccessKeyCommand({ UserName: "bob" })))).toBe(
      "LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2",
    );
    const use = new sdk.GetAccessKeyLastUsedCommand({ AccessKeyId: first.accessKeyId });
    await expect
      .poll(async () => (await root.send(use)).AccessKeyLastUsed)
      .toMatchObject({ ServiceName: "sts", Region: "eu-west-1", LastUsedDate: expect.any(Date) });
    const id = { UserName: "bob", AccessKeyId: first.accessKeyId };
    await root.send(new sdk.UpdateAccessKeyCommand({ ...id, Status: "Inactive" }));
    forget();
    expect(await ask(sts(first).send(new GetCallerIdentityCommand()))).toContain("InvalidClientTokenId");
    const { AccessKeyMetadata } = await root.send(new sdk.ListAccessKeysCommand({ UserName: "bob" }));
    expect(AccessKeyMetadata!.map(({ Status }) => String(Status)).toSorted()).toEqual(["Active", "Inactive"]);
    await root.send(new sdk.DeleteAccessKeyCommand(id));
    expect(await ask(root.send(new sdk.DeleteAccessKeyCommand(id)))).toBe(
      `NoSuchEntityException: The Access Key with id ${first.accessKeyId} cannot be found.`,
    );
  });

  test("the root user rotates its own: a second one, and the first one goes", async () => {
    const { root, rootKey, iam, sts, forget, ask } = await world();
    const { AccessKey } = await root.send(new sdk.CreateAccessKeyCommand({}));
    const fresh = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    expect((await sts(fresh).send(new GetCallerIdentityCommand())).Arn).toBe(`${ARN}:root`);
    await iam(fresh).send(new sdk.DeleteAccessKeyCommand({ AccessKeyId: rootKey.accessKeyId }));
    forget();
    expect(await ask(sts().send(new GetCallerIdentityCommand()))).toContain("InvalidClientTokenId");
  });
});

describe("policies", () => {
  test("inline policies of users, groups and roles are put, shown as URLs encode them, listed and deleted", async () => {
    const { root, ask } = await world();
    await root.send(new sdk.CreateGroupCommand({ GroupName: "g" }));
    await root.send(new sdk.PutGroupPolicyCommand({ GroupName: "g", PolicyName: "p", PolicyDocument: READ }));
    const got = await root.send(new sdk.GetGroupPolicyCommand({ GroupName: "g", PolicyName: "p" }));
    expect(got.PolicyDocument).toMatch(/^%7B%22Version%22%3A%222012-10-17%22/);
    expect(decodeURIComponent(got.PolicyDocument!)).toBe(READ);
    const { PolicyNames } = await root.send(new sdk.ListGroupPoliciesCommand({ GroupName: "g" }));
    expect(PolicyNames).toEqual(["p"]);
    await root.send(new sdk.DeleteGroupPolicyCommand({ GroupName: "g", PolicyName: "p" }));
    expect(await ask(root.send(new sdk.GetGroupPolicyCommand({ GroupName: "g", PolicyName: "p" })))).toBe(
      "NoSuchEntityException: The group policy with name p cannot be found.",
    );
    const put = (PolicyDocument: string) =>
      ask(root.send(new sdk.PutGroupPolicyCommand({ GroupName: "g", PolicyName: "p", PolicyDocument })));
    expect(await put("{}")).toContain("MalformedPolicyDocument");
    expect(await put(allow("acm:Describe*", Array(200).fill(`arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/*`)))).toBe(
      "LimitExceededException: Maximum policy size of 5120 bytes exceeded for group g",
    );
  });

  test("a managed policy has up to five versions, one in force, and is not removed while it is used", async () => {
    const { root, ask } = await world();
    const { Policy } = await root.send(
      new sdk.CreatePolicyCommand({ PolicyName: "p", Path: "/ci/", PolicyDocument: READ, Description: "reads" }),
    );
    const PolicyArn = Policy!.Arn!;
    expect(PolicyArn).toBe(`${ARN}:policy/ci/p`);
    expect(await ask(root.send(new sdk.CreatePolicyCommand({ PolicyName: "P", PolicyDocument: READ })))).toBe(
      "EntityAlreadyExistsException: A policy called P already exists. Duplicate names are not allowed.",
    );
    for (let i = 2; i <= 5; i++) {
      const made = await root.send(
        new sdk.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow(`acm:V${i}`), SetAsDefault: i === 3 }),
      );
      expect(made.PolicyVersion).toMatchObject({ VersionId: `v${i}`, IsDefaultVersion: i === 3 });
    }
    expect(await ask(root.send(new sdk.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ })))).toContain(
      "LimitExceededException: A managed policy can have up to 5 versions.",
    );
    const remove = (VersionId: string) => ask(root.send(new sdk.DeletePolicyVersionCommand({ PolicyArn, VersionId })));
    expect(await remove("v3")).toBe("DeleteConflictException: Cannot delete the default version of a policy.");
    expect(await remove("v9")).toContain("NoSuchEntityException");
    await root.send(new sdk.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v5" }));
    for (const version of ["v1", "v2", "v3"]) expect(await remove(version)).toBe("not refused");
    const { Versions } = await root.send(new sdk.ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions!.map(({ VersionId }) => VersionId)).toEqual(["v5", "v4"]);
    const shown = await root.send(new sdk.GetPolicyVersionCommand({ PolicyArn, VersionId: "v5" }));
    expect(decodeURIComponent(shown.PolicyVersion!.Document!)).toBe(allow("acm:V5"));

    await root.send(new sdk.CreateUserCommand({ UserName: "bob", PermissionsBoundary: PolicyArn }));
    await root.send(new sdk.AttachUserPolicyCommand({ UserName: "bob", PolicyArn }));
    await root.send(new sdk.AttachUserPolicyCommand({ UserName: "bob", PolicyArn }));
    expect((await root.send(new sdk.GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
      Description: "reads",
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
      DefaultVersionId: "v5",
    });
    const users = await root.send(new sdk.ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(users.PolicyUsers!.map(({ UserName }) => UserName)).toEqual(["bob", "bob"]);
    const removePolicy = () => ask(root.send(new sdk.DeletePolicyCommand({ PolicyArn })));
    expect(await removePolicy()).toBe("DeleteConflictException: Cannot delete a policy attached to entities.");
    await root.send(new sdk.DetachUserPolicyCommand({ UserName: "bob", PolicyArn }));
    expect(await ask(root.send(new sdk.DetachUserPolicyCommand({ UserName: "bob", PolicyArn })))).toBe(
      `NoSuchEntityException: Policy ${PolicyArn} was not found.`,
    );
    await root.send(new sdk.DeleteUserCommand({ UserName: "bob" }));
    expect(await removePolicy()).toContain("This policy has more than one version.");
    await remove("v4");
    expect(await removePolicy()).toBe("not refused");
  });

  test("attached policies are listed below a path, and every page is full but the last", async () => {
    const { root } = await world();
    await root.send(new sdk.CreateUserCommand({ UserName: "bob" }));
    for (const [PolicyName, Path] of [
      ["a", "/x/"],
      ["b", "/y/"],
      ["c", "/x/"],
      ["d", "/y/"],
      ["e", "/y/"],
    ] as const) {
      const { Policy } = await root.send(new sdk.CreatePolicyCommand({ PolicyName, Path, PolicyDocument: READ }));
      await root.send(new sdk.AttachUserPolicyCommand({ UserName: "bob", PolicyArn: Policy!.Arn! }));
    }
    const pages: (readonly string[])[] = [];
    const asked = { UserName: "bob", PathPrefix: "/y/" };
    for await (const page of sdk.paginateListAttachedUserPolicies({ client: root, pageSize: 2 }, asked)) {
      pages.push(page.AttachedPolicies!.map(({ PolicyName }) => PolicyName!));
    }
    expect(pages).toEqual([["b", "d"], ["e"]]);
    const all = await root.send(new sdk.ListAttachedUserPoliciesCommand({ UserName: "bob", MaxItems: 4 }));
    expect(all).toMatchObject({ IsTruncated: true, AttachedPolicies: [{}, {}, {}, {}] });
  });

  test("AWS's own are there, can be attached, and cannot be changed", async () => {
    const { root, ask } = await world();
    const PolicyArn = "arn:aws:iam::aws:policy/AWSCertificateManagerReadOnly";
    await root.send(new sdk.CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: trust(ACCOUNT) }));
    await root.send(new sdk.AttachRolePolicyCommand({ RoleName: "r", PolicyArn }));
    const attached = await root.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName: "r" }));
    expect(attached.AttachedPolicies).toEqual([{ PolicyArn, PolicyName: "AWSCertificateManagerReadOnly" }]);
    const used = await root.send(new sdk.ListPoliciesCommand({ Scope: "AWS", OnlyAttached: true }));
    expect(used.Policies).toMatchObject([{ Arn: PolicyArn, AttachmentCount: 1 }]);
    await root.send(new sdk.CreatePolicyCommand({ PolicyName: "mine", PolicyDocument: READ }));
    const all: string[] = [];
    for await (const page of sdk.paginateListPolicies({ client: root, pageSize: 5 }, {})) {
      all.push(...page.Policies!.map(({ PolicyName }) => PolicyName!));
    }
    expect(all).toContain("AdministratorAccess");
    expect(all.at(-1)).toBe("mine");
    expect(new Set(all).size).toBe(all.length);
    expect(await ask(root.send(new sdk.DeletePolicyCommand({ PolicyArn })))).toContain("AccessDenied");
    expect(
      await ask(root.send(new sdk.AttachRolePolicyCommand({ RoleName: "r", PolicyArn: `${ARN}:policy/no` }))),
    ).toBe(`NoSuchEntityException: Policy ${ARN}:policy/no does not exist or is not attachable.`);
  });

  test("simulations decide as calls are decided", async () => {
    const { root, iam } = await world();
    await userWith({ root, iam }, "bob", allow("acm:Describe*"));
    const { EvaluationResults } = await root.send(
      new sdk.SimulatePrincipalPolicyCommand({
        PolicySourceArn: `${ARN}:user/bob`,
        ActionNames: ["acm:DescribeCertificate", "acm:DeleteCertificate"],
      }),
    );
    expect(EvaluationResults!.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "implicitDeny"]);
    const custom = await root.send(
      new sdk.SimulateCustomPolicyCommand({ PolicyInputList: [allow("kms:*")], ActionNames: ["kms:Decrypt"] }),
    );
    expect(custom.EvaluationResults).toMatchObject([{ EvalActionName: "kms:Decrypt", EvalDecision: "allowed" }]);
  });

  test("simulations name the statements that decide, each by its policy and place, and what nobody said", async () => {
    const { root, iam } = await world();
    await userWith({ root, iam }, "bob", allow("acm:Describe*"));
    await root.send(
      new sdk.AttachUserPolicyCommand({ UserName: "bob", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
    );
    const Condition = { StringEquals: { "aws:RequestedRegion": "eu-west-2" } };
    const deny = { Effect: "Deny", Action: "acm:Describe*", Resource: `${CERTIFICATE}/2` };
    const PolicyInputList = [policy(deny, { ...deny, Resource: "*", Condition })];
    const [one, ...others] = (
      await root.send(
        new sdk.SimulatePrincipalPolicyCommand({
          PolicySourceArn: `${ARN}:user/bob`,
          ActionNames: ["acm:DescribeCertificate"],
          ResourceArns: [`${CERTIFICATE}/1`, `${CERTIFICATE}/2`],
          PolicyInputList,
        }),
      )
    ).EvaluationResults!;
    expect(others).toEqual([]);
    const denying = {
      SourcePolicyId: "PolicyInputList.1",
      SourcePolicyType: "none",
      StartPosition: { Line: 1, Column: PolicyInputList[0]!.indexOf("[") + 2 },
      EndPosition: { Line: 1, Column: PolicyInputList[0]!.indexOf("}") + 2 },
    };
    expect(one).toMatchObject({ EvalResourceName: "*", EvalDecision: "explicitDeny", MatchedStatements: [denying] });
    expect(one!.ResourceSpecificResults).toMatchObject([
      {
        EvalResourceName: `${CERTIFICATE}/1`,
        EvalResourceDecision: "allowed",
        MatchedStatements: [
          { SourcePolicyType: "user" },
          { SourcePolicyId: "ReadOnlyAccess", SourcePolicyType: "aws-managed" },
        ],
        MissingContextValues: ["aws:RequestedRegion"],
      },
      { EvalResourceName: `${CERTIFICATE}/2`, EvalResourceDecision: "explicitDeny", MatchedStatements: [denying] },
    ]);
  });
});

describe("large simulations", () => {
  /** Patterns that are as hard to match as can be. */
  const hard = (statements: number): string => {
    const one = { Effect: "Allow", Action: "*", Resource: `arn:aws:s3:::*${"a".repeat(140)}b` };
    return policy(...Array.from({ length: statements }, () => one));
  };
  const ResourceArns = Array.from({ length: 100 }, (_, i) => `arn:aws:s3:::${"a".repeat(300)}${i}`);
  const ActionNames = Array.from({ length: 30 }, (_, i) => `s3:${"a".repeat(100)}${i}`);

  test("documents are no longer than policies can be", async () => {
    const { root, ask } = await world();
    const sized = (size: number) =>
      policy({ Effect: "Allow", Action: "a:b", Resource: `arn:${"x".repeat(size - 90)}` });
    const simulate = (more: object) =>
      ask(root.send(new sdk.SimulateCustomPolicyCommand({ PolicyInputList: [READ], ActionNames: ["a:b"], ...more })));
    expect(sized(10_240)).toHaveLength(10_240);
    expect(await simulate({ PolicyInputList: [`${sized(10_240)}${" ".repeat(1000)}`] })).toBe("not refused");
    expect(await simulate({ PolicyInputList: [READ, sized(10_241)] })).toBe(
      "InvalidInputException: No policy can have more than 10240 characters without white space.",
    );
    expect(await simulate({ PermissionsBoundaryPolicyInputList: [sized(6144)] })).toBe("not refused");
    expect(await simulate({ PermissionsBoundaryPolicyInputList: [sized(6145)] })).toContain("6144 characters");
  });

  test("what would take too long is answered in more pages, and others are answered in between", async () => {
    const { root } = await world();
    const order: string[] = [];
    const asked = { PolicyInputList: [hard(10)], ActionNames, ResourceArns: ResourceArns.slice(0, 10) };
    const seen: string[] = [];
    const simulated = async () => {
      for await (const page of sdk.paginateSimulateCustomPolicy({ client: root }, asked)) {
        seen.push(...page.EvaluationResults!.map(({ EvalActionName }) => EvalActionName!));
        order.push("page");
      }
    };
    const others = async () => {
      for (let i = 0; i < 3; i++) order.push((await root.send(new sdk.GetUserCommand())).User!.UserId!);
    };
    await Promise.all([simulated(), others()]);
    expect(seen).toEqual(ActionNames);
    expect(order.filter((one) => one === "page").length).toBeGreaterThan(1);
    expect(order.slice(0, 3)).toEqual([ACCOUNT, ACCOUNT, ACCOUNT]);
  });

  test("what is too much even for one action is refused at once", async () => {
    const { root, ask } = await world();
    const PolicyInputList = Array.from({ length: 30 }, () => hard(40));
    expect(
      await ask(root.send(new sdk.SimulateCustomPolicyCommand({ PolicyInputList, ActionNames, ResourceArns }))),
    ).toBe(
      "InvalidInputException: The policies are too large to be simulated for so many resources at once: ask about fewer of them.",
    );
  });
});

describe("roles", () => {
  test("a role is made, shown, changed and removed", async () => {
    const { root, ask } = await world();
    const RoleName = "deploy";
    const { Role } = await root.send(
      new sdk.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(`${ARN}:root`), Description: "d" }),
    );
    expect(Role).toMatchObject({ Arn: `${ARN}:role/deploy`, MaxSessionDuration: 3600, Description: "d" });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(trust(`${ARN}:root`));
    await root.send(new sdk.UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200, Description: "e" }));
    await root.send(new sdk.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust("*") }));
    await root.send(new sdk.TagRoleCommand({ RoleName, Tags: [{ Key: "a", Value: "b" }] }));
    expect((await root.send(new sdk.GetRoleCommand({ RoleName }))).Role).toMatchObject({
      MaxSessionDuration: 7200,
      Description: "e",
      Tags: [{ Key: "a", Value: "b" }],
      RoleLastUsed: {},
    });
    const update = (PolicyDocument: string) =>
      ask(root.send(new sdk.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })));
    expect(await update(READ)).toContain("MalformedPolicyDocument");
    expect(await update(trust(`${ARN}:user/nobody`))).toBe(
      `MalformedPolicyDocumentException: Invalid principal in policy: "AWS":"${ARN}:user/nobody"`,
    );
    const reserved = { RoleName: "x", Path: "/aws-service-role/x/", AssumeRolePolicyDocument: trust("*") };
    expect(await ask(root.send(new sdk.CreateRoleCommand(reserved)))).toContain("ValidationError");
    await root.send(new sdk.CreateInstanceProfileCommand({ InstanceProfileName: "p" }));
    await root.send(new sdk.AddRoleToInstanceProfileCommand({ InstanceProfileName: "p", RoleName }));
    const profiles = await root.send(new sdk.ListInstanceProfilesForRoleCommand({ RoleName }));
    expect(profiles.InstanceProfiles).toMatchObject([{ InstanceProfileName: "p", Roles: [{ RoleName }] }]);
    expect(await ask(root.send(new sdk.DeleteRoleCommand({ RoleName })))).toContain("DeleteConflict");
    await root.send(new sdk.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: "p", RoleName }));
    await root.send(new sdk.DeleteInstanceProfileCommand({ InstanceProfileName: "p" }));
    await root.send(new sdk.DeleteRoleCommand({ RoleName }));
    expect(await ask(root.send(new sdk.GetRoleCommand({ RoleName })))).toBe(
      "NoSuchEntityException: The role with name deploy cannot be found.",
    );
  });

  test("GetAccountAuthorizationDetails tells everything, page by page", async () => {
    const { root, iam } = await world();
    await userWith({ root, iam }, "bob", READ);
    await root.send(new sdk.CreateGroupCommand({ GroupName: "g" }));
    await root.send(new sdk.AddUserToGroupCommand({ GroupName: "g", UserName: "bob" }));
    await root.send(new sdk.CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: trust("*") }));
    const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await root.send(new sdk.AttachGroupPolicyCommand({ GroupName: "g", PolicyArn }));
    await root.send(new sdk.CreatePolicyCommand({ PolicyName: "p", PolicyDocument: READ }));
    const seen: string[] = [];
    for await (const page of sdk.paginateGetAccountAuthorizationDetails({ client: root, pageSize: 2 }, {})) {
      seen.push(...page.UserDetailList!.map(({ UserName, GroupList }) => `${UserName} in ${GroupList!.join()}`));
      seen.push(
        ...page.GroupDetailList!.map((group) => `${group.GroupName}: ${group.AttachedManagedPolicies![0]!.PolicyName}`),
      );
      seen.push(...page.RoleDetailList!.map(({ RoleName }) => RoleName!));
      seen.push(...page.Policies!.map(({ PolicyName }) => PolicyName!));
    }
    expect(seen).toEqual(["bob in g", "g: ReadOnlyAccess", "r", "p", "ReadOnlyAccess"]);
  });
});

describe("accounts", () => {
  test("an account has one alias, which nobody else can have", async () => {
    const { root, iam, stranger, ask } = await world();
    await root.send(new sdk.CreateAccountAliasCommand({ AccountAlias: "first" }));
    await root.send(new sdk.CreateAccountAliasCommand({ AccountAlias: "second" }));
    expect((await root.send(new sdk.ListAccountAliasesCommand())).AccountAliases).toEqual(["second"]);
    const other = iam(await stranger());
    expect(await ask(other.send(new sdk.CreateAccountAliasCommand({ AccountAlias: "second" })))).toContain(
      "EntityAlreadyExistsException",
    );
    expect(await ask(other.send(new sdk.DeleteAccountAliasCommand({ AccountAlias: "second" })))).toContain(
      "NoSuchEntity",
    );
    await root.send(new sdk.DeleteAccountAliasCommand({ AccountAlias: "second" }));
    expect((await root.send(new sdk.ListAccountAliasesCommand())).AccountAliases).toEqual([]);
  });

  test("a development reset leaves the account and its root user's keys, and nothing else", async () => {
    const { root, store } = await world();
    const make = async (): Promise<void> => {
      const { Policy } = await root.send(new sdk.CreatePolicyCommand({ PolicyName: "p", PolicyDocument: READ }));
      const PolicyArn = Policy!.Arn!;
      await root.send(new sdk.CreateUserCommand({ UserName: "bob", PermissionsBoundary: PolicyArn }));
      await root.send(new sdk.AttachUserPolicyCommand({ UserName: "bob", PolicyArn }));
      await root.send(new sdk.PutUserPolicyCommand({ UserName: "bob", PolicyName: "p", PolicyDocument: READ }));
      await root.send(new sdk.TagUserCommand({ UserName: "bob", Tags: [{ Key: "a", Value: "b" }] }));
      await root.send(new sdk.CreateAccessKeyCommand({ UserName: "bob" }));
      await root.send(new sdk.CreateGroupCommand({ GroupName: "g" }));
      await root.send(new sdk.AddUserToGroupCommand({ UserName: "bob", GroupName: "g" }));
    };
    await make();
    await store.transaction().execute((tx) => resetAccount(tx, ACCOUNT as AccountId));
    const { SummaryMap } = await root.send(new sdk.GetAccountSummaryCommand());
    expect(SummaryMap).toMatchObject({ Users: 0, Groups: 0, Policies: 0, AccountAccessKeysPresent: 1 });
    await make();
  });

  test("whoever makes something with tags must be let tag it", async () => {
    const { root, iam, ask } = await world();
    const deny = policy(
      { Effect: "Allow", Action: "iam:*", Resource: "*" },
      { Effect: "Deny", Action: "iam:Tag*", Resource: "*" },
    );
    const bob = iam(await userWith({ root, iam }, "bob", deny));
    const Tags = [{ Key: "team", Value: "web" }];
    const document = { AssumeRolePolicyDocument: trust(`${ARN}:root`) };
    const made = (more: object) => [
      bob.send(new sdk.CreateUserCommand({ UserName: "x", ...more })),
      bob.send(new sdk.CreateRoleCommand({ RoleName: "x", ...document, ...more })),
      bob.send(new sdk.CreateInstanceProfileCommand({ InstanceProfileName: "x", ...more })),
      bob.send(new sdk.CreatePolicyCommand({ PolicyName: "x", PolicyDocument: READ, ...more })),
    ];
    const refused = await Promise.all(made({ Tags }).map(ask));
    expect(refused.map((text) => /perform: (.*) with/.exec(text)?.[1])).toEqual([
      `iam:TagUser on resource: ${ARN}:user/x`,
      `iam:TagRole on resource: ${ARN}:role/x`,
      `iam:TagInstanceProfile on resource: ${ARN}:instance-profile/x`,
      `iam:TagPolicy on resource: ${ARN}:policy/x`,
    ]);
    expect(await Promise.all(made({}).map(ask))).toEqual(Array.from({ length: 4 }, () => "not refused"));
  });

  test("one account sees nothing of another, and users only what they are let", async () => {
    const { root, iam, stranger, ask } = await world();
    const key = await userWith({ root, iam }, "bob", allow("iam:ListUsers"));
    const other = iam(await stranger());
    expect((await other.send(new sdk.ListUsersCommand())).Users).toEqual([]);
    expect(await ask(other.send(new sdk.GetUserCommand({ UserName: "bob" })))).toContain("NoSuchEntity");
    expect((await iam(key).send(new sdk.ListUsersCommand())).Users).toHaveLength(1);
    expect(await ask(iam(key).send(new sdk.CreateUserCommand({ UserName: "eve" })))).toBe(
      `AccessDenied: User: ${ARN}:user/bob is not authorized to perform: iam:CreateUser on resource: ${ARN}:user/eve because no identity-based policy allows the iam:CreateUser action`,
    );
  });
});

/** A user with an access key and one inline policy, `own`. */
async function userWith({ root }: { readonly root: sdk.IAMClient; readonly iam: unknown }, name: string, own: string) {
  await root.send(new sdk.CreateUserCommand({ UserName: name }));
  await root.send(new sdk.PutUserPolicyCommand({ UserName: name, PolicyName: "own", PolicyDocument: own }));
  const { AccessKey } = await root.send(new sdk.CreateAccessKeyCommand({ UserName: name }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}
