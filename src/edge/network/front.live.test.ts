import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { EdgeListener, EdgeTargetGroup } from "#domain/edge-config.ts";
import { openTargets } from "#edge/targets/targets.ts";
import { systemClock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import { systemTimers } from "#lib/timers.ts";
import { balancer, FORWARD, targetGroup } from "../../../tests/support/edge-config.ts";
import { text } from "../../../tests/support/tls-client.ts";
import { arrivalOf, type FlowEnd } from "./flow.ts";
import { flowRoom } from "./flow-room.ts";
import { type NetworkFront, networkFront } from "./front.ts";
import { proxyHeader } from "./proxy-protocol.ts";

/** Timers of which those for a second are fired by hand. */
function handTimers(): { timers: typeof systemTimers; second: (count?: number) => void } {
  let due: (() => void)[] = [];
  return {
    timers: {
      after(delay: Millis, act: () => void) {
        if (delay !== 1_000) return systemTimers.after(delay, act);
        due.push(act);
        return () => {};
      },
    },
    second(count = 1) {
      for (let i = 0; i < count; i++) {
        const now = due;
        due = [];
        for (const act of now) act();
      }
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

interface Front {
  readonly port: number;
  readonly front: NetworkFront;
  readonly ends: FlowEnd[];
  readonly second: (count?: number) => void;
  readonly configure: (group: Partial<EdgeTargetGroup>) => void;
}

async function front(
  targets: readonly number[],
  group: Partial<EdgeTargetGroup> = {},
  listener: Partial<EdgeListener> = {},
): Promise<Front> {
  const { timers, second } = handTimers();
  const health = { isHealthy: () => true, onHealth: () => () => {} };
  const all = openTargets({ health, clock: systemClock, timers, cookieSecret: "secret" });
  const configure = (more: Partial<EdgeTargetGroup>): void =>
    all.configure([targetGroup(targets, { protocol: "TCP", ...group, ...more })]);
  configure({});
  const ends: FlowEnd[] = [];
  const network = networkFront({
    targets: all,
    clock: systemClock,
    timers,
    flowRoom: flowRoom(),
    onFlowEnd: (end) => ends.push(end),
    onError: () => {},
  });
  const config = balancer({ protocol: "TCP", defaultRule: FORWARD, ...listener }, { type: "network" });
  network.configure(config.listeners[0]!, config);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const arrival = arrivalOf(socket, Date.now());
    if (arrival) network.connection(socket, arrival);
  });
  onTestFinished(() => {
    network.close();
    all.stop();
  });
  return { port: await listening(server), front: network, ends, second, configure };
}

const echo = (): Server =>
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });

