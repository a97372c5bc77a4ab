import { ACME_PATH } from "#acme/urls.ts";
import { type AcmeEndpoint, findAcmeEndpointById } from "#store/acme-endpoints.ts";
import { account, accountOrders, newAccount } from "./accounts.ts";
import { type AcmeReply, link, resourceUrls } from "./answer.ts";
import type { AcmeContext, ServerState } from "./context.ts";
import type { ServerDeps } from "./deps.ts";
import { directory } from "./directory.ts";
import { malformed } from "./jws.ts";
import { keyChange } from "./key-change.ts";
import { KeyCache } from "./keys.ts";
import { newOrder } from "./new-order.ts";
import { openNonces } from "./nonces.ts";
import { authorization, certificate, finalize, order } from "./orders.ts";
import { Problem } from "./problem.ts";
import { awsRates, type RateKind, UNLIMITED } from "./rate-limits.ts";
import { renewalInfo } from "./renewal-info.ts";
import { revokeCert } from "./revoke.ts";
import { type AcmeRequest, readSigned, type SignedRequest, type SignerKind } from "./signed-request.ts";

export type { ServerDeps } from "./deps.ts";
export type { AcmeRequest } from "./signed-request.ts";

/** What goes out, complete. The body of an answer to HEAD is left out by whoever sends it. */
export interface AcmeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly links: readonly string[];
  readonly body: string;
}

/** What the log wants to know of a request. Nothing in it is secret. */
export interface AcmeEntry {
  readonly endpoint: string | undefined;
  readonly path: string;
  readonly status: number;
  /** The account that signed it; undefined when none did. */
  readonly account: string | undefined;
  readonly problem: string | undefined;
}

export interface AcmeServerOptions {
  readonly log: (entry: AcmeEntry) => void;
  /** Told of failures that nobody foresaw; the client hears of an internal error only. */
  readonly onError: (error: unknown) => void;
}

/**
 * The ACME server (RFC 8555, RFC 9773): every resource of every endpoint, below `/acme/<id>/`. Undefined for paths that
 * are none of its own.
 */
export function acmeServer(
  deps: ServerDeps,
  { log, onError }: AcmeServerOptions,
): (request: AcmeRequest) => Promise<AcmeAnswer | undefined> {
  const state: ServerState = {
    nonces: openNonces(deps),
    keys: new KeyCache(),
    limits: deps.acmeRateLimits ? awsRates() : UNLIMITED,
    onError,
  };
  return async (request) => {
    const [, id, resource] = PATH.exec(request.path) ?? [];
    if (id === undefined || resource === undefined) return undefined; // not below /acme/
    const seen: Seen = {};
    const answer = await answerOne(request, id, resource, { ...deps, ...state }, seen);
    log({
      path: request.path,
      status: answer.status,
      endpoint: seen.endpoint,
      account: seen.account,
      problem: seen.problem,
    });
    return answer;
  };
}

/** What became known of a request while it was answered. */
interface Seen {
  endpoint?: string;
  account?: string;
  problem?: string;
}

async function answerOne(
  request: AcmeRequest,
  id: string,
  resource: string,
  deps: ServerDeps & ServerState,
  seen: Seen,
): Promise<AcmeAnswer> {
  let endpoint: AcmeEndpoint | undefined;
  let reply: AcmeReply;
  try {
    endpoint = await findAcmeEndpointById(deps.store, id);
    if (!endpoint || endpoint.status === "DELETING") throw malformed("There is no ACME endpoint of this URL.", 404);
    if (endpoint.status !== "ACTIVE") throw malformed(`The ACME endpoint is ${endpoint.status}.`, 503);
    seen.endpoint = endpoint.arn;
    reply = await perform(request, resource, { ...deps, endpoint, urls: resourceUrls(endpoint, deps) }, seen);
  } catch (error) {
    const problem =
      error instanceof Problem ? error : new Problem("serverInternal", "Something failed here; try again.");
    if (problem !== error) deps.onError(error);
    seen.problem = `${problem.type}: ${problem.message}`;
    reply = { status: problem.status, body: problem, headers: problem.headers };
  }
  return await complete(reply, request, resource, endpoint, deps);
}

