import { once } from "node:events";
import { readFileSync } from "node:fs";
import { DeleteListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { get, handshake, oneConnection } from "#cli/demo/wire.ts";
import { edgePid, isAlive, killEdge } from "../support/edge-process.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { clientsOf, openShop } from "../support/shop.ts";

test("while the control plane is dead the edge serves; the next control plane adopts it, and a detach reaches it", async () => {
  const place = await testPlace();
  const product = await testProduct({}, place);
  const shop = await openShop(product);
  const edge = await edgePid(product);
  const agent = oneConnection();
  const kept = await get(shop, agent);

  await killControl(product);
  for (let request = 0; request < 10; request++) {
    expect(await get(shop)).toMatchObject({ status: 200 });
    expect((await get(shop, agent)).socket).toBe(kept.socket);
  }

  await testProduct({}, place);
  await until("the edge is adopted", async () => ((await connectedEdges(product.endpoint)) === 1 ? true : undefined));
  expect(await edgePid(product)).toBe(edge);
  expect((await get(shop, agent)).socket).toBe(kept.socket);

  await shop.clients.elbv2.send(new DeleteListenerCommand({ ListenerArn: shop.listenerArn }));
  await until("a refused handshake", () =>
    handshake(shop).then(
      () => undefined,
      () => true,
    ),
  );
  await expect(get(shop, agent)).rejects.toThrow();
  agent.destroy();
  expect(await edgePid(product)).toBe(edge);
});

test("an edge that was alone while another node detached its certificate hears of it from the next control plane", async () => {
  const place = await testPlace();
  const product = await testProduct({}, place);
  const shop = await openShop(product);
  const edge = await edgePid(product);
  await killControl(product);

  const { listen } = await testPlace();
  const elsewhere = await testProduct({ edge: "false" }, { ...place, listen });
  const { elbv2 } = clientsOf(elsewhere);
  await elbv2.send(new DeleteListenerCommand({ ListenerArn: shop.listenerArn }));
  await elsewhere.stop();
  expect(await get(shop)).toMatchObject({ status: 200 });

  await testProduct({}, place);
  await until("a refused handshake", () =>
    handshake(shop).then(
      () => undefined,
      () => true,
    ),
  );
  expect(await edgePid(product)).toBe(edge);
});

test("a killed edge is replaced, and serves again", async () => {
  const product = await testProduct();
  const shop = await openShop(product);
  await killEdge(product);
  await until("service by the next edge", () => get(shop).catch(() => undefined));
});

test("SIGTERM ends the control plane with 0, and every process that belongs to it", async () => {
  const product = await testProduct();
  const shop = await openShop(product);
  const edge = (await edgePid(product)) ?? 0;
  const control = product.process.pid ?? 0;
  const children = childrenOf(control);
  expect(children).toContain(edge);
  const ended = once(product.process, "exit");
  product.process.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  await until("no process is left", async () => (children.some(isAlive) ? undefined : true), 2);
  await expect(get(shop)).rejects.toThrow("ECONNREFUSED");
});

async function connectedEdges(endpoint: string): Promise<number> {
  const health = (await (await fetch(`${endpoint}/_sealkeeper/health`)).json()) as { edges: number };
  return health.edges;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}
