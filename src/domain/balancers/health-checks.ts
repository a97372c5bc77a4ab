import type { EdgeHealthCheck } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import { isHttp } from "./protocols.ts";
import type { TargetGroupKind } from "./target-group.ts";

/** What a request says of a health check; what it does not say keeps its default or its present value. */
export type GivenHealthCheck = { readonly [Key in keyof EdgeHealthCheck]?: EdgeHealthCheck[Key] | undefined } & {
  /** Of which kind the matcher's codes are. */
  readonly codes?: "HttpCode" | "GrpcCode" | undefined;
};

/** The health check of a new target group. Throws `balancer-input-invalid` for one that AWS refuses. */
export function newHealthCheck(kind: TargetGroupKind, given: GivenHealthCheck): EdgeHealthCheck {
  const { protocol } = kind;
  const checked = given.protocol ?? (isHttp(protocol) || kind.targetType === "alb" ? "HTTP" : "TCP");
  const standard: EdgeHealthCheck = {
    enabled: true,
    protocol: checked,
    port: "traffic-port",
    ...standardRequest(kind, checked),
    intervalSeconds: 30,
    timeoutSeconds: isHttp(protocol) ? 5 : isHttp(checked) ? 6 : 10,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  };
  return check(kind, merged(standard, given), given.codes);
}

/** The health check after a change. Throws as `newHealthCheck`. */
export function changedHealthCheck(
  kind: TargetGroupKind,
  present: EdgeHealthCheck,
  given: GivenHealthCheck,
): EdgeHealthCheck {
  const next = given.protocol ?? present.protocol;
  // A check that becomes one by HTTP, or is no longer one, takes or loses what only HTTP has.
  const request = isHttp(next) === isHttp(present.protocol) ? {} : standardRequest(kind, next);
  return check(kind, merged({ ...present, ...request }, given), given.codes);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html (2026-09) */
function standardRequest(
  { protocol, protocolVersion }: TargetGroupKind,
  checked: string,
): Pick<EdgeHealthCheck, "path" | "matcher"> {
  if (!isHttp(checked)) return { path: "", matcher: "" };
  if (protocolVersion === "GRPC") return { path: "/AWS.ALB/healthcheck", matcher: "12" };
  return { path: "/", matcher: isHttp(protocol) ? "200" : "200-399" };
}

function merged(base: EdgeHealthCheck, given: GivenHealthCheck): EdgeHealthCheck {
  const said = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => key !== "codes" && value !== undefined),
  );
  return { ...base, ...said };
}

function check(kind: TargetGroupKind, health: EdgeHealthCheck, codes: GivenHealthCheck["codes"]): EdgeHealthCheck {
  const { protocol, targetType } = kind;
  if (!health.enabled) {
    throw refusal(`Health checks cannot be disabled for target groups with target type '${targetType}'`);
  }
  if (isHttp(protocol) && health.protocol === "TCP") {
    throw refusal(`The health check protocol 'TCP' is not supported for target groups with the protocol '${protocol}'`);
  }
  if (targetType === "alb" && health.protocol === "TCP") {
    throw refusal("The health check protocol 'TCP' is not supported for target groups with target type 'alb'");
  }
  if (health.port !== "traffic-port" && !(/^[1-9]\d{0,4}$/.test(health.port) && Number(health.port) <= 65_535)) {
    throw refusal(`Health check port '${health.port}' must be 'traffic-port' or a number between 1 and 65535`);
  }
  within("Health check interval", health.intervalSeconds, 5, 300);
  within("Health check timeout", health.timeoutSeconds, 2, 120);
  within("Healthy threshold count", health.healthyThreshold, 2, 10);
  within("Unhealthy threshold count", health.unhealthyThreshold, 2, 10);
  if (
    health.timeoutSeconds > health.intervalSeconds ||
    (isHttp(protocol) && health.timeoutSeconds === health.intervalSeconds)
  ) {
    const relation = isHttp(protocol) ? "smaller than" : "smaller than or equal to";
    throw refusal(
      `Health check timeout '${health.timeoutSeconds}' must be ${relation} the interval '${health.intervalSeconds}'`,
    );
  }
  if (isHttp(health.protocol)) checkRequest(kind, health, codes);
  else if (health.path !== "" || health.matcher !== "") {
    throw refusal("A health check path or matcher can only be specified for HTTP and HTTPS health checks");
  }
  return health;
}

function checkRequest(
  { protocol, protocolVersion }: TargetGroupKind,
  { path, matcher }: EdgeHealthCheck,
  codes: GivenHealthCheck["codes"],
): void {
  if (!/^\/[\x21-\x7e]{0,1023}$/.test(path))
    throw refusal(`Health check path '${path}' must begin with '/' and be a URL's`);
  const expected = protocolVersion === "GRPC" ? "GrpcCode" : "HttpCode";
  if (codes !== undefined && codes !== expected) {
    throw refusal(`The matcher of target groups with the protocol version '${protocolVersion}' is ${expected}`);
  }
  if (expected === "GrpcCode") return checkCodes("gRPC", matcher, 0, 99);
  checkCodes("HTTP", matcher, 200, isHttp(protocol) ? 499 : 599);
}

/** Codes and ranges of codes: `200-299,301`. */
function checkCodes(kind: "gRPC" | "HTTP", matcher: string, least: number, most: number): void {
  const digits = kind === "HTTP" ? /^(\d{3})(?:-(\d{3}))?$/ : /^(\d{1,2})(?:-(\d{1,2}))?$/;
  const ranges = matcher.split(",").map((part) => digits.exec(part));
  const good =
    ranges.length <= MOST_RANGES &&
    ranges.every((range) => {
      const [first, last] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
      return first >= least && first <= last && last <= most;
    });
  if (!good)
    throw refusal(`Health check matcher ${kind} code '${matcher}' must be within '${least}-${most}' inclusive`);
}

function within(what: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw refusal(`${what} '${value}' must be between '${least}-${most}' inclusive`);
  }
}

function refusal(message: string): Refusal {
  return new Refusal("balancer-input-invalid", message);
}

/** One for every status that there is. */
const MOST_RANGES = 400;
