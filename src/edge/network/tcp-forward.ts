import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Lease } from "#edge/targets/target-choice.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { join } from "./join.ts";
import { proxyHeader } from "./proxy-protocol.ts";

/** Connects a client of a Network Load Balancer with a target, byte for byte. */
export function forwardTcp(client: Socket, lease: Lease, { timers }: { readonly timers: Timers }): void {
  const { group, target } = lease;
  const endpoint = { host: target.address, port: target.port, allowHalfOpen: true, noDelay: true };
  const upstream: Socket =
    group.protocol === "TLS" ? connectTls({ ...endpoint, rejectUnauthorized: false } as object) : connect(endpoint);
  const giveUp = (): void => {
    upstream.destroy();
    client.destroy();
  };
  const cancel = timers.after(CONNECT_TIMEOUT, giveUp);
  upstream.once("close", () => {
    cancel();
    lease.release();
  });
  upstream.on("error", giveUp);
  client.on("error", giveUp);
  client.once("close", giveUp);
  upstream.once(group.protocol === "TLS" ? "secureConnect" : "connect", () => {
    cancel();
    if (group.attributes["proxy_protocol_v2.enabled"] === "true") upstream.write(proxyHeader(endpointsOf(client)));
    join(client, upstream, IDLE);
  });
}

function endpointsOf({
  remoteAddress,
  remotePort,
  localAddress,
  localPort,
}: Socket): Parameters<typeof proxyHeader>[0] {
  return {
    source: { address: remoteAddress ?? "0.0.0.0", port: remotePort ?? 0 },
    destination: { address: localAddress ?? "0.0.0.0", port: localPort ?? 0 },
  };
}

const CONNECT_TIMEOUT: Millis = 10 * SECOND;
/** A TCP flow of a Network Load Balancer ends after 350 s of silence. */
const IDLE: Millis = 350 * SECOND;
