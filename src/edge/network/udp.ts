import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { FlowMetering } from "#edge/metrics/flows.ts";
import type { Lease } from "#edge/targets/targets.ts";
import type { Arrival } from "./flow.ts";

/** A flow of datagrams: what comes from one address and port of a client, and the answers to it. */
export interface UdpFlow {
  readonly key: string;
  readonly arrival: Arrival;
  readonly lease: Lease;
  received: number;
  sent: number;
  active: number;
  send(datagram: Buffer): void;
  end(): void;
}

export interface UdpFlowParts {
  readonly key: string;
  readonly arrival: Arrival;
  readonly lease: Lease;
  /** The listener's: answers go to the client from its address. */
  readonly listener: Socket;
  readonly metering: FlowMetering | undefined;
  readonly now: () => number;
  readonly onEnd: (flow: UdpFlow) => void;
}

/** Opens a flow to its target, with a socket of its own, so that the target tells flows from each other by their ports. */
export function openUdpFlow({ key, arrival, lease, listener, metering, now, onEnd }: UdpFlowParts): UdpFlow {
  const { address, port } = lease.target;
  const socket = createSocket({ type: isIPv6(address) ? "udp6" : "udp4", lookup });
  let over = false;
  let connected = false;
  const waiting: Buffer[] = [];
  const flow: UdpFlow = {
    key,
    arrival,
    lease,
    received: 0,
    sent: 0,
    active: now(),
    send(datagram) {
      if (over) return;
      flow.active = now();
      flow.received += datagram.length;
      metering?.processed(datagram.length);
      if (connected) socket.send(datagram);
      else if (waiting.length < MOST_WAITING) waiting.push(datagram);
    },
    end() {
      if (over) return;
      over = true;
      lease.release();
      socket.close();
      metering?.ended();
      onEnd(flow);
    },
  };
  socket.on("message", (datagram) => {
    flow.active = now();
    flow.sent += datagram.length;
    metering?.processed(datagram.length);
    try {
      listener.send(datagram, arrival.port, arrival.address);
    } catch {
      flow.end(); // the listener is closed
    }
  });
  // A target that nobody listens at says so by ICMP; the flow stays, as datagrams may be lost at any time. A socket that
  // could not be bound or connected never sends: its flow ends, as soon as whoever opens it knows of it.
  socket.on("error", () => {
    if (!connected) process.nextTick(() => flow.end());
  });
  // Node hands the error to this listener, though its types do not say so.
  socket.connect(port, address, (error?: Error) => {
    if (error) return flow.end();
    if (over) return;
    connected = true;
    for (const datagram of waiting.splice(0)) socket.send(datagram);
  });
  lease.onEnd(() => flow.end());
  return flow;
}

/** Names a flow: datagrams of one client's port to one listener. */
export function udpKey({ address, port }: Pick<RemoteInfo, "address" | "port">): string {
  return `${address} ${port}`;
}

/** Targets are addresses: there is nothing to look up. */
function lookup(
  host: string,
  _: unknown,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  found(null, host, isIPv6(host) ? 6 : 4);
}

const MOST_WAITING = 16;
