import * as iamSdk from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import type { TestKey } from "../../../tests/support/access-key.ts";
import { ACCOUNT, allow, iamWorld, policy, refusal, STRANGER, trust } from "../../../tests/support/iam-world.ts";

const ARN = `arn:aws:iam::${ACCOUNT}`;
const ROLE = `${ARN}:role/ci/deploy`;

async function world() {
  const made = await iamWorld();
  const root = made.iam();
  const user = async (name: string, document?: string): Promise<TestKey> => {
    await root.send(new iamSdk.CreateUserCommand({ UserName: name }));
    if (document) {
      await root.send(new iamSdk.PutUserPolicyCommand({ UserName: name, PolicyName: "own", PolicyDocument: document }));
    }
    const { AccessKey } = await root.send(new iamSdk.CreateAccessKeyCommand({ UserName: name }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  };
  const role = (AssumeRolePolicyDocument: string, more: object = {}) =>
    root.send(new iamSdk.CreateRoleCommand({ RoleName: "deploy", Path: "/ci/", AssumeRolePolicyDocument, ...more }));
  const assume = (key: TestKey, more: Partial<AssumeRoleCommandInput> = {}) =>
    made.sts(key).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "build-1", ...more }));
  const who = (key: TestKey) => made.sts(key).send(new GetCallerIdentityCommand());
  return { ...made, root, user, role, assume, who };
}

