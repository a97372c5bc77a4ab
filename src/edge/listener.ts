import { createServer, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";
import { DEFAULT_TLS_POLICY, type TlsPolicy, tlsPolicy } from "#domain/tls/policies.ts";
import { challengeToken, type FindChallenge } from "#edge/control/challenges.ts";
import type { Client, Exchange } from "#edge/core/exchange.ts";
import { type ForwardDeps, forward, idleTimeout } from "#edge/core/forward.ts";
import { forwardedCount } from "#edge/core/forwarded-headers.ts";
import { httpFront } from "#edge/core/http-front.ts";
import { answerBody, answerStatus, lastWords } from "#edge/core/own-answers.ts";
import { redirectLocation } from "#edge/http/redirect.ts";
import type { Keyring } from "#edge/keys/keyring.ts";
import { forwardTcp } from "#edge/network/tcp-forward.ts";
import { stickyCookie } from "#edge/targets/stickiness.ts";
import type { Targets } from "#edge/targets/target-choice.ts";
import { type TlsFront, type TlsSettings, tlsSettings } from "#edge/tls/front.ts";
import { endWith } from "#edge/tls/tls-alert.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Bindings, Bound } from "./bind.ts";

/** One listener of a load balancer: a socket that stays open however often its configuration changes. */
export interface Listener {
  /** Resolves when it listens; rejects when it can listen nowhere. */
  readonly listening: Promise<Bound>;
  readonly config: EdgeListener;
  /** Counts from the next connection or request on. */
  configure(config: EdgeListener, balancer: EdgeBalancer): void;
  /** Takes no new connection, ends the idle ones, and the others when they have finished or after a while. */
  drain(): Promise<void>;
}

export interface ListenerDeps extends ForwardDeps {
  readonly keyring: Keyring;
  readonly targets: Targets;
  readonly findChallenge: FindChallenge;
  readonly bindings: Bindings;
  readonly tls: TlsFront;
  readonly onError: (what: string, error: unknown) => void;
}

export function openListener(config: EdgeListener, balancer: EdgeBalancer, deps: ListenerDeps): Listener {
  let current = { config, balancer };
  let tls: TlsSettings | undefined;
  const connections = new Set<Socket>();
  const serve = (exchange: Exchange): void => answer(exchange, current.config, current.balancer, deps);
  const front = httpFront((exchange) => {
    const token = challengeToken(exchange);
    if (token === undefined) return serve(exchange);
    void deps
      .findChallenge(token)
      .then((found) => (found === undefined ? serve(exchange) : answerBody(exchange, 200, "text/plain", found)));
  }, deps);

  const accept = (socket: Socket): void => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    socket.on("error", () => socket.destroy());
    if (current.config.protocol === "HTTP")
      return front.serve(socket, clientOf(socket, "http", current.config), "http/1.1");
    if (current.config.protocol === "TCP") return tunnel(socket);
    deps.tls.accept(socket, undefined, {
      settings: () => (tls ??= settingsOf(current.config, current.balancer, deps.keyring)),
      secure: acceptSecure,
      plain: answerPlainHttp,
    });
  };
  const acceptSecure = (secure: TLSSocket): void => {
    if (current.config.protocol === "TLS" || current.config.protocol === "TCP") return tunnel(secure);
    front.serve(
      secure,
      { ...clientOf(secure, "https", current.config), tls: tlsFacts(secure) },
      secure.alpnProtocol === "h2" ? "h2" : "http/1.1",
    );
  };
  const tunnel = (socket: Socket): void => {
    const { defaultRule, arn } = current.config;
    const action = defaultRule.actions.at(-1);
    const lease =
      action?.type === "forward" ? deps.targets.choose(action, arn, { address: addressOf(socket) }) : undefined;
    if (lease) forwardTcp(socket, lease, deps);
    else socket.destroy();
  };

  // A TCP client may end its side and still be answered; in TLS and HTTP that means that it is gone.
  const server = createServer({ allowHalfOpen: config.protocol === "TCP", noDelay: true }, accept);
  const place = { listenerArn: config.arn, address: balancer.address, port: config.port };
  const listening = deps.bindings.listen(server, place);
  listening.then(
    () => server.on("error", (error) => deps.onError(`${config.arn} stopped listening`, error)),
    () => {},
  );
  const configure = (newConfig: EdgeListener, newBalancer: EdgeBalancer): void => {
    current = { config: newConfig, balancer: newBalancer };
    tls = undefined;
    front.limit({
      idle: idleTimeout(newBalancer.attributes),
      life: Number(newBalancer.attributes["client_keep_alive.seconds"] ?? 3600) * SECOND,
    });
  };
  configure(config, balancer);

  return {
    listening,
    get config() {
      return current.config;
    },
    configure,
    async drain() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      front.drain();
      const cancel = deps.timers.after(DRAIN, () => {
        front.close();
        for (const connection of connections) connection.destroy();
      });
      await closed;
      cancel();
      front.close();
    },
  };
}

