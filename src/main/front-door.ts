import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { ServerOptions } from "node:https";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import type { Reply } from "#aws/call.ts";
import { type CallEntry, gateway } from "#aws/gateway.ts";
import { type HttpServerDeps, httpServer, type Pages } from "#aws/http-server.ts";
import type { AuditTrail } from "#aws/record.ts";
import { requestRates } from "#aws/request-rates.ts";
import type { Authenticate } from "#aws/sigv4/authenticate.ts";
import { caPages } from "#ca/pages.ts";
import { privateCaPages } from "#ca/private/pages.ts";
import { issueServerCertificate } from "#ca/server-certificate.ts";
import { challengePage } from "#ca/upstream/challenge-page.ts";
import { DAY } from "#lib/duration.ts";
import { acmeInClear, acmeSite } from "./acme-site.ts";
import { type HostPort, isLoopback } from "./addresses.ts";
import { approvalPages, approvalsInClear } from "./approval-pages.ts";
import type { Config } from "./config.ts";
import { journalPages } from "./journal-pages.ts";
import type { Logger } from "./log.ts";
import { onePort } from "./one-port.ts";
import { mountServices } from "./services.ts";
import { tokenPage } from "./token-page.ts";
import { trustStorePages } from "./trust-store-pages.ts";
import type { World } from "./world.ts";

export interface FrontDoorDeps {
  readonly world: World;
  readonly log: Logger;
  readonly authenticate: Authenticate;
  readonly audit: AuditTrail;
  readonly onCall: (entry: CallEntry) => void;
  readonly pages: Pages;
  /** Told that something other than an API call promised work. */
  readonly onPromise: () => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface FrontDoor {
  readonly address: HostPort;
  /** Takes nothing new, finishes what runs. */
  stop(): Promise<void>;
}

/** Opens the one port: every AWS API, the CA's pages, the operator's pages and the edges' link, over HTTP and HTTPS. */
export async function openFrontDoor(config: Config, deps: FrontDoorDeps): Promise<FrontDoor> {
  const { world, log, authenticate, audit, onCall } = deps;
  const secure: HttpServerDeps = {
    answer: gateway(mountServices(world), {
      authenticate,
      ids: world.ids,
      audit,
      log: onCall,
      throttle: config["request-rates"] === "as-aws" ? requestRates(world.clock) : undefined,
    }),
    pages: [
      caSite(world),
      privateCaSite(world),
      acmeSite(world, log),
      (call) => challengePage(call, world),
      tokenPage(world),
      trustStorePages(world),
      journalPages(world),
      approvalPages({ ...world, onAnswer: deps.onPromise }),
      deps.pages,
    ],
    upgrade: deps.upgrade,
    ids: world.ids,
    bodyLimit: config["body-limit"],
    onError: (error, requestId) => log.error({ err: error, requestId }, "a request broke the front door"),
  };
  const http = httpServer(clearOnlyHere(secure));
  const https = await withCertificate(config, world, (certificate) => httpServer(secure, certificate));
  const renewal = setInterval(() => {
    withCertificate(config, world, (certificate) => {
      if (https.server instanceof TlsServer) https.server.setSecureContext(certificate);
    }).catch((error: unknown) => log.error(error, "the certificate of the front door could not be renewed"));
  }, 7 * DAY).unref();

  const port = onePort(http.server, https.server);
  port.listen(config.listen.port, config.listen.host);
  await once(port, "listening");
  const bound = port.address();
  if (bound === null || typeof bound === "string") throw new Error("the port has no address");
  return {
    address: { host: bound.address, port: bound.port },
    async stop() {
      clearInterval(renewal);
      port.close();
      await Promise.all([http.stop(), https.stop()]);
    },
  };
}

/**
 * Clear HTTP is for this machine; from elsewhere it serves the pages that must be fetched in clear (certificates, CRLs
 * and OCSP answers are signed themselves), and nothing else that is a secret.
 */
function clearOnlyHere(secure: HttpServerDeps): HttpServerDeps {
  return {
    ...secure,
    pages: [acmeInClear, approvalsInClear, ...(secure.pages ?? [])],
    answer: (call) => (isLoopback(call.remoteAddress) ? secure.answer(call) : Promise.resolve(HTTPS_ONLY)),
    upgrade: (request, socket, head) => {
      if (isLoopback(request.socket.remoteAddress ?? "")) secure.upgrade?.(request, socket, head);
      else socket.destroy();
    },
  };
}

/** Gives `use` a fresh certificate of the own CA for wherever the port is reached; its key is wiped afterwards. */
async function withCertificate<T>(config: Config, world: World, use: (certificate: ServerOptions) => T): Promise<T> {
  const { hostname } = new URL(config["public-url"]);
  const names = new Set(["localhost", "127.0.0.1", "::1", config.listen.host, hostname.replace(/^\[|\]$/g, "")]);
  for (const wildcard of ["0.0.0.0", "::"]) names.delete(wildcard);
  using certificate = await issueServerCertificate({ names: [...names] }, world);
  return use({ cert: certificate.chain, key: certificate.privateKey.bytes });
}

function caSite(world: World): Pages {
  const page = caPages(world);
  return ({ method, path, body, headers }) => page(method, path, body, headers["if-none-match"]);
}

function privateCaSite(world: World): Pages {
  const page = privateCaPages(world);
  return ({ method, path }) => page(method, path);
}

const HTTPS_ONLY: Reply = {
  status: 403,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "From other machines this port is HTTPS only; its root is at /ca/root.pem.\n",
};
