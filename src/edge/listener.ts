import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";
import { DEFAULT_TLS_POLICY, type TlsPolicy, tlsPolicy } from "#domain/tls/policies.ts";
import { type ApplicationFront, applicationFront } from "#edge/application/front.ts";
import type { ConnectionSettings, HttpConnection } from "#edge/http/connection.ts";
import type { DesyncMode } from "#edge/http/desync.ts";
import type { Client, ClientTls } from "#edge/http/exchange.ts";
import { lastWords } from "#edge/http/own-answers.ts";
import { serveHttp1 } from "#edge/http1/server-connection.ts";
import { serveHttp2 } from "#edge/http2/server-connection.ts";
import type { ContextUse } from "#edge/keys/keyring-entry.ts";
import { type Arrival, arrivalOf } from "#edge/network/flow.ts";
import { type NetworkFront, networkFront } from "#edge/network/front.ts";
import { type TlsListener, type TlsSettings, tlsSettings } from "#edge/tls/front.ts";
import type { Handshake } from "#edge/tls/handshake.ts";
import { mutualTls } from "#edge/tls/mutual.ts";
import { endWith } from "#edge/tls/tls-alert.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { alpnOf } from "./alpn.ts";
import { type Bound, bindDatagrams } from "./bind.ts";
import { endedFlowLine, failedFlowLine, handshakeLine, plainConnectionLine } from "./connection-records.ts";
import { compileIngress, type Ingress } from "./ingress.ts";
import type { ListenerParts } from "./parts.ts";

/** One listener of a load balancer: a socket that stays open however often its configuration changes. */
export interface Listener {
  /** Resolves when it listens; rejects when it can listen nowhere. */
  readonly listening: Promise<Bound>;
  readonly config: EdgeListener;
  /** What its contexts are made for; undefined where it ends no TLS. */
  readonly use: ContextUse | undefined;
  /** Counts from the next connection or request on. */
  configure(config: EdgeListener, balancer: EdgeBalancer): void;
  /** A trust store changed. */
  refresh(): void;
  /** Takes no new connection, ends the idle ones (see `HttpConnection`), and the others when they have finished or after a while. */
  drain(patience?: Millis): Promise<void>;
}

/** Its sockets are bound by protocol and port, which never change: a listener with others is another listener. */
export function openListener(config: EdgeListener, balancer: EdgeBalancer, parts: ListenerParts): Listener {
  return new OpenListener(config, balancer, parts);
}

class OpenListener implements Listener {
  config: EdgeListener;
  readonly listening: Promise<Bound>;
  #balancer: EdgeBalancer;
  #admits: Ingress;
  #tls: TlsSettings | undefined;
  #http: ConnectionSettings;
  readonly #parts: ListenerParts;
  readonly #application: ApplicationFront | undefined;
  readonly #network: NetworkFront | undefined;
  readonly #server: Server;
  readonly #datagrams: UdpSocket | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<HttpConnection>();

  constructor(config: EdgeListener, balancer: EdgeBalancer, parts: ListenerParts) {
    this.config = config;
    this.#balancer = balancer;
    this.#parts = parts;
    this.#admits = compileIngress(balancer.ingress);
    this.#http = connectionSettings(balancer);
    if (balancer.type === "application") this.#application = applicationFront(parts);
    else this.#network = networkFront({ ...parts, meter: parts.flows, onFlowEnd: (end) => this.#flowEnded(end) });
    this.configure(config, balancer);

    const { address } = balancer;
    const place = { listenerArn: config.arn, address, port: config.port };
    // A client that has said all may still be answered; in TLS the end of what it says means that it is gone.
    const halfOpen = !isSecure(config);
    this.#server = createServer({ allowHalfOpen: halfOpen, noDelay: true, pauseOnConnect: false }, this.#accept);
    this.#datagrams = isDatagram(config) ? createSocket({ type: "udp4", reusePort: true }) : undefined;
    this.listening = config.protocol === "UDP" ? this.#bindDatagrams(place) : this.#listen(place);
    this.listening.catch(() => {});
  }

  get use(): ContextUse | undefined {
    return isSecure(this.config) ? this.#settings().use : undefined;
  }

  configure(config: EdgeListener, balancer: EdgeBalancer): void {
    this.config = config;
    this.#balancer = balancer;
    this.#admits = compileIngress(balancer.ingress);
    this.#http = connectionSettings(balancer);
    this.#tls = undefined;
    this.#application?.configure(config, balancer);
    this.#network?.configure(config, balancer);
  }

  refresh(): void {
    this.#tls = undefined;
  }

