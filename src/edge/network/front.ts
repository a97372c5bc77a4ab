import type { RemoteInfo, Socket as UdpSocket } from "node:dgram";
import type { Socket } from "node:net";
import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";
import type { FlowMeter } from "#edge/metrics/flows.ts";
import { targetContext, targetPolicy } from "#edge/targets/target-tls.ts";
import type { Forwarding, Lease, Targets } from "#edge/targets/targets.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type Arrival, type FlowEnd, type Reset, reset } from "./flow.ts";
import type { FlowRoom } from "./flow-room.ts";
import { Relay, type RelayWay } from "./relay.ts";
import { openUdpFlow, type UdpFlow, udpKey } from "./udp.ts";

/** What a listener of a Network Load Balancer does with what comes: TCP, TLS that was ended before, and datagrams. */
export interface NetworkFront {
  /** Counts for the flows that begin from now on. */
  configure(listener: EdgeListener, balancer: EdgeBalancer): void;
  /** Takes a connection over, from its first byte after TLS. */
  connection(socket: Socket, arrival: Arrival): void;
  /** Takes over what comes to a bound socket. `admits`: whether a client's address may (security groups). */
  datagrams(socket: UdpSocket, admits?: (address: string) => boolean): void;
  /** Flows that go on. */
  readonly flows: number;
  /** Ends all of them: connections are reset. */
  close(): void;
}

export interface NetworkFrontDeps {
  readonly targets: Targets;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Where all fronts of the process have their flows of datagrams. */
  readonly flowRoom: FlowRoom;
  readonly meter?: ((protocol: "TCP" | "TLS" | "UDP") => FlowMeter) | undefined;
  readonly onFlowEnd?: ((end: FlowEnd) => void) | undefined;
  readonly onError: (what: string, error: unknown) => void;
}

export function networkFront(deps: NetworkFrontDeps): NetworkFront {
  const { clock, timers, targets, flowRoom: room } = deps;
  const relays = new Set<Relay>();
  /** Those that were silent longest come first. */
  const udpFlows = new Map<string, UdpFlow>();
  const meters = new Map<string, FlowMeter>();
  let forwarding: Forwarding | undefined;
  let protocol: EdgeListener["protocol"] = "TCP";
  let policy = targetPolicy(undefined);
  let idle: Millis = TCP_IDLE;
  /** Seconds since this front began: cheaper to note at every piece than the time. */
  let tick = 0;
  let ticking = false;
  const now = (): number => tick;

  const tickOn = (): void => {
    tick += 1;
    const silentTcp = tick - idle / SECOND;
    for (const relay of relays) if (relay.active <= silentTcp) relay.end("elb");
    for (const flow of udpFlows.values()) {
      if (flow.active > tick - UDP_IDLE / SECOND) break;
      flow.end();
    }
    ticking = relays.size + udpFlows.size > 0;
    if (ticking) timers.after(SECOND, tickOn);
  };
  const watch = (): void => {
    if (ticking) return;
    ticking = true;
    timers.after(SECOND, tickOn);
  };
  const meterOf = (kind: "TCP" | "TLS" | "UDP"): FlowMeter | undefined => {
    const known = meters.get(kind) ?? deps.meter?.(kind);
    if (known) meters.set(kind, known);
    return known;
  };
  const choose = (kind: string, arrival: Arrival): Lease | undefined => {
    const { address, port, localAddress, localPort } = arrival;
    return forwarding?.chooseFlow({
      source: address,
      flow: `${kind} ${address} ${port} ${localAddress} ${localPort}`,
    });
  };
  const tell = (
    flow: { readonly arrival: Arrival; readonly received: number; readonly sent: number; readonly lease?: Lease },
    targetProtocol: string | undefined,
    reason: Reset,
  ): void => {
    deps.onFlowEnd?.({
      arrival: flow.arrival,
      endedAt: clock.now().getTime(),
      received: flow.received,
      sent: flow.sent,
      target: flow.lease?.target,
      targetProtocol,
      reset: reason,
    });
  };
  const relayDeps = {
    timers,
    onEnd(relay: Relay, reason: Reset): void {
      relays.delete(relay);
      tell(relay, relay.targetProtocol, reason);
    },
  };
  const wayOf = ({ group }: Lease): RelayWay => ({
    secureContext: group.protocol === "TLS" ? targetContext(policy) : undefined,
    proxyProtocol: group.attributes["proxy_protocol_v2.enabled"] === "true",
  });

  const receive = (listener: UdpSocket, datagram: Buffer, from: RemoteInfo): void => {
    const key = udpKey(from);
    const flow = udpFlows.get(key) ?? openFlow(listener, key, from);
    if (!flow) return;
    if (flow.active !== tick) {
      udpFlows.delete(key);
      udpFlows.set(key, flow);
      room.heard(flow);
    }
    flow.send(datagram);
  };
  const openFlow = (listener: UdpSocket, key: string, { address, port }: RemoteInfo): UdpFlow | undefined => {
    const local = listener.address();
    const at = clock.now().getTime();
    const arrival: Arrival = { address, port, localAddress: local.address, localPort: local.port, at };
    const lease = choose("UDP", arrival);
    if (!lease) {
      meterOf("UDP")?.rejected();
      return undefined;
    }
    const flow = openUdpFlow({
      key,
      arrival,
      lease,
      listener,
      metering: meterOf("UDP")?.opened(),
      now,
      onEnd(ended) {
        room.leave(ended);
        if (udpFlows.get(key) === ended) udpFlows.delete(key);
        tell(ended, undefined, undefined);
      },
    });
    room.enter(flow);
    udpFlows.set(key, flow);
    watch();
    return flow;
  };

  return {
    configure(listener) {
      const action = listener.defaultRule.actions.at(-1);
      forwarding = action?.type === "forward" ? targets.forwarding(action) : undefined;
      protocol = listener.protocol;
      policy = targetPolicy(listener.sslPolicy);
      idle = Number(listener.attributes["tcp.idle_timeout.seconds"] ?? TCP_IDLE / SECOND) * SECOND;
    },
    connection(socket, arrival) {
      const meter = meterOf(protocol === "TLS" ? "TLS" : "TCP");
      const lease = choose("TCP", arrival);
      if (!lease) {
        meter?.rejected();
        reset(socket, arrival.transport);
        return tell({ arrival, received: 0, sent: 0 }, undefined, "elb");
      }
      const relay = new Relay(socket, arrival, lease, wayOf(lease), { now, metering: meter?.opened() }, relayDeps);
      if (!socket.destroyed) relays.add(relay);
      watch();
    },
    datagrams(socket, admits = () => true) {
      socket.on("message", (datagram, from) => {
        if (!admits(from.address)) return meterOf("UDP")?.rejected();
        receive(socket, datagram, from);
      });
      socket.on("error", (error) => deps.onError("a listener for datagrams failed", error));
    },
    get flows() {
      return relays.size + udpFlows.size;
    },
    close() {
      for (const relay of relays) relay.end("elb");
      for (const flow of udpFlows.values()) flow.end();
    },
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout */
const TCP_IDLE: Millis = 350 * SECOND;
const UDP_IDLE: Millis = 120 * SECOND;
