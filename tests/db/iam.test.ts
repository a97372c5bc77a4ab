import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetAccountSummaryCommand,
  GetPolicyCommand,
  ListAccessKeysCommand,
  ListEntitiesForPolicyCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  paginateListEntitiesForPolicy,
  TagUserCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { describe, expect, test } from "vitest";
import { authenticator } from "#identity/authenticator.ts";
import { DATABASES } from "../support/databases.ts";
import { ACCOUNT, allow, iamWorld, refusal } from "../support/iam-world.ts";

const FROM = { remoteAddress: "127.0.0.1", headers: {} };
const READ = allow("acm:Describe*");

for (const database of DATABASES) {
  describe(`IAM on ${database.name}`, () => {
    test("of two that make a user of one name at once, one gets EntityAlreadyExists", async () => {
      const { iam } = await iamWorld(await database.open());
      const root = iam();
      const made = ["Bob", "bob", "BOB"].map((UserName) => refusal(root.send(new CreateUserCommand({ UserName }))));
      expect((await Promise.all(made)).map((text) => text.replace(/:.*/, "")).toSorted()).toEqual([
        "EntityAlreadyExistsException",
        "EntityAlreadyExistsException",
        "not refused",
      ]);
      expect((await root.send(new GetAccountSummaryCommand())).SummaryMap).toMatchObject({ Users: 1 });
    });

    test("of several that take one name at once, by a new name or as new ones, one gets it", async () => {
      const { iam } = await iamWorld(await database.open());
      const root = iam();
      for (let round = 0; round < 5; round++) {
        const names = [1, 2, 3, 4].map((number) => `u${round}-${number}`);
        for (const UserName of names) await root.send(new CreateUserCommand({ UserName }));
        const NewUserName = `same${round}`;
        const taken = await Promise.all([
          ...names.map((UserName) => refusal(root.send(new UpdateUserCommand({ UserName, NewUserName })))),
          refusal(root.send(new CreateUserCommand({ UserName: NewUserName.toUpperCase() }))),
        ]);
        expect(taken.map((text) => text.replace(/:.*/, "")).toSorted()).toEqual([
          ...Array.from({ length: 4 }, () => "EntityAlreadyExistsException"),
          "not refused",
        ]);
      }
    });

    test("a policy is attached or deleted, never both, and a user too", async () => {
      const { iam } = await iamWorld(await database.open());
      const root = iam();
      for (let round = 0; round < 5; round++) {
        const UserName = `u${round}`;
        await root.send(new CreateUserCommand({ UserName }));
        const { Policy } = await root.send(new CreatePolicyCommand({ PolicyName: `p${round}`, PolicyDocument: READ }));
        const PolicyArn = Policy!.Arn!;
        const [attached, deleted] = await Promise.all([
          refusal(root.send(new AttachUserPolicyCommand({ UserName, PolicyArn }))),
          refusal(root.send(new DeletePolicyCommand({ PolicyArn }))),
        ]);
        expect([attached, deleted].filter((text) => text === "not refused")).toHaveLength(1);
        expect(attached === "not refused" ? deleted : attached).toMatch(/DeleteConflict|NoSuchEntity/);
        if (attached !== "not refused") continue;
        const [detached, removed] = await Promise.all([
          refusal(root.send(new DetachUserPolicyCommand({ UserName, PolicyArn }))),
          refusal(root.send(new DeleteUserCommand({ UserName }))),
        ]);
        expect(detached).toBe("not refused");
        expect(removed).toMatch(/DeleteConflict|not refused/);
        expect((await root.send(new GetPolicyCommand({ PolicyArn }))).Policy!.AttachmentCount).toBe(0);
      }
    });

    test("a user joins a group or the group is deleted; three keys at once are two", async () => {
      const { iam } = await iamWorld(await database.open());
      const root = iam();
      await root.send(new CreateUserCommand({ UserName: "bob" }));
      await root.send(new CreateGroupCommand({ GroupName: "g" }));
      const [joined, deleted] = await Promise.all([
        refusal(root.send(new AddUserToGroupCommand({ UserName: "bob", GroupName: "g" }))),
        refusal(root.send(new DeleteGroupCommand({ GroupName: "g" }))),
      ]);
      expect([joined, deleted].filter((text) => text === "not refused")).toHaveLength(1);
      const keys = [1, 2, 3].map(() => refusal(root.send(new CreateAccessKeyCommand({ UserName: "bob" }))));
      expect((await Promise.all(keys)).filter((text) => text.startsWith("LimitExceeded"))).toHaveLength(1);
      const { AccessKeyMetadata } = await root.send(new ListAccessKeysCommand({ UserName: "bob" }));
      expect(AccessKeyMetadata).toHaveLength(2);
    });

    test("versions that are made at once get numbers of their own, and are five at most", async () => {
      const { iam } = await iamWorld(await database.open());
      const root = iam();
      const { Policy } = await root.send(new CreatePolicyCommand({ PolicyName: "p", PolicyDocument: READ }));
      const version = new CreatePolicyVersionCommand({ PolicyArn: Policy!.Arn, PolicyDocument: READ });
      const made = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => root.send(version)));
      const ids = made.flatMap((one) => (one.status === "fulfilled" ? one.value.PolicyVersion!.VersionId! : []));
      expect(ids.toSorted()).toEqual(["v2", "v3", "v4", "v5"]);
    });

    test("whom a policy is attached to is listed page by page, by kind", async () => {
      const { iam } = await iamWorld(await database.open());
      const root = iam();
      const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      for (const UserName of ["a", "b", "c"]) {
        await root.send(new CreateUserCommand({ UserName, PermissionsBoundary: PolicyArn, Path: "/x/" }));
        await root.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
      }
      const seen: string[] = [];
      for await (const page of paginateListEntitiesForPolicy({ client: root, pageSize: 2 }, { PolicyArn })) {
        seen.push(...page.PolicyUsers!.map(({ UserName }) => UserName!));
      }
      expect(seen.toSorted()).toEqual(["a", "a", "b", "b", "c", "c"]);
      const bounded = await root.send(
        new ListEntitiesForPolicyCommand({ PolicyArn, PolicyUsageFilter: "PermissionsBoundary", PathPrefix: "/x/" }),
      );
      expect(bounded.PolicyUsers).toHaveLength(3);
    });

    test("a user's key is found with all that the user may do, and known no longer than five seconds", async () => {
      const world = await iamWorld(await database.open());
      const root = world.iam();
      await root.send(new CreateUserCommand({ UserName: "bob" }));
      await root.send(new CreateGroupCommand({ GroupName: "g" }));
      await root.send(new AddUserToGroupCommand({ UserName: "bob", GroupName: "g" }));
      await root.send(new PutUserPolicyCommand({ UserName: "bob", PolicyName: "p", PolicyDocument: READ }));
      await root.send(new TagUserCommand({ UserName: "bob", Tags: [{ Key: "Team", Value: "web" }] }));
      const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: "bob" }));
      const credentials = authenticator(world);
      const bob = () => credentials(AccessKey!.AccessKeyId!, FROM);
      expect(await bob()).toMatchObject({
        kind: "user",
        account: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:user/bob`,
        authority: {
          identity: [{ statements: [{ effect: "Allow" }] }],
          facts: {
            "aws:username": ["bob"],
            "aws:principaltype": ["User"],
            "aws:principalaccount": [ACCOUNT],
            "aws:principaltag/team": ["web"],
          },
        },
      });
      const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      await root.send(new AttachUserPolicyCommand({ UserName: "bob", PolicyArn }));
      expect((await bob())!.authority!.identity).toHaveLength(1);
      world.forget();
      expect((await bob())!.authority!.identity).toHaveLength(2);
      // What was read once is not read again.
      expect((await bob())!.authority!.identity[0]).toBe((await bob())!.authority!.identity[0]);
    });

    test("no secret stands in the store, and a session not at all", async () => {
      const world = await iamWorld(await database.open());
      const root = world.iam();
      await root.send(new CreateUserCommand({ UserName: "bob" }));
      const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: "bob" }));
      const rows = await world.store.selectFrom("accessKeys").select("sealedSecret").execute();
      expect(rows.some(({ sealedSecret }) => Buffer.from(sealedSecret).includes(AccessKey!.SecretAccessKey!))).toBe(
        false,
      );
    });

    test("of a thousand users a page costs a page", async () => {
      const world = await iamWorld(await database.open());
      const users = Array.from({ length: 1000 }, (_, i) => `user-${String(i).padStart(4, "0")}`);
      await world.store
        .insertInto("iamEntities")
        .values(
          users.map((name) => ({
            id: `AIDA${name}`,
            account: ACCOUNT,
            kind: "user" as const,
            name,
            nameKey: name,
            path: "/",
            place: `/\u0001${name}`,
            createdAt: 0,
            boundary: null,
            description: null,
            trustPolicy: null,
            maxSessionDuration: null,
            lastUsedAt: null,
            lastUsedRegion: null,
            lastUsedService: null,
          })),
        )
        .execute();
      const root = world.iam();
      const first = await root.send(new ListUsersCommand({ MaxItems: 10 }));
      expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
      const next = await root.send(new ListUsersCommand({ MaxItems: 10, Marker: first.Marker }));
      expect(next.Users![0]!.UserName).toBe("user-0010");
    });
  });
}