const keyOf = ({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials = {} as Credentials): TestKey => ({
  accessKeyId: AccessKeyId!,
  secretAccessKey: SecretAccessKey!,
  sessionToken: SessionToken!,
});

describe("AssumeRole", () => {
  test("whom the trust policy names gets a session, which is the role and does what the role may", async () => {
    const { user, role, assume, who, root, iam, sts } = await world();
    const key = await user("bob");
    await role(trust(`${ARN}:user/bob`));
    await root.send(
      new iamSdk.PutRolePolicyCommand({ RoleName: "deploy", PolicyName: "p", PolicyDocument: allow("iam:ListUsers") }),
    );
    const { Credentials: given, AssumedRoleUser } = await assume(key);
    expect(given!.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(given!.Expiration!.getTime() - Date.now()).toBeGreaterThan(3590_000);
    const Arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/build-1`;
    expect(AssumedRoleUser).toEqual({ Arn, AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:build-1$/) });
    const session = keyOf(given);
    expect(await who(session)).toMatchObject({ Arn, Account: ACCOUNT, UserId: AssumedRoleUser!.AssumedRoleId });
    expect((await iam(session).send(new iamSdk.ListUsersCommand())).Users).toHaveLength(1);
    expect(await refusal(iam(session).send(new iamSdk.ListRolesCommand()))).toContain(
      `AccessDenied: User: ${Arn} is not authorized to perform: iam:ListRoles`,
    );
    expect(await refusal(iam(session).send(new iamSdk.GetUserCommand()))).toContain("AccessDenied");
    await expect
      .poll(async () => (await root.send(new iamSdk.GetRoleCommand({ RoleName: "deploy" }))).Role!.RoleLastUsed)
      .toMatchObject({ Region: "eu-west-1" });
    const info = await sts().send(new GetAccessKeyInfoCommand({ AccessKeyId: session.accessKeyId }));
    expect(info.Account).toBe(ACCOUNT);
  });

  test("where the whole account is trusted, the caller's own policies decide; root may not", async () => {
    const { user, role, assume, sts } = await world();
    await role(trust(`${ARN}:root`));
    const without = await user("without");
    expect(await refusal(assume(without))).toBe(
      `AccessDenied: User: ${ARN}:user/without is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no identity-based policy allows the sts:AssumeRole action`,
    );
    const allowed = await user("allowed", allow("sts:AssumeRole", `${ARN}:role/ci/*`));
    expect(await refusal(assume(allowed))).toBe("not refused");
    const denied = await user("denied", policy({ Effect: "Deny", Action: "sts:*", Resource: "*" }));
    expect(await refusal(assume(denied))).toContain("with an explicit deny in an identity-based policy");
    expect(await refusal(sts().send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "build-1" })))).toBe(
      "AccessDenied: Roles may not be assumed by root accounts.",
    );
    const nowhere = { RoleArn: `${ARN}:role/none` };
    expect(await refusal(assume(allowed, nowhere))).toContain("AccessDenied: User:");
    expect(await refusal(assume(allowed, { RoleArn: `${ARN}:role/deploy` }))).toContain("AccessDenied: User:");
  });

  test("of another account both sides must say yes, and the external id be right", async () => {
    const { iam, sts, role, stranger, assume } = await world();
    const other = await stranger();
    const theirs = iam(other);
    await theirs.send(new iamSdk.CreateUserCommand({ UserName: "eve" }));
    const { AccessKey } = await theirs.send(new iamSdk.CreateAccessKeyCommand({ UserName: "eve" }));
    const eve = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    const condition = { Condition: { StringEquals: { "sts:ExternalId": "secret-7" } } };
    await role(trust(`arn:aws:iam::${STRANGER}:user/eve`, condition));
    expect(await refusal(assume(eve, { ExternalId: "secret-7" }))).toContain("no identity-based policy allows");
    await theirs.send(
      new iamSdk.PutUserPolicyCommand({ UserName: "eve", PolicyName: "p", PolicyDocument: allow("sts:AssumeRole") }),
    );
    const fresh = await theirs.send(new iamSdk.CreateAccessKeyCommand({ UserName: "eve" }));
    const again = { accessKeyId: fresh.AccessKey!.AccessKeyId!, secretAccessKey: fresh.AccessKey!.SecretAccessKey! };
    expect(await refusal(assume(again))).toContain("AccessDenied");
    expect(await refusal(assume(again, { ExternalId: "wrong" }))).toContain("AccessDenied");
    const { Credentials: given } = await assume(again, { ExternalId: "secret-7" });
    expect((await sts(keyOf(given)).send(new GetCallerIdentityCommand())).Account).toBe(ACCOUNT);
  });

  test("session policies narrow what a session may do, and never widen it", async () => {
    const { user, role, assume, root, iam } = await world();
    const key = await user("bob");
    await role(trust(`${ARN}:user/bob`));
    const PolicyDocument = allow(["iam:ListUsers", "iam:ListRoles"]);
    await root.send(new iamSdk.PutRolePolicyCommand({ RoleName: "deploy", PolicyName: "p", PolicyDocument }));
    const { Credentials: given, PackedPolicySize } = await assume(key, {
      Policy: allow(["iam:ListUsers", "iam:ListGroups"]),
    });
    expect(PackedPolicySize).toBeGreaterThan(0);
    const session = iam(keyOf(given));
    expect(await refusal(session.send(new iamSdk.ListUsersCommand()))).toBe("not refused");
    expect(await refusal(session.send(new iamSdk.ListRolesCommand()))).toContain("because no session policy allows");
    expect(await refusal(session.send(new iamSdk.ListGroupsCommand()))).toContain("because no identity-based policy");
    const byArn = await assume(key, { PolicyArns: [{ arn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }] });
    expect(await refusal(iam(keyOf(byArn.Credentials)).send(new iamSdk.ListRolesCommand()))).toBe("not refused");
    expect(await refusal(assume(key, { Policy: "{}" }))).toContain("MalformedPolicyDocument");
    expect(await refusal(assume(key, { Policy: allow("x:y", `arn:${"y".repeat(2048)}`) }))).toContain(
      "PackedPolicyTooLarge",
    );
    expect(await refusal(assume(key, { PolicyArns: [{ arn: `${ARN}:policy/none` }] }))).toContain("does not exist");
  });

  test("durations are within the role's, and an hour where one role assumes another", async () => {
    const { user, role, assume, root, sts } = await world();
    const key = await user("bob");
    await role(trust([`${ARN}:user/bob`]), { MaxSessionDuration: 7200 });
    const ask = (DurationSeconds: number) => refusal(assume(key, { DurationSeconds }));
    expect(await ask(899)).toContain("ValidationError");
    expect(await ask(7201)).toBe(
      "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    expect(await ask(7200)).toBe("not refused");
    await root.send(
      new iamSdk.CreateRoleCommand({
        RoleName: "next",
        AssumeRolePolicyDocument: trust(ROLE),
        MaxSessionDuration: 7200,
      }),
    );
    const first = keyOf((await assume(key)).Credentials);
    const chain = (DurationSeconds: number) =>
      sts(first).send(new AssumeRoleCommand({ RoleArn: `${ARN}:role/next`, RoleSessionName: "two", DurationSeconds }));
    expect(await refusal(chain(3601))).toContain("1 hour session limit for roles assumed by role chaining");
    const second = keyOf((await chain(3600)).Credentials);
    expect((await sts(second).send(new GetCallerIdentityCommand())).Arn).toContain("assumed-role/next/two");
  });

  test("tags need leave to be given, and transitive ones and the source identity go along", async () => {
    const { user, role, assume, root, sts, iam } = await world();
    const key = await user("bob");
    await role(
      policy({
        Effect: "Allow",
        Principal: { AWS: `${ARN}:user/bob` },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
      }),
    );
    const given = { Tags: [{ Key: "team", Value: "web" }], TransitiveTagKeys: ["team"], SourceIdentity: "bob.b" };
    expect(await refusal(assume(key, given))).toContain("is not authorized to perform: sts:TagSession");
    const actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    await root.send(
      new iamSdk.UpdateAssumeRolePolicyCommand({
        RoleName: "deploy",
        PolicyDocument: policy({ Effect: "Allow", Principal: { AWS: `${ARN}:user/bob` }, Action: actions }),
      }),
    );
    const first = await assume(key, given);
    expect(first.SourceIdentity).toBe("bob.b");
    await root.send(
      new iamSdk.CreateRoleCommand({
        RoleName: "next",
        AssumeRolePolicyDocument: trust(ROLE),
      }),
    );
    const next = () =>
      sts(keyOf(first.Credentials)).send(
        new AssumeRoleCommand({ RoleArn: `${ARN}:role/next`, RoleSessionName: "two" }),
      );
    for (const [Action, missing] of [
      [["sts:AssumeRole"], "sts:TagSession"],
      [["sts:AssumeRole", "sts:TagSession"], "sts:SetSourceIdentity"],
      [actions, undefined],
    ] as const) {
      const PolicyDocument = policy({ Effect: "Allow", Principal: { AWS: ROLE }, Action });
      await root.send(new iamSdk.UpdateAssumeRolePolicyCommand({ RoleName: "next", PolicyDocument }));
      expect(await refusal(next())).toContain(missing ? `not authorized to perform: ${missing}` : "not refused");
    }
    const tagged = { StringEquals: { "aws:PrincipalTag/team": "web", "aws:SourceIdentity": "bob.b" } };
    await root.send(
      new iamSdk.PutRolePolicyCommand({
        RoleName: "next",
        PolicyName: "p",
        PolicyDocument: policy({ Effect: "Allow", Action: "iam:ListUsers", Resource: "*", Condition: tagged }),
      }),
    );
    const second = await next();
    expect(second.SourceIdentity).toBe("bob.b");
    expect(await refusal(iam(keyOf(second.Credentials)).send(new iamSdk.ListUsersCommand()))).toBe("not refused");
  });

  test("a session ends with its time, with its role, and with nothing changed in its token", async () => {
    const { user, role, assume, who, root, pass, forget } = await world();
    const key = await user("bob");
    await role(trust(`${ARN}:user/bob`));
    const session = keyOf((await assume(key, { DurationSeconds: 900 })).Credentials);
    const other = keyOf((await assume(key)).Credentials);
    expect(await refusal(who({ ...session, sessionToken: other.sessionToken! }))).toContain("InvalidClientTokenId");
    expect(await refusal(who({ ...session, sessionToken: `${session.sessionToken!.slice(0, -4)}AAAA` }))).toContain(
      "InvalidClientTokenId",
    );
    const { sessionToken: _token, ...bare } = session;
    expect(await refusal(who(bare))).toContain("InvalidClientTokenId");
    expect(await refusal(who({ ...key, sessionToken: session.sessionToken! }))).toContain("InvalidClientTokenId");
    expect(await refusal(who({ ...session, secretAccessKey: key.secretAccessKey }))).toContain("SignatureDoesNotMatch");
    expect(await refusal(who(session))).toBe("not refused");
    await root.send(new iamSdk.DeleteRoleCommand({ RoleName: "deploy" }));
    forget();
    expect(await refusal(who(session))).toContain("InvalidClientTokenId");
    // A role of the same name is another role, as a user of the same name is another user.
    await role(trust(`${ARN}:user/bob`));
    forget();
    expect(await refusal(who(session))).toContain("InvalidClientTokenId");
    await root.send(new iamSdk.DeleteAccessKeyCommand({ UserName: "bob", AccessKeyId: key.accessKeyId }));
    await root.send(new iamSdk.DeleteUserCommand({ UserName: "bob" }));
    const namesake = await user("bob");
    expect(await refusal(assume(namesake))).toContain("AccessDenied");
    await root.send(
      new iamSdk.UpdateAssumeRolePolicyCommand({ RoleName: "deploy", PolicyDocument: trust(`${ARN}:user/bob`) }),
    );
    const next = keyOf((await assume(namesake, { DurationSeconds: 900 })).Credentials);
    pass(895_000);
    expect(await refusal(who(next))).toBe("not refused");
    pass(6_000);
    expect(await refusal(who(next))).toContain("ExpiredToken");
  });
});

describe("GetSessionToken and GetFederationToken", () => {
  test("a user's session is the user, but without IAM", async () => {
    const { user, who, sts, iam } = await world();
    const key = await user("bob", allow("*"));
    const { Credentials: given } = await sts(key).send(new GetSessionTokenCommand({}));
    const session = keyOf(given);
    expect(given!.Expiration!.getTime() - Date.now()).toBeGreaterThan(43_190_000);
    expect((await who(session)).Arn).toBe(`${ARN}:user/bob`);
    expect(await refusal(iam(session).send(new iamSdk.ListUsersCommand()))).toContain(
      "explicit deny in a session policy",
    );
    expect(await refusal(sts(session).send(new GetSessionTokenCommand({})))).toBe(
      "AccessDenied: Cannot call GetSessionToken with session credentials",
    );
  });

  test("a federated user gets tags from whom its broker lets tag sessions", async () => {
    const { user, sts } = await world();
    const ask = async (name: string, actions: readonly string[]) => {
      const key = await user(name, allow(actions));
      const tagged = { Name: "guest", Tags: [{ Key: "team", Value: "admins" }] };
      return await refusal(sts(key).send(new GetFederationTokenCommand(tagged)));
    };
    expect(await ask("without", ["sts:GetFederationToken"])).toBe(
      `AccessDenied: User: ${ARN}:user/without is not authorized to perform: sts:TagSession on resource: arn:aws:sts::${ACCOUNT}:federated-user/guest because no identity-based policy allows the sts:TagSession action`,
    );
    expect(await ask("with", ["sts:GetFederationToken", "sts:TagSession"])).toBe("not refused");
  });

  test("a federated user may do what both policies allow", async () => {
    const { user, who, sts } = await world();
    const key = await user("broker", allow(["sts:GetFederationToken", "sts:GetAccessKeyInfo"]));
    const ask = (more: object) => sts(key).send(new GetFederationTokenCommand({ Name: "guest", ...more }));
    const { Credentials: given, FederatedUser } = await ask({ Policy: allow("sts:GetAccessKeyInfo") });
    expect(FederatedUser).toEqual({
      FederatedUserId: `${ACCOUNT}:guest`,
      Arn: `arn:aws:sts::${ACCOUNT}:federated-user/guest`,
    });
    const guest = keyOf(given);
    expect((await who(guest)).Arn).toBe(FederatedUser!.Arn);
    const info = new GetAccessKeyInfoCommand({ AccessKeyId: key.accessKeyId });
    expect(await refusal(sts(guest).send(info))).toBe("not refused");
    const nothing = keyOf((await ask({})).Credentials);
    expect(await refusal(sts(nothing).send(info))).toContain("because no session policy allows");
  });
});
