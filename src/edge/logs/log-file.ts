import { isIPv6 } from "node:net";
import { parseArn } from "#domain/arn.ts";
import type { EdgeBalancer } from "#domain/edge-config.ts";

/** The logs that a load balancer can keep, as its attributes name them. */
export type LogKind = "access_logs" | "connection_logs" | "health_check_logs";

/** Where the files of a log go, the time and the random end of their names excepted. */
export interface LogPlace {
  readonly directory: string;
  readonly stem: string;
  /** Behind the time. */
  readonly node: string;
}

/** Where a load balancer's log goes; undefined when it is switched off. */
export function logPlace(kind: LogKind, { arn, type, address, attributes }: EdgeBalancer): LogPlace | undefined {
  const bucket = attributes[`${kind}.s3.bucket`];
  const parsed = parseArn(arn);
  if (attributes[`${kind}.s3.enabled`] !== "true" || bucket === undefined || bucket === "" || !parsed) return undefined;
  const { account, region } = parsed;
  const prefix = attributes[`${kind}.s3.prefix`] ?? "";
  const id = resourceId(arn).replaceAll("/", ".");
  return {
    directory: `${bucket}${prefix === "" ? "" : `/${prefix}`}/AWSLogs/${account}/elasticloadbalancing/${region}`,
    stem: `${PREFIXES[kind]}${account}_elasticloadbalancing_${region}_${id}`,
    node: type === "network" ? "" : `_${isIPv6(address) ? address.replaceAll(":", ".") : address}`,
  };
}

/** `…/2026/11/22/…_20261122T1205Z_…log.gz`: the time is the end of the interval. */
export function logFile({ directory, stem, node }: LogPlace, end: Date, random: string): string {
  const [day = "", time = ""] = end.toISOString().split("T");
  const stamp = `${day.replaceAll("-", "")}T${time.slice(0, 5).replace(":", "")}Z`;
  return `${directory}/${day.replaceAll("-", "/")}/${stem}_${stamp}${node}_${random}.log.gz`;
}

/** `app/web/0123456789abcdef`: how logs call a load balancer. */
export function resourceId(arn: string): string {
  return arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);
}

const PREFIXES: Readonly<Record<LogKind, string>> = {
  access_logs: "",
  connection_logs: "conn_log.",
  health_check_logs: "health_check_log_",
};
