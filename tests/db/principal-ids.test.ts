import {
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  ListRolesCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { createKey } from "#custody/create-key.ts";
import { encrypt } from "#custody/encrypt.ts";
import { orderGrant } from "#custody/grant-operations.ts";
import { putKeyPolicy, shownKeyPolicy } from "#custody/key-policies.ts";
import { pageOfGrants } from "#custody/lists.ts";
import { seeKey } from "#custody/see-key.ts";
import { ensureServiceKey } from "#custody/service-keys.ts";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import { arnOf, keyIdOf } from "#domain/keys/names.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import { identifySession, identifyUser } from "#identity/sessions/credential.ts";
import { findEntity } from "#store/iam-entities.ts";
import { up } from "#store/migrations/0034-principal-ids.ts";
import type { Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { ACCOUNT, iamWorld, policy, refusal, trust } from "../support/iam-world.ts";
import { caller, keyWorld, REGION } from "../support/key-world.ts";

const OWNER = ACCOUNT as AccountId;
const ROOT = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" };
/** A session that says nothing of itself. */
const NOTHING = {
  issuedAt: 0,
  expiresAt: 0,
  policies: undefined,
  policyArns: [],
  tags: [],
  transitive: [],
  sourceIdentity: undefined,
};
const arn = (user: string): string => `arn:aws:iam::${ACCOUNT}:user/${user}`;
const letIn = (...users: readonly string[]): string =>
  policy(ROOT, { Effect: "Allow", Principal: { AWS: users.map(arn) }, Action: "kms:Encrypt", Resource: "*" });

/** IAM behind the front door, and a key of the same account in the same store. */
async function world(store: Store) {
  const { iam } = await iamWorld(store);
  const deps = keyWorld(store);
  const owner = caller("root", OWNER);
  const asked = { kind: SYMMETRIC, description: "", tags: [] };
  const keyId = arnOf(await createKey(asked, owner, deps));
  const called = async (name: string): Promise<Caller> => {
    const user = await findEntity(store, OWNER, "user", name);
    return { ...owner, ...(await identifyUser(store, user!)), region: REGION };
  };
  return {
    ...deps,
    iam: iam(),
    owner,
    keyId,
    put: (text: string) => putKeyPolicy({ keyId, policy: text, mayLockOut: false }, owner, deps),
    shown: async () => shownKeyPolicy(store, await seeKey("GetKeyPolicy", keyId, owner, deps)),
    encryptAs: async (name: string) => {
      const request = { keyId, context: {}, grantTokens: [], dryRun: false, algorithm: "SYMMETRIC_DEFAULT" as const };
      return await refusal(encrypt({ ...request, plaintext: Buffer.from("x") }, await called(name), deps));
    },
    makeUser: async (UserName: string) => (await iam().send(new CreateUserCommand({ UserName }))).User!.UserId!,
    dropUser: (UserName: string) => iam().send(new DeleteUserCommand({ UserName })),
  };
}

for (const database of DATABASES) {
  describe(`principals on ${database.name}`, () => {
    test("a key policy means the user that it named, not another one of the same name; Get shows who is gone", async () => {
      const { put, shown, encryptAs, makeUser, dropUser, iam } = await world(await database.open());
      expect(await refusal(put(letIn("bob")))).toBe(`Refusal: Invalid principal in policy: "AWS":"${arn("bob")}"`);
      const id = await makeUser("bob");
      await put(letIn("bob"));
      expect(await shown()).toBe(letIn("bob"));
      expect(await encryptAs("bob")).toBe("not refused");
      await iam.send(new UpdateUserCommand({ UserName: "bob", NewUserName: "rob", NewPath: "/x/" }));
      expect(await shown()).toBe(letIn("x/rob"));
      expect(await encryptAs("rob")).toBe("not refused");

      await dropUser("rob");
      expect(await shown()).toBe(letIn("bob").replace(arn("bob"), id));
      await makeUser("bob");
      expect(await shown()).toContain(`"${id}"`);
      expect(await encryptAs("bob")).toContain("not authorized to perform: kms:Encrypt");
      expect(await refusal(put(await shown()))).toContain(`Invalid principal in policy: "AWS":"${id}"`);
      await put(letIn("bob"));
      expect(await encryptAs("bob")).toBe("not refused");
    });

    test("names in conditions and in other places stay as they were written", async () => {
      const { put, shown, makeUser } = await world(await database.open());
      await makeUser("bob");
      const Condition = { ArnEquals: { "aws:PrincipalArn": arn("bob") } };
      const text = JSON.stringify(
        {
          Version: "2012-10-17",
          Id: arn("bob"),
          Statement: [
            ROOT,
            {
              ...ROOT,
              Sid: arn("bob"),
              Effect: "Deny",
              Principal: undefined,
              NotPrincipal: { AWS: arn("bob") },
              Condition,
            },
          ],
        },
        undefined,
        4,
      );
      await put(text);
      expect(await shown()).toBe(text);
    });

    test("a grant means the user that it named", async () => {
      const { keyId, owner, encryptAs, makeUser, dropUser, ...deps } = await world(await database.open());
      const order = {
        keyId,
        granteePrincipal: arn("bob"),
        retiringPrincipal: arn("bob"),
        operations: ["Encrypt"],
        constraints: undefined,
        name: "one",
        grantTokens: [],
        dryRun: false,
      };
      const listed = async (granteePrincipal?: string) => {
        const asked = { keyId, grantId: undefined, granteePrincipal, marker: undefined, limit: undefined };
        return (await pageOfGrants(asked, owner, deps)).items.map((grant) => [
          grant.granteePrincipal,
          grant.retiringPrincipal,
        ]);
      };
      expect(await refusal(orderGrant(order, owner, deps))).toContain("ARN does not refer to a valid principal");
      const id = await makeUser("bob");
      await orderGrant(order, owner, deps);
      await orderGrant(order, owner, deps);
      expect(await listed()).toEqual([[arn("bob"), arn("bob")]]);
      expect(await listed(arn("bob"))).toHaveLength(1);
      expect(await encryptAs("bob")).toBe("not refused");
      await dropUser("bob");
      await makeUser("bob");
      expect(await encryptAs("bob")).toContain("not authorized");
      expect(await listed()).toEqual([[id, id]]);
      expect(await listed(arn("bob"))).toEqual([]);
      await orderGrant(order, owner, deps); // the same name and parameters, but another bob
      expect(await listed()).toHaveLength(2);
      expect(await encryptAs("bob")).toBe("not refused");
    });

    test("a session means that of the role that there was: in key policies and in grants", async () => {
      const { store, iam, keyId, owner, put, shown, ...deps } = await world(await database.open());
      const session = `arn:aws:sts::${ACCOUNT}:assumed-role/r/ses`;
      const makeRole = new CreateRoleCommand({ RoleName: "r", Path: "/x/", AssumeRolePolicyDocument: trust(OWNER) });
      const text = policy(ROOT, { ...ROOT, Principal: { AWS: session }, Action: "kms:Encrypt" });
      const order = { keyId, granteePrincipal: session, retiringPrincipal: undefined, operations: ["DescribeKey"] };
      const more = { constraints: undefined, name: undefined, grantTokens: [], dryRun: false };
      const grant = () => orderGrant({ ...order, ...more }, owner, { ...deps, store });
      const tries = async (name: string) => {
        const role = await findEntity(store, OWNER, "role", "r");
        const who = await identifySession(store, {
          ...NOTHING,
          kind: "role",
          account: OWNER,
          principal: role!.id,
          name,
        });
        const caller = { ...owner, ...who! };
        const options = { keyId, context: {}, grantTokens: [], dryRun: false, algorithm: "SYMMETRIC_DEFAULT" as const };
        const used = encrypt({ ...options, plaintext: Buffer.from("x") }, caller, { ...deps, store });
        const seen = seeKey("DescribeKey", keyId, caller, { ...deps, store });
        return (await Promise.all([refusal(used), refusal(seen)])).map((said) => said === "not refused");
      };
      expect(await refusal(put(text))).toContain("Invalid principal in policy");
      expect(await refusal(grant())).toContain("ARN does not refer to a valid principal");
      const id = (await iam.send(makeRole)).Role!.RoleId!;
      await put(text);
      await grant();
      expect(await shown()).toBe(text);
      expect(await tries("ses")).toEqual([true, true]);
      expect(await tries("other")).toEqual([false, false]);
      await iam.send(new DeleteRoleCommand({ RoleName: "r" }));
      expect(await shown()).toBe(text.replace(session, `${id}:ses`));
      await iam.send(makeRole);
      expect(await tries("ses")).toEqual([false, false]);
    });

    test("a trust policy is shown with the id of who is gone wherever roles are shown", async () => {
      const { iam, makeUser, dropUser } = await world(await database.open());
      const id = await makeUser("bob");
      const AssumeRolePolicyDocument = trust(arn("bob"));
      const made = await iam.send(new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument }));
      expect(decodeURIComponent(made.Role!.AssumeRolePolicyDocument!)).toBe(AssumeRolePolicyDocument);
      const shown = async () => {
        const [one, all, details] = await Promise.all([
          iam.send(new GetRoleCommand({ RoleName: "r" })),
          iam.send(new ListRolesCommand()),
          iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] })),
        ]);
        const roles = [one.Role!, all.Roles![0]!, details.RoleDetailList![0]!];
        return roles.map((role) => decodeURIComponent(role.AssumeRolePolicyDocument!));
      };
      expect(await shown()).toEqual(Array(3).fill(AssumeRolePolicyDocument));
      await dropUser("bob");
      await makeUser("bob");
      expect(await shown()).toEqual(Array(3).fill(trust(id)));
      const again = new UpdateAssumeRolePolicyCommand({ RoleName: "r", PolicyDocument: trust(id) });
      expect(await refusal(iam.send(again))).toContain("Invalid principal in policy");
      await iam.send(new DeleteRoleCommand({ RoleName: "r" }));
    });

    test("a store of before: trust policies get the ids that stood beside them, load balancers' keys their policy", async () => {
      const store = await database.open();
      const { iam, makeUser, owner, ...deps } = await world(store);
      await makeUser("bob");
      const AssumeRolePolicyDocument = trust(arn("bob"));
      for (const RoleName of ["old", "new"])
        await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      const alias = "alias/aws/elasticloadbalancing";
      const own = await store.transaction().execute((tx) => ensureServiceKey(tx, owner, alias, deps));
      const policies = () => store.selectFrom("masterKeys").select(["id", "policy"]).orderBy("id").execute();
      const now = await policies();
      await sql`alter table iam_entities add column trusted text`.execute(store);
      const gone = { [arn("bob")]: "AIDAZZZZZZZZZZZZZZZZZ" };
      await sql`update iam_entities set trust_policy = ${AssumeRolePolicyDocument}, trusted = ${JSON.stringify(gone)}
        where account = ${ACCOUNT} and kind = 'role' and name_key = 'old'`.execute(store);
      await store.updateTable("masterKeys").set({ policy: null }).where("id", "=", keyIdOf(own)).execute();
      await up(store);
      expect(await policies()).toEqual(now);
      const shown = (await iam.send(new ListRolesCommand())).Roles!.map((role) => [
        role.RoleName,
        decodeURIComponent(role.AssumeRolePolicyDocument!),
      ]);
      expect(shown).toEqual([
        ["new", AssumeRolePolicyDocument],
        ["old", trust("AIDAZZZZZZZZZZZZZZZZZ")],
      ]);
    });

    test("whoever is deleted and made anew while a policy is put: it is for whom it names when it is shown", async () => {
      const { store, keyId, put, shown, encryptAs, makeUser, dropUser } = await world(await database.open());
      await makeUser("bob");
      for (let round = 0; round < 5; round++) {
        const anew = async (): Promise<string> => {
          await dropUser("bob");
          return await makeUser("bob");
        };
        const [id, said] = await Promise.all([anew(), refusal(put(letIn("bob")))]);
        expect(said).toMatch(/^not refused$|Invalid principal/);
        const { policy: kept } = await store.selectFrom("masterKeys").select("policy").executeTakeFirstOrThrow();
        const isMeant = kept?.includes(id) === true;
        expect((await shown()).includes(arn("bob")), keyId).toBe(isMeant);
        expect((await encryptAs("bob")) === "not refused").toBe(isMeant);
      }
    });
  });
}