/** Every answer to a POST carries a nonce for the next one, and every answer but the directory a link to it. */
async function complete(
  { status, body, headers = {}, links = [] }: AcmeReply,
  { method }: AcmeRequest,
  resource: string,
  endpoint: AcmeEndpoint | undefined,
  deps: ServerDeps & ServerState,
): Promise<AcmeAnswer> {
  const wantsNonce = method === "POST" || resource === "new-nonce";
  const index = endpoint && resource !== "directory" ? [link(resourceUrls(endpoint, deps).directory, "index")] : [];
  return {
    status,
    headers: {
      "cache-control": "no-store",
      ...(body !== undefined && { "content-type": typeOf(body) }),
      ...(wantsNonce && { "replay-nonce": await deps.nonces.fresh() }),
      ...headers,
    },
    links: [...index, ...links],
    body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body),
  };
}

function typeOf(body: object | string): string {
  if (typeof body === "string") return "application/pem-certificate-chain";
  return body instanceof Problem ? "application/problem+json" : "application/json";
}

async function perform(request: AcmeRequest, resource: string, context: AcmeContext, seen: Seen): Promise<AcmeReply> {
  const path = resource.split("/");
  for (const { pattern, open, signed } of ROUTES) {
    const parameters = match(pattern, path);
    if (!parameters) continue;
    if (open && (request.method === "GET" || request.method === "HEAD"))
      return await open(context, parameters, request);
    if (signed && request.method === "POST") {
      const known = await readSigned(request, signed.by, context);
      if (known.account) seen.account = known.account.id;
      count(known, signed.rate, context);
      return await signed.answer(known, context, parameters);
    }
    const allow = open ? "GET, HEAD" : "POST";
    throw new Problem("malformed", `${request.method} is not for this resource: ${allow} is.`, {
      status: 405,
      headers: { allow },
    });
  }
  throw malformed("There is no such resource.", 404);
}

function count({ account: known, payload, key }: SignedRequest, rate: RateKind, { limits, clock }: AcmeContext): void {
  const wait = limits.count(known?.id ?? key.thumbprint, payload ? rate : "read", clock.now());
  if (wait === undefined) return;
  const seconds = String(Math.max(1, Math.ceil(wait / 1000)));
  throw new Problem("rateLimited", `Too many requests: wait ${seconds} s.`, { headers: { "retry-after": seconds } });
}

/** The parameters in a path; undefined when it does not have this form. `?` may be missing, at the end. */
function match(pattern: readonly string[], path: readonly string[]): readonly string[] | undefined {
  if (path.length > pattern.length) return undefined;
  const parameters: string[] = [];
  for (const [index, part] of pattern.entries()) {
    const given = path[index];
    if (given === undefined) {
      if (part !== ":?") return undefined;
    } else if (part.startsWith(":")) parameters.push(given);
    else if (part !== given) return undefined;
  }
  return parameters;
}

interface Route {
  /** `:` stands for a parameter, `:?` for one that may be missing. */
  readonly pattern: readonly string[];
  readonly open?: (
    context: AcmeContext,
    parameters: readonly string[],
    request: AcmeRequest,
  ) => AcmeReply | Promise<AcmeReply>;
  readonly signed?: {
    readonly by: SignerKind;
    readonly rate: RateKind;
    readonly answer: (
      request: SignedRequest,
      context: AcmeContext,
      parameters: readonly string[],
    ) => Promise<AcmeReply>;
  };
}

/** RFC 8555 section 7.1: the resources, and who may ask for them. */
const ROUTES: readonly Route[] = [
  { pattern: ["directory"], open: directory },
  { pattern: ["new-nonce"], open: (_, __, { method }) => ({ status: method === "HEAD" ? 200 : 204 }) },
  { pattern: ["new-account"], signed: { by: "key", rate: "write", answer: newAccount } },
  { pattern: ["new-order"], signed: { by: "account", rate: "write", answer: newOrder } },
  { pattern: ["revoke-cert"], signed: { by: "either", rate: "revoke", answer: revokeCert } },
  { pattern: ["key-change"], signed: { by: "account", rate: "write", answer: keyChange } },
  { pattern: ["account", ":"], signed: { by: "account", rate: "write", answer: account } },
  { pattern: ["account", ":", "orders", ":?"], signed: { by: "account", rate: "read", answer: accountOrders } },
  { pattern: ["order", ":"], signed: { by: "account", rate: "write", answer: order } },
  { pattern: ["order", ":", "finalize"], signed: { by: "account", rate: "finalize", answer: finalize } },
  { pattern: ["authz", ":", ":"], signed: { by: "account", rate: "write", answer: authorization } },
  { pattern: ["cert", ":", ":?"], signed: { by: "account", rate: "read", answer: certificate } },
  { pattern: ["renewal-info", ":"], open: renewalInfo },
];
const PATH = new RegExp(`^${ACME_PATH}/([^/]{0,200})/?(.{0,400})`);
