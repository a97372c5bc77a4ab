import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { ServerOptions } from "node:https";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import type { Call, Reply } from "#aws/call.ts";
import { type CallEntry, gateway } from "#aws/gateway.ts";
import { type HttpServerDeps, httpServer } from "#aws/http-server.ts";
import type { AuditTrail } from "#aws/record.ts";
import { AwsError, mount } from "#aws/service.ts";
import type { Authenticate } from "#aws/sigv4/authenticate.ts";
import { fleetAuthority } from "#ca/fleet/authority.ts";
import { issueControlIdentity } from "#ca/fleet/identities.ts";
import { challengePage } from "#ca/upstream/challenge-page.ts";
import { edgeOfHostName, JOIN_PATH } from "#domain/fleet/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type JoinRequest, joinFleet } from "#fleet/join.ts";
import { isRemoved, mayCallHere } from "#identity/edge-members.ts";
import { DAY } from "#lib/duration.ts";
import { object, optional, text } from "#lib/shape.ts";
import { kms } from "#services/kms/index.ts";
import { sts } from "#services/sts/index.ts";
import type { HostPort } from "./addresses.ts";
import type { Logger } from "./log.ts";
import type { World } from "./world.ts";

export interface FleetDoorDeps {
  readonly world: World;
  readonly log: Logger;
  readonly authenticate: Authenticate;
  readonly audit: AuditTrail;
  readonly onCall: (entry: CallEntry) => void;
  /** Takes an edge's link over; `authenticate` is to be asked who it is. */
  readonly accept: (request: IncomingMessage, socket: Duplex, head: Buffer, authenticate: Authenticate) => void;
}

export interface FleetDoor {
  readonly address: HostPort;
  stop(): Promise<void>;
}

/**
 * Opens the port of edges on other machines; undefined where none is configured. They join there without a certificate,
 * and do everything else with theirs: it must be of the edge that signs. Nobody else is served.
 */
export async function openFleetDoor(
  at: HostPort | undefined,
  { world, log, authenticate, audit, onCall, accept }: FleetDoorDeps,
): Promise<FleetDoor | undefined> {
  if (!at) return undefined;
  const authority = await fleetAuthority(world);
  const authenticateEdge: Authenticate = async (call, claim, scope) => {
    const edge = edgeOfHostName(call.clientName ?? "");
    if (edge !== undefined && !(claim instanceof AwsError) && (await isRemoved(world.store, edge, claim.accessKeyId))) {
      throw new RemovedEdge(edge);
    }
    const principal = await authenticate(call, claim, scope);
    if (await mayCallHere(principal, { fleetPort: true, clientName: call.clientName }, world)) return principal;
    throw notHere("This port is for edges that joined, with the certificate that they got.");
  };
  /** Gives `use` a fresh identity of the control plane; its key is wiped afterwards. */
  const withIdentity = <T>(use: (options: ServerOptions) => T): T => {
    using identity = issueControlIdentity(authority, world);
    return use({
      cert: identity.chain,
      key: identity.privateKey.bytes,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false, // those who join have none yet
      minVersion: "TLSv1.3",
    });
  };
  const deps: HttpServerDeps = {
    answer: gateway([mount(kms, world), mount(sts, world)], {
      authenticate: authenticateEdge,
      ids: world.ids,
      audit,
      log: onCall,
    }),
    pages: [(call) => joinPage(call, world, log), (call) => challengePage(call, world)],
    upgrade: (request, socket, head) => accept(request, socket, head, authenticateEdge),
    ids: world.ids,
    onError: (error, requestId) => log.error({ err: error, requestId }, "a request broke the fleet's port"),
  };
  const { server, stop } = withIdentity((options) => httpServer(deps, options));
  const renewal = setInterval(() => {
    if (server instanceof TlsServer) withIdentity((options) => server.setSecureContext(options));
  }, 7 * DAY).unref();
  server.listen(at.port, at.host);
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the fleet's port has no address");
  return {
    address: { host: bound.address, port: bound.port },
    stop() {
      clearInterval(renewal);
      return stop();
    },
  };
}

/** Who signs as an edge that joined is served on the fleet's port only, where it shows its certificate as well. */
export function notOfTheFleet(authenticate: Authenticate, world: Pick<World, "store">): Authenticate {
  return async (call, claim, scope) => {
    const principal = await authenticate(call, claim, scope);
    if (await mayCallHere(principal, { fleetPort: false, clientName: undefined }, world)) return principal;
    throw notHere("An edge that joined is served on the fleet's port only.");
  };
}

/** Whoever calls was an edge once, as its certificate proves, and is one no longer. */
export class RemovedEdge extends AwsError {
  constructor(edge: string) {
    super("AccessDeniedException", `The edge ${edge} was removed.`);
  }
}

async function joinPage(call: Call, world: World, log: Logger): Promise<Reply | undefined> {
  if (call.path !== JOIN_PATH) return undefined;
  if (call.method !== "POST") return json(405, { message: "POST only" });
  const asked = parse(call.body.toString());
  if (!asked) return json(400, { message: "This is no request to join the fleet." });
  const { token, name, ...rest } = asked;
  try {
    const joined = await joinFleet({ zone: undefined, addresses: undefined, ...rest, edge: name, token }, world);
    log.warn({ edge: joined.edge, zone: joined.zone, from: call.remoteAddress }, "an edge joined");
    return json(200, joined);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.warn({ err: error, from: call.remoteAddress }, "an edge was not let in");
    return json(403, { code: error.code, message: error.message });
  }
}

function parse(body: string): Asked | undefined {
  try {
    const asked: unknown = JSON.parse(body);
    return ASKED(asked) ? (asked as Asked) : undefined;
  } catch {
    return undefined;
  }
}

function json(status: number, body: object): Reply {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify(body) };
}

function notHere(message: string): AwsError {
  return new AwsError("AccessDeniedException", message);
}

interface Asked extends Pick<JoinRequest, "token" | "request"> {
  readonly name?: string;
  readonly zone?: string;
  readonly addresses?: string;
}
const short = text(64);
const ASKED = object({
  token: object({ id: short, secret: short }),
  request: text(8192),
  name: optional(short),
  zone: optional(short),
  addresses: optional(short),
});
