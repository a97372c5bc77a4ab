import type { Client } from "#edge/http/exchange.ts";
import { connectionLine } from "#edge/logs/connection-line.ts";
import { flowLine } from "#edge/logs/flow-line.ts";
import { resourceId } from "#edge/logs/log-file.ts";
import type { Arrival, FlowEnd } from "#edge/network/flow.ts";
import { type Handshake, verifyStatus } from "#edge/tls/handshake.ts";

/** The line of a connection to an HTTP listener in ALB's connection log. */
export function plainConnectionLine(client: Client, at: number): string {
  return connectionLine({ at, ...client });
}

/** The line of a handshake with an HTTPS listener in ALB's connection log, however it ended. */
export function handshakeLine(client: Client, handshake: Handshake): string {
  const { startedAt, endedAt, tls, keyExchange, client: certificate, failure } = handshake;
  return connectionLine({
    at: endedAt,
    address: client.address,
    port: client.port,
    listenerPort: client.listenerPort,
    protocol: tls?.version,
    cipher: tls?.cipher,
    handshake: failure ? undefined : endedAt - startedAt,
    group: keyExchange,
    certificate,
    failure: failure && verifyStatus(handshake).slice("Failed:".length),
    connectionId: client.connectionId,
  });
}

/** The line of a flow through a TLS listener in NLB's access log. */
export function endedFlowLine(loadBalancerArn: string, listenerArn: string, end: FlowEnd): string {
  return tlsFlowLine(loadBalancerArn, listenerArn, end.arrival, end);
}

/** The line of a handshake that did not succeed in NLB's access log. */
export function failedFlowLine(loadBalancerArn: string, listenerArn: string, arrival: Arrival, at: number): string {
  return tlsFlowLine(loadBalancerArn, listenerArn, arrival, {
    endedAt: at,
    received: 0,
    sent: 0,
    targetProtocol: undefined,
  });
}

function tlsFlowLine(
  loadBalancerArn: string,
  listenerArn: string,
  { address, port, localAddress, localPort, at, tls, handshake }: Arrival,
  { endedAt, received, sent, targetProtocol }: Pick<FlowEnd, "endedAt" | "received" | "sent" | "targetProtocol">,
): string {
  const failed = handshake?.failure !== undefined;
  return flowLine(resourceId(loadBalancerArn), {
    endedAt,
    beganAt: at,
    listenerId: listenerArn.slice(listenerArn.lastIndexOf("/") + 1),
    address,
    port,
    localAddress,
    localPort,
    handshake: handshake && !failed ? handshake.endedAt - handshake.startedAt : undefined,
    received,
    sent,
    alert: handshake?.failure?.alert,
    certificateArn: handshake?.certificate?.arn,
    cipher: tls?.cipher,
    protocol: tls?.version,
    group: handshake?.keyExchange,
    serverName: handshake?.hello?.serverName,
    alpn: handshake?.protocol,
    targetAlpn: targetProtocol,
    offered: handshake?.hello?.protocols,
  });
}
