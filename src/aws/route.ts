import type { Call } from "./call.ts";
import type { Facts } from "./facts.ts";
import type { Asked, ProtocolName } from "./protocols/protocol.ts";
import { readForm } from "./query-tree.ts";
import type { MountedService, OperationModel } from "./service.ts";

/** What a request asks for, before anything is believed. What is undefined is not here. */
export interface Route extends Omit<Asked, "call"> {
  readonly protocol: ProtocolName;
  readonly service: MountedService | undefined;
  readonly operation: OperationModel | undefined;
}

/** Finds which operation of which service a request is for, and in which protocol it speaks. */
export type Router = (call: Call, scope: string | undefined) => Route;

/**
 * The protocol is chosen for each request, not for each service: CloudWatch is spoken to in JSON, CBOR and query by
 * clients of different years. `scope` is the service that the signature names.
 */
export function router(services: readonly MountedService[]): Router {
  const byTarget = new Map(services.map((service) => [service.facts.target, service]));
  const byScope = Map.groupBy(services, ({ facts }) => facts.scope);
  const restRoutes = services.flatMap(restRoutesOf).sort((a, b) => b.weight - a.weight);

  const rpc = (protocol: ProtocolName, call: Call, target: string | undefined, name: string | undefined): Route => {
    const service = byTarget.get(target ?? "");
    const operation = call.method === "POST" ? service?.operations.get(name ?? "") : undefined;
    return { protocol, service, operation, labels: {}, form: NO_FORM };
  };
  const query = (form: URLSearchParams, scope: string | undefined): Route => {
    const versions = services.filter(({ facts }) => facts.version === form.get("Version"));
    const service = versions.find(({ facts }) => facts.scope === scope) ?? versions[0];
    const operation = service?.operations.get(form.get("Action") ?? "");
    return { protocol: service?.facts.ec2 ? "ec2Query" : "awsQuery", service, operation, labels: {}, form };
  };
  const rest = (call: Call, scope: string | undefined): Route => {
    // The path of another service is found too: its scope is then what the signature is refused for.
    for (const wanted of [scope, undefined]) {
      for (const { service, protocol, operation, matches } of restRoutes) {
        const labels = wanted === undefined || wanted === service.facts.scope ? matches(call) : undefined;
        if (labels) return { protocol, service, operation, labels, form: NO_FORM };
      }
    }
    const [service] = byScope.get(scope ?? "") ?? [];
    return { protocol: ownProtocol(service?.facts), service, operation: undefined, labels: {}, form: NO_FORM };
  };

  return (call, scope) => {
    const { headers } = call;
    if (headers["smithy-protocol"] === "rpc-v2-cbor") {
      const [, target, name] = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(call.path) ?? [];
      return rpc("rpcV2Cbor", call, target, name);
    }
    if (headers["x-amz-target"] !== undefined) {
      // CloudTrail's older clients put its package before its name.
      const [target, name] = headers["x-amz-target"].split(".").slice(-2);
      return rpc(isType(call, "application/x-amz-json-1.0") ? "awsJson1_0" : "awsJson1_1", call, target, name);
    }
    // A path that is signed says more than a content type that need not be: what it names is no form.
    const named = call.path === "/" ? undefined : rest(call, scope);
    const form = named?.operation ? undefined : formOf(call);
    return form ? query(form, scope) : (named ?? rest(call, scope));
  };
}

interface RestRoute {
  readonly service: MountedService;
  readonly protocol: ProtocolName;
  readonly operation: OperationModel;
  /** The more literal a route is, the sooner it is tried. */
  readonly weight: number;
  /** The labels of a call that it matches. */
  readonly matches: (call: Call) => Readonly<Record<string, string>> | undefined;
}

function restRoutesOf(service: MountedService): readonly RestRoute[] {
  const protocol = service.facts.rest;
  return protocol ? [...service.operations.values()].flatMap((each) => restRoute(service, protocol, each) ?? []) : [];
}

/** The `http` trait says `["POST", "/2013-04-01/hostedzone/{Id}?marker", 200]`. */
function restRoute(service: MountedService, protocol: ProtocolName, operation: OperationModel): RestRoute | undefined {
  if (!operation.http) return undefined;
  const [method, uri] = operation.http;
  const [path = "", search = ""] = uri.split("?");
  const pattern = new RegExp(`^${path.replace(/\/$/, "").replace(/[.$]/g, "\\$&").replace(LABEL, labelPattern)}/?$`);
  const marks = [...new URLSearchParams(search)];
  return {
    service,
    protocol,
    operation,
    weight: marks.length * 1000 + path.replace(LABEL, "").length,
    matches(call) {
      if (call.method !== method) return undefined;
      if (!marks.every(([key, value]) => (value ? call.query.get(key) === value : call.query.has(key))))
        return undefined;
      const match = pattern.exec(call.path);
      return match ? (match.groups ?? {}) : undefined;
    },
  };
}

const labelPattern = (_: string, name: string, greedy: string): string => `(?<${name}>${greedy ? ".+" : "[^/]+"})`;

/** The parameters of a query call, in the URL or in the body, but not in both. */
function formOf(call: Call): URLSearchParams | undefined {
  if (call.method === "POST" && isType(call, "application/x-www-form-urlencoded")) {
    return readForm(call.body.toString());
  }
  return (call.method === "GET" || call.method === "POST") && call.query.has("Action") ? call.query : undefined;
}

const isType = (call: Call, type: string): boolean => call.headers["content-type"]?.startsWith(type) ?? false;

/** What a service speaks of old: how a request that names no operation is answered. */
function ownProtocol(facts: Facts | undefined): ProtocolName {
  if (facts?.ec2) return "ec2Query";
  return facts?.rest ?? (facts?.namespace === undefined ? "awsJson1_1" : "awsQuery");
}

const LABEL = /\{(\w+)(\+?)\}/g;
const NO_FORM = new URLSearchParams();
