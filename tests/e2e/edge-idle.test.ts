import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { ModifyLoadBalancerAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, onTestFinished, test } from "vitest";
import { leavePlace, newPlace, startProduct } from "#cli/demo/product.ts";
import { type Front, get } from "#cli/demo/wire.ts";
import { edgePid } from "../support/edge-process.ts";
import { memoryOf } from "../support/process-memory.ts";
import { openShop } from "../support/shop.ts";

// Ten thousand clients that hold on to their connections, as a busy load balancer has.

test("ten thousand idle connections cost little, keep nobody from being served, and are served when they ask again", {
  timeout: 300_000,
}, async () => {
  const place = await newPlace();
  onTestFinished(() => leavePlace(place));
  const product = await startProduct(place, { "log-level": "warn", "edge-workers": "1" });
  onTestFinished(() => product.stop());
  const shop = await openShop(product);
  await shop.clients.elbv2.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: shop.loadBalancerArn,
      Attributes: [{ Key: "idle_timeout.timeout_seconds", Value: "4000" }],
    }),
  );
  const pid = (await edgePid(product)) ?? 0;
  const idle: TLSSocket[] = [];
  onTestFinished(() => {
    for (const socket of idle) socket.destroy();
  });
  await many(WARM_UP, async () => void idle.push(await open(shop)));
  const before = memoryOf(pid);
  await many(IDLE - WARM_UP, async () => void idle.push(await open(shop)));
  const each = (memoryOf(pid) - before) / (IDLE - WARM_UP);
  process.stdout.write(`  ${IDLE} idle TLS connections: ${(each / 1000).toFixed(1)} kB each at the edge\n`);
  expect(each).toBeLessThan(55_000);

  const statuses = new Set<number>();
  await many(200, async () => void statuses.add((await get(shop)).status));
  expect([...statuses]).toEqual([200]);

  const lost = idle.filter(({ destroyed }) => destroyed);
  expect(lost).toEqual([]);
  const again = idle.slice();
  const answers = new Set<string>();
  await many(IDLE, async () => void answers.add(await ask(again.pop() as TLSSocket, shop)));
  expect([...answers]).toEqual(["HTTP/1.1 200 OK"]);
});

/** A connection that has had one answer. */
async function open(front: Front): Promise<TLSSocket> {
  const { address, port, host, root } = front;
  const socket = connect({ host: address, port, servername: host, ca: root });
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  await ask(socket, front);
  return socket;
}

/** The first line of the answer, once all of it is there. */
async function ask(socket: TLSSocket, { host }: Front): Promise<string> {
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  let text = "";
  while (!/\r\n\r\nhello .*\n$/s.test(text)) text += String((await once(socket, "data"))[0]);
  return text.slice(0, text.indexOf("\r\n"));
}

/** Does something so many times, fifty at once. */
async function many(times: number, act: () => Promise<void>): Promise<void> {
  let left = times;
  const one = async (): Promise<void> => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: 50 }, one));
}

const IDLE = 10_000;
const WARM_UP = 500;
