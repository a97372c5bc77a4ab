import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { TargetReport } from "#domain/edge-config.ts";
import type { EdgeMessage } from "#domain/edge-messages.ts";
import { ticketSeed } from "#edge/tls/ticket-keys.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { systemTimers } from "#lib/timers.ts";
import { BALANCER, balancer, FORWARD, targetGroup } from "../../tests/support/edge-config.ts";
import { ownBindings } from "./bind.ts";
import { type Carrier, openCarrier } from "./carrier.ts";

/** What one process of an edge carries while another one checks the targets; `port` is where it listens last. */
function follower(): { readonly carrier: Carrier; readonly port: () => number } {
  let port = 0;
  const carrier = openCarrier({
    kms: { dataKey: () => Promise.reject(new Error("there is no key")) },
    clock: systemClock,
    timers: systemTimers,
    ids: randomIds,
    findChallenge: () => Promise.resolve(undefined),
    bindings: ownBindings(),
    tickets: ticketSeed(),
    logs: { put: () => Promise.resolve() },
    leads: false,
    tell(message: EdgeMessage) {
      if (message.kind === "listening") port = message.listeners[0]?.port ?? 0;
    },
    onError: (what, error) => expect.unreachable(`${what}: ${String(error)}`),
  });
  onTestFinished(() => carrier.stop());
  return { carrier, port: () => port };
}

async function answering(status: number): Promise<number> {
  const server = createServer((_, response) => response.writeHead(status).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("health that is heard before its load balancer counts from its first request on, and goes with it", async () => {
  const [well, sick] = [await answering(200), await answering(500)];
  const group = targetGroup([well, sick]);
  const put = {
    kind: "balancer-put",
    balancer: balancer({ protocol: "HTTP", defaultRule: FORWARD }, { targetGroups: [group] }),
  } as const;
  const report = (port: number, state: TargetReport["state"]): TargetReport => ({
    targetGroupArn: group.arn,
    address: "127.0.0.1",
    port,
    state,
  });
  const { carrier, port } = follower();
  const statuses = async (): Promise<number[]> => {
    const seen = new Set<number>();
    for (let i = 0; i < 8; i++) seen.add((await fetch(`http://127.0.0.1:${port()}/`)).status);
    return [...seen].toSorted((a, b) => a - b);
  };
  carrier.hearHealth(BALANCER, [report(well, "initial"), report(sick, "initial")]);
  carrier.hearHealth(BALANCER, [report(well, "healthy"), report(sick, "unhealthy")]);
  await carrier.obey(put);
  expect(await statuses()).toEqual([200]);

  const gone = { kind: "balancer-gone", loadBalancerArn: BALANCER } as const;
  await carrier.obey(gone);
  carrier.hearHealth(BALANCER, [report(well, "healthy"), report(sick, "unhealthy")]);
  await carrier.obey(gone);
  await carrier.obey(put);
  expect(await statuses()).toEqual([200, 500]);
});
