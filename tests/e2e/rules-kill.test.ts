import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, onTestFinished, test } from "vitest";
import { defaultNetwork } from "#cli/demo/network.ts";
import { startProduct } from "#cli/demo/product.ts";
import { seededRandom } from "#lib/seeded-random.ts";
import { DATABASES } from "../support/databases.ts";
import { killControl, testPlace } from "../support/product.ts";
import { clientsOf } from "../support/shop.ts";

const KILLS = Number(process.env["SEALKEEPER_KILLS"] ?? 4);
const SEED = Number(process.env["SEALKEEPER_SEED"] ?? Date.now() % 1_000_000);
const RULES = 12;

describe.for(DATABASES)("rules whose control plane is killed, on $name", (database) => {
  test(`${KILLS} times while all of them change places: each change is there whole or not at all (seed ${SEED})`, {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(SEED);
    const settings = { database: await database.url(), edge: "false", "log-level": "error" };
    const place = await testPlace();
    let product = await startProduct(place, settings);
    onTestFinished(() => product.stop());
    const { elbv2, ec2 } = clientsOf(product);
    const { subnets } = await defaultNetwork(ec2);
    const made = await elbv2.send(new elb.CreateLoadBalancerCommand({ Name: "kill", Subnets: [...subnets] }));
    const Actions: elb.Action[] = [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }];
    const { Listeners } = await elbv2.send(
      new elb.CreateListenerCommand({
        LoadBalancerArn: made.LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: "HTTP",
        Port: 80,
        DefaultActions: Actions,
      }),
    );
    const ListenerArn = Listeners?.[0]?.ListenerArn;
    const rules: string[] = [];
    for (let Priority = 1; Priority <= RULES; Priority++) {
      const Conditions = [{ Field: "path-pattern", Values: [`/${Priority}`] }];
      const { Rules } = await elbv2.send(new elb.CreateRuleCommand({ ListenerArn, Priority, Conditions, Actions }));
      rules.push(Rules?.[0]?.RuleArn ?? "");
    }

    /** The turn that the rules stand in: each stands so many places behind its first one. */
    const turnOf = async (): Promise<number> => {
      const { Rules = [] } = await elbv2.send(new elb.DescribeRulesCommand({ ListenerArn }));
      const places = rules.map((arn) => Number(Rules.find(({ RuleArn }) => RuleArn === arn)?.Priority));
      const turn = (places[0] ?? 0) - 1;
      expect(places).toEqual(rules.map((_, index) => ((index + turn) % RULES) + 1));
      return turn;
    };
    const turnTo = (turn: number) =>
      elbv2.send(
        new elb.SetRulePrioritiesCommand({
          RulePriorities: rules.map((RuleArn, index) => ({ RuleArn, Priority: ((index + turn) % RULES) + 1 })),
        }),
      );

    let turn = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const killed = new Promise<void>((resolve) => setTimeout(resolve, 20 + random() * 300)).then(() =>
        killControl(product),
      );
      for (;;) {
        const done = await turnTo((turn + 1) % RULES).catch(() => undefined);
        if (!done) break;
        turn = (turn + 1) % RULES;
      }
      await killed;
      product = await startProduct(place, settings);
      // The last one, which was not answered, may have been done.
      const now = await turnOf();
      expect([turn, (turn + 1) % RULES]).toContain(now);
      turn = now;
    }
  });
});