function client(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** `reset` when the other side broke it off. */
async function fate(socket: Socket): Promise<"reset" | "closed"> {
  const broken = new Promise<"reset">((resolve) => socket.once("error", () => resolve("reset")));
  const closed = once(socket.resume(), "close").then(() => "closed" as const);
  return Promise.race([broken, closed]);
}

test("large bodies go through whole in both directions, at the pace of who reads slower", async () => {
  const { port, ends } = await front([await listening(echo())]);
  const body = Buffer.alloc(8_000_000, "0123456789abcdef");
  const socket = client(port);
  socket.pause();
  socket.end(body);
  await new Promise((resolve) => setImmediate(resolve));
  const got = await text(socket);
  expect(got.length).toBe(body.length);
  expect(got === body.toString()).toBe(true);
  await expect.poll(() => ends.length).toBe(1);
  expect(ends[0]).toMatchObject({ received: body.length, sent: body.length, reset: undefined });
});

test("a target that ends first may still be spoken to, and gets all of it", async () => {
  const heard = Promise.withResolvers<number>();
  const target = createServer({ allowHalfOpen: true }, (socket) => {
    let count = 0;
    socket.on("error", () => {});
    socket.end("bye");
    socket.on("data", (piece) => (count += piece.length));
    socket.on("end", () => heard.resolve(count));
  });
  const { port } = await front([await listening(target)]);
  const socket = client(port);
  expect(await text(socket)).toBe("bye");
  socket.end(Buffer.alloc(3_000_000));
  expect(await heard.promise).toBe(3_000_000);
});

test("resets are passed on: of a client to its target, of a target to its client", async () => {
  const arrived: Socket[] = [];
  const {
    port,
    ends,
    front: network,
  } = await front([
    await listening(
      createServer((socket) => {
        socket.on("error", () => {});
        arrived.push(socket);
        socket.write("hello");
      }),
    ),
  ]);
  const first = client(port);
  await once(first, "data");
  const fateOfTarget = fate(arrived[0]!);
  first.resetAndDestroy();
  expect(await fateOfTarget).toBe("reset");
  const second = client(port);
  await once(second, "data");
  const fateOfClient = fate(second);
  arrived[1]!.resetAndDestroy();
  expect(await fateOfClient).toBe("reset");
  await expect.poll(() => ends.map(({ reset }) => reset)).toEqual(["client", "target"]);
  expect(network.flows).toBe(0);
});

test("without a target, or with one that nobody listens at, a client is reset", async () => {
  const nobody = await front([]);
  expect(await fate(client(nobody.port))).toBe("reset");
  const dead = createServer();
  const port = await listening(dead);
  dead.close();
  const { port: at, ends } = await front([port]);
  expect(await fate(client(at))).toBe("reset");
  expect(ends.map(({ reset }) => reset)).toEqual(["target"]);
});

test("a flow that is silent for as long as the listener says is broken off, one that speaks is not", async () => {
  const port = await listening(echo());
  const attributes = { "tcp.idle_timeout.seconds": "60" };
  const { port: at, second, front: network, ends } = await front([port], {}, { attributes });
  const [silent, speaking] = [client(at), client(at)];
  for (const socket of [silent, speaking]) {
    socket.write("ping");
    await once(socket, "data");
  }
  second(59);
  speaking.write("ping");
  await once(speaking, "data");
  const broken = fate(silent);
  second(1);
  expect(await broken).toBe("reset");
  expect([network.flows, ends.map(({ reset }) => reset)]).toEqual([1, ["elb"]]);
});

test("connections to a deregistered target end after the delay where its target group says so", async () => {
  const port = await listening(echo());
  const attributes = {
    "deregistration_delay.timeout_seconds": "0",
    "deregistration_delay.connection_termination.enabled": "true",
  };
  const { port: at, configure } = await front([port], { attributes });
  const socket = client(at);
  socket.write("ping");
  await once(socket, "data");
  const broken = fate(socket);
  configure({ targets: [{ id: "127.0.0.1", address: "127.0.0.1", port, draining: true }] });
  expect(await broken).toBe("reset");
});

test("the PROXY header is the first that a target hears, before what the client says", async () => {
  const heard = Promise.withResolvers<Buffer>();
  const target = createServer((socket) => {
    let all = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      all = Buffer.concat([all, piece]);
      if (all.length >= 104) heard.resolve(all);
    });
  });
  const attributes = { "proxy_protocol_v2.enabled": "true" };
  const { port } = await front([await listening(target)], { attributes });
  const socket = client(port);
  socket.write("ping");
  await once(socket, "connect");
  const source = { address: "127.0.0.1", port: socket.localPort! };
  const header = proxyHeader({ source, destination: { address: "127.0.0.1", port } });
  expect(await heard.promise).toEqual(Buffer.concat([header, Buffer.from("ping")]));
});

async function udp(address = "127.0.0.1"): Promise<UdpSocket> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return socket;
}

