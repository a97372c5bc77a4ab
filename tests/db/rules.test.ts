import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decrypt } from "#custody/decrypt.ts";
import { revokeGrant } from "#custody/grant-operations.ts";
import { edgeArn } from "#domain/arn.ts";
import type { GivenAction, GivenOidc, OrderedAction } from "#domain/balancers/actions.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { Rule } from "#domain/balancers/rule.ts";
import type { Caller } from "#domain/names.ts";
import { createListener, type NewListener } from "#integrations/elbv2/create-listener.ts";
import { createRule, type NewRule } from "#integrations/elbv2/create-rule.ts";
import { deleteListener } from "#integrations/elbv2/delete-listener.ts";
import { deleteLoadBalancer } from "#integrations/elbv2/delete-load-balancer.ts";
import { deleteRule } from "#integrations/elbv2/delete-rule.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { edgeBalancer } from "#integrations/elbv2/edge-balancer.ts";
import { modifyListener } from "#integrations/elbv2/modify-listener.ts";
import { modifyRule } from "#integrations/elbv2/modify-rule.ts";
import { findRules } from "#integrations/elbv2/rules.ts";
import { edgeSecret, noticeSecretGrantEnd } from "#integrations/elbv2/secrets.ts";
import { setRulePriorities } from "#integrations/elbv2/set-rule-priorities.ts";
import { addTags, findTags } from "#integrations/elbv2/tags.ts";
import { createTargetGroup, deleteTargetGroup } from "#integrations/elbv2/target-groups.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { open as unseal } from "#lib/sealed.ts";
import { edgeChangesSince } from "#store/edge-changes.ts";
import { balancerDeps, callerOf, issuedCertificate } from "../support/balancers.ts";
import { DATABASES } from "../support/databases.ts";
import { defaultNetwork, makeBalancer } from "../support/network.ts";

const ME = callerOf();
const FIXED: OrderedAction<GivenAction> = {
  action: { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "hello" },
  order: undefined,
};
const HTTP: Omit<NewListener, "loadBalancerArn"> = {
  port: 80,
  protocol: "HTTP",
  sslPolicy: undefined,
  alpnPolicy: undefined,
  certificateArn: undefined,
  mutualAuthentication: undefined,
  actions: [FIXED],
  tags: [],
};
const unchanged = {
  port: undefined,
  protocol: undefined,
  sslPolicy: undefined,
  alpnPolicy: undefined,
  certificateArn: undefined,
  mutualAuthentication: undefined,
  actions: undefined,
};
const oidc = (secret: string): GivenOidc => ({
  type: "authenticate-oidc",
  issuer: "https://login.example.com",
  authorizationEndpoint: "https://login.example.com/authorize",
  tokenEndpoint: "https://login.example.com/token",
  userInfoEndpoint: "https://login.example.com/me",
  clientId: "client",
  secret: secret === "existing" ? secret : new PlaintextKey(Buffer.from(secret)),
  sessionCookieName: "AWSELBAuthSessionCookie",
  scope: "openid",
  sessionTimeoutSeconds: 604_800,
  authenticationRequestExtraParams: {},
  onUnauthenticatedRequest: "authenticate",
});
const signIn = (secret: string): readonly OrderedAction<GivenAction>[] => [
  { action: oidc(secret), order: 1 },
  { ...FIXED, order: 2 },
];
const secretOf = ({ actions }: Pick<Rule, "actions">): string =>
  actions.flatMap(({ action }) => (action.type === "authenticate-oidc" ? [action.secret] : []))[0] ?? "";

