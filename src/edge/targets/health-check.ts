import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";
import type { EdgeHealthCheck, EdgeTarget } from "#domain/edge-config.ts";
import { SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type Failure, matches } from "./health.ts";

/** Looks at a target once; undefined when it is well. Never rejects. */
export function checkTarget(
  check: EdgeHealthCheck,
  target: EdgeTarget,
  { timers }: { readonly timers: Timers },
): Promise<Failure | undefined> {
  const port = check.port === "traffic-port" ? target.port : Number(check.port);
  return check.protocol === "TCP"
    ? checkTcp(check, { ...target, port }, timers)
    : checkHttp(check, { ...target, port }, timers);
}

function checkTcp(check: EdgeHealthCheck, target: EdgeTarget, timers: Timers): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.address, port: target.port });
    const finish = (failure?: Failure): void => {
      cancel();
      socket.destroy();
      resolve(failure);
    };
    const cancel = timers.after(check.timeoutSeconds * SECOND, () => finish(TIMED_OUT));
    socket.once("connect", () => finish());
    socket.on("error", () => finish(FAILED));
  });
}

function checkHttp(check: EdgeHealthCheck, target: EdgeTarget, timers: Timers): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const request = (check.protocol === "HTTPS" ? requestHttps : requestHttp)({
      host: target.address,
      port: target.port,
      path: check.path,
      agent: false,
      headers: {
        host: `${target.address}:${target.port}`,
        "user-agent": "ELB-HealthChecker/2.0",
        connection: "close",
      },
      rejectUnauthorized: false,
    } as object);
    const finish = (failure?: Failure): void => {
      cancel();
      request.destroy();
      resolve(failure);
    };
    const cancel = timers.after(check.timeoutSeconds * SECOND, () => finish(TIMED_OUT));
    request.on("error", () => finish(FAILED));
    request.on("response", (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      finish(matches(check.matcher, status) ? undefined : mismatch(status));
    });
    request.end();
  });
}

function mismatch(status: number): Failure {
  return { reason: "Target.ResponseCodeMismatch", description: `Health checks failed with these codes: [${status}]` };
}

const TIMED_OUT: Failure = { reason: "Target.Timeout", description: "Request timed out" };
const FAILED: Failure = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };
