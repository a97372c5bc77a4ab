import type { EdgeHealthCheck } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import type { TargetProtocol } from "./protocols.ts";

/** What a request says of a health check; what it does not say keeps its default or its present value. */
export type GivenHealthCheck = { readonly [Key in keyof EdgeHealthCheck]?: EdgeHealthCheck[Key] | undefined };

/** The health check of a new target group. Throws `balancer-input-invalid` for one that AWS refuses. */
export function newHealthCheck(protocol: TargetProtocol, given: GivenHealthCheck): EdgeHealthCheck {
  const checked = given.protocol ?? (isHttp(protocol) ? "HTTP" : "TCP");
  const standard: EdgeHealthCheck = {
    enabled: true,
    protocol: checked,
    port: "traffic-port",
    path: isHttp(checked) ? "/" : "",
    matcher: isHttp(checked) ? (isHttp(protocol) ? "200" : "200-399") : "",
    intervalSeconds: 30,
    timeoutSeconds: isHttp(protocol) ? 5 : isHttp(checked) ? 6 : 10,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  };
  return check(protocol, merged(standard, given));
}

/** The health check after a change. Throws as `newHealthCheck`. */
export function changedHealthCheck(
  protocol: TargetProtocol,
  present: EdgeHealthCheck,
  given: GivenHealthCheck,
): EdgeHealthCheck {
  const next = given.protocol ?? present.protocol;
  // A check that becomes one by HTTP, or is no longer one, takes or loses what only HTTP has.
  const kind =
    isHttp(next) === isHttp(present.protocol)
      ? {}
      : { path: isHttp(next) ? "/" : "", matcher: isHttp(next) ? "200-399" : "" };
  return check(protocol, merged({ ...present, ...kind }, given));
}

function merged(base: EdgeHealthCheck, given: GivenHealthCheck): EdgeHealthCheck {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...base, ...said };
}

function check(protocol: TargetProtocol, health: EdgeHealthCheck): EdgeHealthCheck {
  if (!health.enabled) throw refusal("Health checks cannot be disabled for target groups with target type 'ip'");
  if (isHttp(protocol) && health.protocol === "TCP") {
    throw refusal(`The health check protocol 'TCP' is not supported for target groups with the protocol '${protocol}'`);
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
  if (isHttp(health.protocol)) checkHttp(protocol, health);
  else if (health.path !== "" || health.matcher !== "") {
    throw refusal("A health check path or matcher can only be specified for HTTP and HTTPS health checks");
  }
  return health;
}

function checkHttp(protocol: TargetProtocol, { path, matcher }: EdgeHealthCheck): void {
  if (!/^\/[\x21-\x7e]{0,1023}$/.test(path))
    throw refusal(`Health check path '${path}' must begin with '/' and be a URL's`);
  const most = isHttp(protocol) ? 499 : 599;
  const ranges = matcher.split(",").map((part) => /^(\d{3})(?:-(\d{3}))?$/.exec(part));
  const good =
    ranges.length <= MOST_RANGES &&
    ranges.every((range) => {
      const [first, last] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
      return first >= 200 && first <= last && last <= most;
    });
  if (!good) throw refusal(`Health check matcher HTTP code '${matcher}' must be within '200-${most}' inclusive`);
}

function within(what: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw refusal(`${what} '${value}' must be between '${least}-${most}' inclusive`);
  }
}

function isHttp(protocol: string): boolean {
  return protocol === "HTTP" || protocol === "HTTPS";
}

function refusal(message: string): Refusal {
  return new Refusal("balancer-input-invalid", message);
}

/** One for every status that there is. */
const MOST_RANGES = 400;
