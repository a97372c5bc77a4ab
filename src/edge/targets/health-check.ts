import { type ClientRequest, type RequestOptions, request as requestHttp } from "node:http";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";
import type { EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import { SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type Failure, matches } from "./health.ts";
import { targetContext } from "./target-tls.ts";

/** What one look at a target showed. */
export interface CheckOutcome {
  /** Undefined when it is well. */
  readonly failure: Failure | undefined;
  /** HTTP's, or gRPC's where that is spoken; undefined when it said none. */
  readonly code: number | undefined;
}

/** Looks at a target once. Never rejects. */
export async function checkTarget(
  group: EdgeTargetGroup,
  target: EdgeTarget,
  { timers }: { readonly timers: Timers },
): Promise<CheckOutcome> {
  const { healthCheck } = group;
  const port = healthCheck.port === "traffic-port" ? target.port : Number(healthCheck.port);
  const outcome = await KINDS[kindOf(group)](group, { address: target.address, port }, timers);
  // A Network Load Balancer does not tell how a check failed.
  const http = group.protocol === "HTTP" || group.protocol === "HTTPS";
  return http || !outcome.failure ? outcome : { ...outcome, failure: FAILED };
}

/** How the targets of a group are checked; as the health check log names it, in capitals. */
export function kindOf({ protocol, protocolVersion, healthCheck }: EdgeTargetGroup): CheckKind {
  if (healthCheck.protocol === "TCP") return "TCP";
  if (protocol !== "HTTP" && protocol !== "HTTPS") return healthCheck.protocol;
  if (protocolVersion === "HTTP1") return healthCheck.protocol;
  return protocolVersion === "GRPC" ? "GRPC" : "H2";
}

export type CheckKind = "HTTP" | "HTTPS" | "H2" | "GRPC" | "TCP";

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

type Check = (group: EdgeTargetGroup, endpoint: Endpoint, timers: Timers) => Promise<CheckOutcome>;

const checkTcp: Check = ({ healthCheck }, { address, port }, timers) =>
  looking(healthCheck.timeoutSeconds, timers, (done) => {
    const socket = connect({ host: address, port });
    socket.once("connect", () => done(WELL));
    socket.on("error", () => done(failed(FAILED)));
    return () => socket.destroy();
  });

const checkHttp1: Check = ({ healthCheck }, { address, port }, timers) =>
  looking(healthCheck.timeoutSeconds, timers, (done) => {
    const request: ClientRequest = (healthCheck.protocol === "HTTPS" ? requestHttps : requestHttp)({
      host: address,
      port,
      path: healthCheck.path,
      agent: false,
      headers: {
        Host: `${address}:${port}`,
        Connection: "close",
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "gzip, compressed",
      },
      ...UNVERIFIED(),
    } as RequestOptions);
    request.on("error", () => done(failed(FAILED)));
    request.on("response", (response) => {
      response.on("error", () => {});
      done(judged(healthCheck.matcher, response.statusCode));
    });
    request.end();
    return () => request.destroy();
  });

const checkHttp2: Check = ({ healthCheck }, endpoint, timers) =>
  looking(healthCheck.timeoutSeconds, timers, (done) => {
    const session = http2To(healthCheck.protocol, endpoint, done);
    const stream = session.request({ ":path": healthCheck.path, "user-agent": USER_AGENT });
    stream.on("error", () => done(failed(FAILED)));
    stream.on("response", (headers) => done(judged(healthCheck.matcher, headers[":status"])));
    stream.on("close", () => done(failed(FAILED)));
    return () => session.destroy();
  });

/** Calls a method with an empty message; the status comes behind the answer, or at once when there is none. */
const checkGrpc: Check = ({ healthCheck }, endpoint, timers) =>
  looking(healthCheck.timeoutSeconds, timers, (done) => {
    const session = http2To(healthCheck.protocol, endpoint, done);
    const stream: ClientHttp2Stream = session.request({
      ":method": "POST",
      ":path": healthCheck.path,
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": USER_AGENT,
    });
    const judge = (status: unknown): void =>
      done(judged(healthCheck.matcher, status === undefined ? undefined : Number(status)));
    stream.on("error", () => done(failed(FAILED)));
    stream.on("response", (headers) => {
      if (headers[":status"] !== 200) done({ failure: mismatch(headers[":status"]), code: undefined });
      else if (headers["grpc-status"] !== undefined) judge(headers["grpc-status"]);
    });
    stream.on("trailers", (trailers) => judge(trailers["grpc-status"]));
    stream.on("close", () => done(failed(FAILED)));
    stream.resume();
    stream.end(Buffer.alloc(5));
    return () => session.destroy();
  });

const KINDS: Readonly<Record<CheckKind, Check>> = {
  HTTP: checkHttp1,
  HTTPS: checkHttp1,
  H2: checkHttp2,
  GRPC: checkGrpc,
  TCP: checkTcp,
};

/** Begins a look, takes its first outcome or none in time, and ends it. */
function looking(
  timeoutSeconds: number,
  timers: Timers,
  begin: (done: (outcome: CheckOutcome) => void) => () => void,
): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    let end = (): void => {};
    let over = false;
    const done = (outcome: CheckOutcome): void => {
      if (over) return;
      over = true;
      cancel();
      end();
      resolve(outcome);
    };
    const cancel = timers.after(timeoutSeconds * SECOND, () => done(failed(TIMED_OUT)));
    end = begin(done);
    if (over) end();
  });
}

function http2To(
  protocol: string,
  { address, port }: Endpoint,
  done: (outcome: CheckOutcome) => void,
): ClientHttp2Session {
  const host = address.includes(":") ? `[${address}]` : address;
  const session = connectHttp2(`${protocol.toLowerCase()}://${host}:${port}`, UNVERIFIED());
  session.on("error", () => done(failed(FAILED)));
  session.on("close", () => done(failed(FAILED)));
  return session;
}

function judged(matcher: string, code: number | undefined): CheckOutcome {
  if (code === undefined || Number.isNaN(code)) return failed(FAILED);
  return { failure: matches(matcher, code) ? undefined : mismatch(code), code };
}

function failed(failure: Failure): CheckOutcome {
  return { failure, code: undefined };
}

function mismatch(code: number | undefined): Failure {
  return { reason: "Target.ResponseCodeMismatch", description: `Health checks failed with these codes: [${code}]` };
}

/** Certificates of targets are not looked at, and any version of TLS will do. */
const UNVERIFIED = (): {
  readonly rejectUnauthorized: false;
  readonly secureContext: ReturnType<typeof targetContext>;
} => ({
  rejectUnauthorized: false,
  secureContext: targetContext("ELBSecurityPolicy-TLS13-1-0-2021-06"),
});
const WELL: CheckOutcome = { failure: undefined, code: undefined };
const TIMED_OUT: Failure = { reason: "Target.Timeout", description: "Request timed out" };
const FAILED: Failure = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };
const USER_AGENT = "ELB-HealthChecker/2.0";