test("datagrams of a client go to one target, and its answers come from the listener's address", async () => {
  const targets = [await udp(), await udp(), await udp()];
  for (const [at, target] of targets.entries()) {
    target.on("message", (message, from) =>
      target.send(`${at}:${from.port}:${String(message)}`, from.port, from.address),
    );
  }
  const ports = targets.map((target) => target.address().port);
  const { front: network, second, ends } = await front(ports, { protocol: "UDP" }, { protocol: "UDP" });
  const listener = await udp("127.0.0.2");
  network.datagrams(listener);
  const ask = async (from: UdpSocket, message: string): Promise<string> => {
    from.send(message, listener.address().port, "127.0.0.2");
    const [answer, rinfo] = (await once(from, "message")) as [Buffer, { address: string; port: number }];
    expect(rinfo).toMatchObject({ address: "127.0.0.2", port: listener.address().port });
    return String(answer);
  };
  const clients = await Promise.all(Array.from({ length: 12 }, () => udp()));
  const seen = new Set<string>();
  for (const one of clients) {
    const [first, again] = [await ask(one, "a"), await ask(one, "b")];
    expect(first.replace(/a$/, "")).toBe(again.replace(/b$/, ""));
    seen.add(first[0]!);
  }
  expect(seen.size).toBeGreaterThan(1);
  expect(network.flows).toBe(12);
  second(119);
  await ask(clients[0]!, "c");
  second(1);
  expect(network.flows).toBe(1);
  second(120);
  expect([network.flows, ends.length]).toEqual([0, 12]);
});

test("more flows of datagrams than a process has room for push out the ones that were silent longest", async () => {
  const target = await udp();
  const all = openTargets({
    health: { isHealthy: () => true, onHealth: () => () => {} },
    clock: systemClock,
    timers: systemTimers,
    cookieSecret: "secret",
  });
  onTestFinished(() => all.stop());
  all.configure([targetGroup([target.address().port], { protocol: "UDP" })]);
  const room = flowRoom(5);
  const open = async (): Promise<{ network: NetworkFront; listener: UdpSocket }> => {
    const network = networkFront({
      targets: all,
      clock: systemClock,
      timers: systemTimers,
      flowRoom: room,
      onError: () => {},
    });
    onTestFinished(() => network.close());
    const config = balancer({ protocol: "UDP", defaultRule: FORWARD });
    network.configure(config.listeners[0]!, config);
    const listener = await udp();
    network.datagrams(listener, (address) => address !== "127.0.0.3");
    return { network, listener };
  };
  const [other, { network, listener }] = [await open(), await open()];
  const flowOf = async (at: UdpSocket): Promise<void> => {
    const one = await udp();
    one.send("x", at.address().port, "127.0.0.1");
    await once(target, "message");
  };
  for (let i = 0; i < 4; i++) await flowOf(other.listener);
  for (let i = 0; i < 20; i++) {
    await flowOf(listener);
    expect([other.network.flows, network.flows]).toEqual([Math.max(0, 4 - i), Math.min(5, i + 1)]);
  }
  const stranger = await udp("127.0.0.3");
  stranger.send("x", listener.address().port, "127.0.0.1");
  const known = await udp();
  known.send("last", listener.address().port, "127.0.0.1");
  const [message] = (await once(target, "message")) as [Buffer];
  expect(String(message)).toBe("last");
});

test("a flow to a target that cannot be reached from here ends, and the next datagram begins another", async () => {
  const group = {
    protocol: "UDP",
    targets: [{ id: "unroutable", address: "255.255.255.255", port: 9, draining: false }],
  } as const;
  const { front: network, ends } = await front([], group, { protocol: "UDP" });
  const listener = await udp();
  network.datagrams(listener);
  const one = await udp();
  for (let count = 1; count <= 3; count++) {
    one.send("x", listener.address().port, "127.0.0.1");
    one.send("y", listener.address().port, "127.0.0.1");
    await expect.poll(() => ends.length).toBeGreaterThanOrEqual(count);
  }
  await expect.poll(() => network.flows).toBe(0);
});

test("a flow that ends before its socket is connected sends nothing", async () => {
  const target = await udp();
  const { front: network, ends } = await front([target.address().port], { protocol: "UDP" }, { protocol: "UDP" });
  const listener = await udp();
  network.datagrams(listener);
  const done = new Promise<void>((resolve) => listener.once("message", () => resolve(network.close())));
  const one = await udp();
  one.send("x", listener.address().port, "127.0.0.1");
  await done;
  expect([network.flows, ends.length]).toEqual([0, 1]);
});