  async drain(patience: Millis = 0): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.drain(patience);
    const cancel = this.#parts.timers.after(DRAIN, () => {
      for (const connection of this.#connections) connection.destroy();
      this.#network?.close();
      for (const socket of this.#sockets) socket.destroy();
    });
    await closed;
    cancel();
    this.#network?.close();
    this.#datagrams?.close();
    this.#application?.close();
  }

  async #listen(place: { listenerArn: string; address: string; port: number }): Promise<Bound> {
    const { bindings, onError } = this.#parts;
    const at = await bindings.listen(this.#server, place);
    this.#server.on("error", (error) => onError(`${place.listenerArn} stopped listening`, error));
    if (this.#datagrams) await this.#bindDatagrams({ ...at, listenerArn: place.listenerArn });
    return at;
  }

  async #bindDatagrams(place: { listenerArn: string; address: string; port: number }): Promise<Bound> {
    const socket = this.#datagrams;
    if (!socket) throw new Error(`${place.listenerArn} takes no datagrams`);
    const at = await bindDatagrams(socket, this.#parts.attempts(place.address, place.port));
    this.#network?.datagrams(socket, (address) => this.#admits(address, this.config.port, "udp"));
    return at;
  }

  readonly #accept = (socket: Socket): void => {
    const at = this.#parts.clock.now().getTime();
    const arrival = arrivalOf(socket, at);
    if (!arrival) return void socket.destroy();
    if (!this.#admits(arrival.address, this.config.port, "tcp")) return this.#turnAway(socket);
    this.#sockets.add(socket);
    const gone = this.#application ? this.#parts.connections.opened() : undefined;
    socket.once("close", () => {
      this.#sockets.delete(socket);
      gone?.();
    });
    socket.on("error", () => socket.destroy());
    switch (this.config.protocol) {
      case "HTTP": {
        const client = this.#client(arrival, "http");
        if (this.#parts.connectionLog.enabled) this.#parts.connectionLog.write(plainConnectionLine(client, at));
        return this.#serve(socket, client, false);
      }
      case "HTTPS":
      case "TLS":
        return this.#parts.tls.accept(
          socket,
          { arrival, socket, client: undefined, handshake: undefined },
          this.#tlsListener,
        );
      default:
        this.#network?.connection(socket, arrival);
    }
  };

  /** As a security group does: without a word. */
  #turnAway(socket: Socket): void {
    if (this.#application) this.#parts.connections.rejected();
    else this.#parts.flows("TCP").rejected();
    socket.on("error", () => {});
    socket.resetAndDestroy();
  }

  readonly #tlsListener: TlsListener<TlsVisit> = {
    settings: () => this.#settings(),
    onHandshake: (handshake, visit) => this.#shaken(handshake, visit),
    secure: (secure, tls, visit) => this.#secured(secure, tls, visit),
    plain: (socket) =>
      endWith(socket, lastWords(400, "The plain HTTP request was sent to HTTPS port"), this.#parts.timers),
  };

  #shaken(handshake: Handshake, visit: TlsVisit): void {
    visit.handshake = handshake;
    const { accessLog, connectionLog, connections, flows, clock } = this.#parts;
    const failed = handshake.failure?.kind === "negotiation";
    if (this.#application) {
      visit.client = this.#client(visit.arrival, "https");
      if (failed) connections.tlsFailed();
      if (connectionLog.enabled) connectionLog.write(handshakeLine(visit.client, handshake));
      return;
    }
    if (failed) flows("TLS").tlsFailed();
    if (handshake.failure && accessLog.enabled) {
      const arrival = { ...visit.arrival, tls: handshake.tls, handshake };
      accessLog.write(failedFlowLine(this.#balancer.arn, this.config.arn, arrival, clock.now().getTime()));
    }
  }

  #secured(secure: TLSSocket, tls: ClientTls, { arrival, socket, client, handshake }: TlsVisit): void {
    if (this.#network) return this.#network.connection(secure, { ...arrival, tls, handshake, transport: socket });
    if (client) this.#serve(secure, { ...client, tls }, secure.alpnProtocol === "h2");
  }

  #serve(socket: Socket, client: Client, http2: boolean): void {
    if (!this.#application) return void socket.destroy();
    const serve = http2 ? serveHttp2 : serveHttp1;
    const connection = serve(socket, client, () => this.#http, this.#application, this.#parts);
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }

  #client({ address, port, localAddress, localPort }: Arrival, scheme: "http" | "https"): Client {
    const listenerPort = this.config.port;
    const connectionId = `TID_${this.#parts.ids.hex(16)}`;
    return { address, port, localAddress, localPort, scheme, listenerPort, connectionId };
  }

  #flowEnded(end: Parameters<typeof endedFlowLine>[2]): void {
    const { accessLog } = this.#parts;
    if (this.config.protocol !== "TLS" || !accessLog.enabled) return;
    accessLog.write(endedFlowLine(this.#balancer.arn, this.config.arn, end));
  }

  #settings(): TlsSettings {
    this.#tls ??= tlsSettings({
      listenerArn: this.config.arn,
      policy: policyOf(this.config),
      alpn: alpnOf(this.config, this.#balancer),
      certificates: this.#parts.keyring.index(this.config.certificates),
      mutual: this.config.mutualAuthentication && mutualTls(this.config.mutualAuthentication, this.#parts.trust),
    });
    return this.#tls;
  }
}

/** What is known of a TLS client on its way. */
interface TlsVisit {
  readonly arrival: Arrival;
  /** Beneath TLS. */
  readonly socket: Socket;
  client: Client | undefined;
  handshake: Handshake | undefined;
}

function connectionSettings({ attributes }: EdgeBalancer): ConnectionSettings {
  return {
    idle: Number(attributes["idle_timeout.timeout_seconds"] ?? 60) * SECOND,
    life: Number(attributes["client_keep_alive.seconds"] ?? 3600) * SECOND,
    desync: (attributes["routing.http.desync_mitigation_mode"] ?? "defensive") as DesyncMode,
  };
}

function policyOf({ sslPolicy }: EdgeListener): TlsPolicy {
  const policy = tlsPolicy(sslPolicy ?? DEFAULT_TLS_POLICY) ?? tlsPolicy(DEFAULT_TLS_POLICY);
  if (!policy) throw new Error(`there is no security policy ${sslPolicy}`);
  return policy;
}

function isSecure({ protocol }: EdgeListener): boolean {
  return protocol === "HTTPS" || protocol === "TLS";
}

function isDatagram({ protocol }: EdgeListener): boolean {
  return protocol === "UDP" || protocol === "TCP_UDP";
}

const DRAIN: Millis = 5 * SECOND;