for (const database of DATABASES) {
  const open = async (): Promise<BalancerDeps> => balancerDeps(await database.open());
  const web = async (deps: BalancerDeps): Promise<{ balancer: LoadBalancer; listener: Listener }> => {
    const balancer = await makeBalancer({ name: `web-${randomUUID().slice(0, 8)}` }, ME, deps);
    return { balancer, listener: await createListener({ ...HTTP, loadBalancerArn: balancer.arn }, ME, deps) };
  };
  const secureWeb = async (deps: BalancerDeps, actions: NewListener["actions"] = [FIXED]) => {
    const balancer = await makeBalancer({}, ME, deps);
    const certificateArn = await issuedCertificate("web.test", ME, deps);
    const request = { ...HTTP, loadBalancerArn: balancer.arn, port: 443, protocol: "HTTPS", certificateArn, actions };
    return { balancer, listener: await createListener(request, ME, deps) };
  };
  const asked = (listener: Listener, priority: number, more: Partial<NewRule> = {}): NewRule => ({
    listenerArn: listener.arn,
    priority,
    conditions: [{ field: "path-pattern", values: [`/${priority}`], regexes: [] }],
    actions: [FIXED],
    transforms: [],
    tags: [],
    ...more,
  });
  const priorities = async (listener: Listener, deps: BalancerDeps) =>
    (
      await findRules({ listenerArn: listener.arn, arns: [], marker: undefined, pageSize: undefined }, ME, deps)
    ).items.map(({ arn, priority }) => [arn, priority]);
  const announced = async ({ store }: BalancerDeps) =>
    (await edgeChangesSince(store, undefined, 10_000)).map(({ subject }) => subject);

  describe(`rules on ${database.name}`, () => {
    it("stand in the order of their priorities with the default rule last, and reach the edges so", async () => {
      const deps = await open();
      const { balancer, listener } = await web(deps);
      const made = [];
      for (const priority of [50_000, 1, 300]) made.push(await createRule(asked(listener, priority), ME, deps));
      const [last, first, middle] = made;
      const order = [first, middle, last].map((rule) => rule!.arn);
      expect((await priorities(listener, deps)).map(([arn]) => arn)).toEqual([...order, listener.ruleArn]);
      const [carried] = (await edgeBalancer(deps.store, balancer.arn))!.listeners;
      expect(carried?.rules.map(({ arn }) => arn)).toEqual(order);
      expect(carried?.defaultRule).toEqual({ arn: listener.ruleArn, actions: [FIXED.action] });
      const pages: unknown[] = [];
      let marker: string | undefined;
      do {
        const page = await findRules({ listenerArn: listener.arn, arns: [], marker, pageSize: 2 }, ME, deps);
        pages.push(page.items.map(({ priority }) => priority));
        marker = page.nextMarker;
      } while (marker !== undefined);
      expect(pages).toEqual([
        [1, 300],
        [50_000, "default"],
      ]);
    });

    it("never share a priority, however many ask for it at once: PriorityInUse", async () => {
      const deps = await open();
      const { listener } = await web(deps);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => createRule(asked(listener, 7), ME, deps)),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
      expect(new Set(refused)).toEqual(new Set(["rule-priority-used"]));
      expect(await priorities(listener, deps)).toHaveLength(2);
    });

    it("exchange their priorities in one change, or none of them does", async () => {
      const deps = await open();
      const { listener } = await web(deps);
      const [one, two, three] = [
        await createRule(asked(listener, 1), ME, deps),
        await createRule(asked(listener, 2), ME, deps),
        await createRule(asked(listener, 3), ME, deps),
      ];
      const swapped = await setRulePriorities(
        [
          { ruleArn: one.arn, priority: 2 },
          { ruleArn: two.arn, priority: 1 },
        ],
        ME,
        deps,
      );
      expect(swapped.map(({ arn }) => arn)).toEqual([two.arn, one.arn]);
      const before = await priorities(listener, deps);
      const refuse = (wanted: [string, number][], code: string) =>
        expect(
          setRulePriorities(
            wanted.map(([ruleArn, priority]) => ({ ruleArn, priority })),
            ME,
            deps,
          ),
        ).rejects.toMatchObject({ code });
      const { listener: other } = await web(deps);
      const foreign = await createRule(asked(other, 9), ME, deps);
      await refuse(
        [
          [one.arn, 10],
          [two.arn, 3],
        ],
        "rule-priority-used",
      );
      await refuse(
        [
          [one.arn, 10],
          [`${two.arn}0`, 11],
        ],
        "rule-not-found",
      );
      await refuse(
        [
          [one.arn, 10],
          [one.arn, 11],
        ],
        "balancer-input-invalid",
      );
      await refuse(
        [
          [one.arn, 10],
          [two.arn, 10],
        ],
        "balancer-input-invalid",
      );
      await refuse([[one.arn, 0]], "balancer-input-invalid");
      await refuse(
        [
          [one.arn, 10],
          [foreign.arn, 11],
        ],
        "balancer-input-invalid",
      );
      await refuse(
        [
          [one.arn, 10],
          [listener.ruleArn, 11],
        ],
        "balancer-operation-forbidden",
      );
      await refuse([], "balancer-input-invalid");
      expect(await priorities(listener, deps)).toEqual(before);
      // Two that turn the same rules around at once leave every rule with a priority of its own.
      await Promise.all(
        Array.from({ length: 6 }, (_, turn) =>
          setRulePriorities(
            [one, two, three].map(({ arn }, index) => ({ ruleArn: arn, priority: ((index + turn) % 3) + 1 })),
            ME,
            deps,
          ),
        ),
      );
      expect((await priorities(listener, deps)).map(([, priority]) => priority)).toEqual([1, 2, 3, "default"]);
    });

    it("hold their target groups, which are free again without them", async () => {
      const deps = await open();
      const { balancer, listener } = await web(deps);
      const { vpcId } = await defaultNetwork(ME, deps);
      const standard = { protocol: "HTTP", protocolVersion: "HTTP1", targetType: "ip", port: 80 } as const;
      const group = { ...standard, name: "shop", vpcId, healthCheck: {}, tags: [] };
      const { arn } = await createTargetGroup(group, ME, deps);
      const forward: OrderedAction<GivenAction> = {
        action: { type: "forward", targetGroups: [{ arn, weight: 1 }], stickiness: { durationSeconds: 60 } },
        order: undefined,
      };
      const rule = await createRule(asked(listener, 1, { actions: [forward] }), ME, deps);
      const second = await createRule(asked(listener, 2, { actions: [forward] }), ME, deps);
      const used = { code: "resource-in-use" };
      await expect(deleteTargetGroup(arn, ME, deps)).rejects.toMatchObject(used);
      await deleteRule(rule.arn, ME, deps);
      await expect(deleteTargetGroup(arn, ME, deps)).rejects.toMatchObject(used);
      expect((await edgeBalancer(deps.store, balancer.arn))?.targetGroups.map((one) => one.arn)).toEqual([arn]);
      await modifyRule(
        { ruleArn: second.arn, conditions: undefined, actions: [FIXED], transforms: undefined },
        ME,
        deps,
      );
      await deleteTargetGroup(arn, ME, deps);
      await expect(deleteRule(rule.arn, ME, deps)).rejects.toMatchObject({ code: "rule-not-found" });
      await expect(deleteRule(listener.ruleArn, ME, deps)).rejects.toMatchObject({
        code: "balancer-operation-forbidden",
      });
    });

    it("are at most as many as the quota says: TooManyRules", async () => {
      const made = await open();
      const deps = { ...made, balancerQuotas: { ...made.balancerQuotas, rulesPerBalancer: 2 } };
      const { listener } = await web(deps);
      await createRule(asked(listener, 1), ME, deps);
      await createRule(asked(listener, 2), ME, deps);
      await expect(createRule(asked(listener, 3), ME, deps)).rejects.toMatchObject({ code: "rules-too-many" });
    });

    it("go with their listener, tags and secrets too", async () => {
      const deps = await open();
      const { balancer, listener } = await secureWeb(deps);
      const rule = await createRule(asked(listener, 1, { actions: signIn("one") }), ME, deps);
      await createRule(asked(listener, 2, { actions: signIn("two") }), ME, deps);
      await addTags([rule.arn], [{ key: "a", value: "b" }], ME, deps);
      expect(await findTags([rule.arn], ME, deps)).toMatchObject([{ tags: [{ key: "a" }] }]);
      await deleteListener(listener.arn, ME, deps);
      await expect(findTags([rule.arn], ME, deps)).rejects.toMatchObject({ code: "rule-not-found" });
      for (const table of ["listenerRules", "balancerSecrets", "balancerTags", "grants"] as const) {
        expect(await deps.store.selectFrom(table).selectAll().execute()).toEqual([]);
      }
      await deleteLoadBalancer(balancer.arn, ME, deps);
    });

    it("keep their listener to protocols that suit them", async () => {
      const deps = await open();
      const { listener } = await secureWeb(deps);
      await createRule(asked(listener, 1, { actions: signIn("one") }), ME, deps);
      const clear = modifyListener({ ...unchanged, listenerArn: listener.arn, protocol: "HTTP" }, ME, deps);
      await expect(clear).rejects.toMatchObject({ code: "action-invalid" });
    });
  });

  describe(`client secrets on ${database.name}`, () => {
    it("are opened by an edge under the grant of their load balancer, in their context only", async () => {
      const deps = await open();
      const { balancer, listener } = await secureWeb(deps, signIn("the secret word"));
      const name = secretOf({ actions: listener.defaultActions });
      const secret = (await edgeSecret(deps.store, name))!;
      expect(secret.loadBalancerArn).toBe(balancer.arn);
      const dataKey = await decryptAsEdge(secret, secret.encryptionContext, deps);
      const clear = unseal(dataKey, secret.sealedKey, canonicalContext(secret.encryptionContext));
      expect(clear?.bytes.toString()).toBe("the secret word");
      const other = { ...secret.encryptionContext, "sealkeeper:secret": "another" };
      await expect(decryptAsEdge(secret, other, deps)).rejects.toMatchObject({ name: "Refusal" });
      for (const table of ["listeners", "balancerSecrets", "auditRecords"] as const) {
        const rows = await deps.store.selectFrom(table).selectAll().execute();
        expect(JSON.stringify(rows)).not.toContain("the secret word");
      }
    });

    it("stay when the rule says so, and are destroyed with their grant when it has another", async () => {
      const deps = await open();
      const { balancer, listener } = await secureWeb(deps);
      const rule = await createRule(asked(listener, 1, { actions: signIn("one") }), ME, deps);
      const change = { ruleArn: rule.arn, conditions: undefined, transforms: undefined };
      const kept = await modifyRule({ ...change, actions: signIn("existing") }, ME, deps);
      expect(secretOf(kept)).toBe(secretOf(rule));
      const replaced = await modifyRule({ ...change, actions: signIn("two") }, ME, deps);
      expect(secretOf(replaced)).not.toBe(secretOf(rule));
      expect(await edgeSecret(deps.store, secretOf(rule))).toBeUndefined();
      const gone = { kind: "secret", loadBalancerArn: balancer.arn, secret: secretOf(rule) };
      expect((await announced(deps)).at(-1)).toEqual(gone);
      await modifyRule({ ...change, actions: [FIXED] }, ME, deps);
      expect(await edgeSecret(deps.store, secretOf(replaced))).toBeUndefined();
      const none = modifyRule({ ...change, actions: signIn("existing") }, ME, deps);
      await expect(none).rejects.toMatchObject({ code: "action-invalid" });
      const own = await deps.store.selectFrom("grants").select("retiringPrincipal").execute();
      expect(own).toEqual([{ retiringPrincipal: "acm.amazonaws.com" }]); // of the certificate
    });

    it("leave nothing behind when the rule that they were for is refused", async () => {
      const deps = await open();
      const { listener } = await secureWeb(deps);
      await createRule(asked(listener, 1), ME, deps);
      const twice = createRule(asked(listener, 1, { actions: signIn("one") }), ME, deps);
      await expect(twice).rejects.toMatchObject({ code: "rule-priority-used" });
      const missing = { type: "forward", targetGroups: [{ arn: targetGroup("none"), weight: 1 }] } as const;
      const nowhere = createRule(
        asked(listener, 2, {
          actions: [
            { action: oidc("x"), order: 1 },
            { action: missing, order: 2 },
          ],
        }),
        ME,
        deps,
      );
      await expect(nowhere).rejects.toMatchObject({ code: "target-group-not-found" });
      expect(await deps.store.selectFrom("balancerSecrets").select("name").execute()).toEqual([]);
      expect(await deps.store.selectFrom("grants").select("id").execute()).toHaveLength(1);
    });

    it("are told to be forgotten when their grant is ended by hand", async () => {
      const deps = await open();
      const { balancer, listener } = await secureWeb(deps, signIn("one"));
      const secret = secretOf({ actions: listener.defaultActions });
      const row = await deps.store
        .selectFrom("balancerSecrets")
        .select(["keyArn", "grantId"])
        .executeTakeFirstOrThrow();
      const custody = { ...deps, journal: NO_JOURNAL, onGrantEnded: noticeSecretGrantEnd };
      await revokeGrant({ keyId: row.keyArn, grantId: row.grantId }, false, ME, custody);
      expect(await edgeSecret(deps.store, secret)).toBeUndefined();
      expect((await announced(deps)).at(-1)).toEqual({ kind: "secret", loadBalancerArn: balancer.arn, secret });
    });
  });
}

const NO_JOURNAL = { record: () => Promise.resolve(), note: () => {}, flush: () => Promise.resolve() };
const EDGE: Caller = { ...ME, kind: "edge", arn: edgeArn(ME.account, "local-1") };
const targetGroup = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/0123456789abcdef`;

async function decryptAsEdge(
  secret: { readonly wrappedDataKey: Uint8Array; readonly grantToken: string },
  encryptionContext: Readonly<Record<string, string>>,
  deps: BalancerDeps,
): Promise<Buffer> {
  const custody = { ...deps, journal: NO_JOURNAL, onGrantEnded: () => Promise.resolve() };
  const request = {
    ciphertext: secret.wrappedDataKey,
    keyId: undefined,
    context: encryptionContext,
    grantTokens: [secret.grantToken],
    dryRun: false,
  };
  const { plaintext } = await decrypt(request, EDGE, custody);
  return Buffer.from(plaintext.bytes);
}