/** What a listener's policy name stands for. */
export function policyOf({ sslPolicy }: EdgeListener): TlsPolicy {
  const policy = tlsPolicy(sslPolicy ?? DEFAULT_TLS_POLICY) ?? tlsPolicy(DEFAULT_TLS_POLICY);
  if (!policy) throw new Error(`there is no security policy ${sslPolicy}`);
  return policy;
}

function settingsOf(config: EdgeListener, balancer: EdgeBalancer, keyring: Keyring): TlsSettings {
  return tlsSettings({
    listenerArn: config.arn,
    policy: policyOf(config),
    alpn: alpnOf(config, balancer),
    certificates: keyring.index(config.certificates),
  });
}

function answer(exchange: Exchange, config: EdgeListener, balancer: EdgeBalancer, deps: ListenerDeps): void {
  if (forwardedCount(exchange.headers) > MOST_FORWARDED) return answerStatus(exchange, 463);
  const action = config.defaultRule.actions.at(-1);
  switch (action?.type) {
    case "fixed-response":
      return answerBody(exchange, action.statusCode, `${action.contentType}; charset=utf-8`, action.body);
    case "redirect": {
      const host = (exchange.host ?? balancer.dnsName).replace(/:\d*$/, "");
      const url = { protocol: exchange.client.scheme, host, port: config.port, target: exchange.target };
      return answerStatus(exchange, action.statusCode, [["Location", redirectLocation(action, url)]]);
    }
    case "forward": {
      const visitor = { address: exchange.client.address, cookie: stickyCookie(exchange.headers) };
      const lease = deps.targets.choose(action, config.arn, visitor);
      return lease ? forward(exchange, lease, balancer, deps) : answerStatus(exchange, 503);
    }
    default:
      return answerStatus(exchange, 500);
  }
}

function clientOf(socket: Socket, scheme: "http" | "https", { port }: EdgeListener): Client {
  return { address: addressOf(socket), port: socket.remotePort ?? 0, scheme, listenerPort: port };
}

function addressOf({ remoteAddress }: Socket): string {
  return remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "") ?? "0.0.0.0";
}

function tlsFacts(secure: TLSSocket): NonNullable<Client["tls"]> {
  return { version: secure.getProtocol() ?? "", cipherSuite: secure.getCipher().standardName };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html#alpn-policies */
function alpnOf({ protocol, alpnPolicy }: EdgeListener, { attributes }: EdgeBalancer): readonly string[] {
  if (protocol === "HTTPS") return attributes["routing.http2.enabled"] === "false" ? ["http/1.1"] : ["h2", "http/1.1"];
  return ALPN[alpnPolicy ?? "None"] ?? [];
}

function answerPlainHttp(socket: Socket): void {
  endWith(socket, lastWords(400, "The plain HTTP request was sent to HTTPS port"));
}

const ALPN: Readonly<Record<string, readonly string[]>> = {
  HTTP1Only: ["http/1.1", "http/1.0"],
  HTTP2Only: ["h2"],
  HTTP2Optional: ["http/1.1", "http/1.0", "h2"],
  HTTP2Preferred: ["h2", "http/1.1", "http/1.0"],
};
const MOST_FORWARDED = 30;
const DRAIN: Millis = 5 * SECOND;
