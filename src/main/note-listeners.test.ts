import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createListener } from "#integrations/elbv2/create-listener.ts";
import { openStore } from "#store/store.ts";
import { balancerDeps, callerOf } from "../../tests/support/balancers.ts";
import { makeBalancer } from "../../tests/support/network.ts";
import { listenerNotes } from "./note-listeners.ts";

test("a listener that is not at its own port is logged once, with where it is", async () => {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const deps = balancerDeps(store);
  const web = await makeBalancer({}, callerOf(), deps);
  const listener = await createListener(
    {
      loadBalancerArn: web.arn,
      port: 80,
      protocol: "HTTP",
      sslPolicy: undefined,
      alpnPolicy: undefined,
      certificateArn: undefined,
      mutualAuthentication: undefined,
      actions: [
        {
          action: { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "" },
          order: undefined,
        },
      ],
      tags: [],
    },
    callerOf(),
    deps,
  );
  const lines: string[] = [];
  const note = listenerNotes({ store, log: pino({}, { write: (line) => lines.push(line) }) });
  const report = (port: number) => note("local", web.arn, [{ listenerArn: listener.arn, address: "127.0.0.9", port }]);

  await report(80);
  expect(lines).toEqual([]);
  await report(8080);
  await report(8080);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40, listener: listener.arn, asked: 80, at: "127.0.0.9:8080" });
  await report(0);
  expect(JSON.parse(lines[1]!)).toMatchObject({ level: 50, asked: 80 });
});
