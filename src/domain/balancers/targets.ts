import type { Region } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { parseIpv4 } from "./addresses.ts";
import { parseLoadBalancerArn, type TargetGroupArn } from "./arns.ts";
import type { TargetType } from "./target-group.ts";

/** What a target group sends requests to. */
export interface Target {
  /** As it was registered: an address, an instance's id or a load balancer's ARN. */
  readonly id: string;
  readonly port: number;
}

export interface RegisteredTarget extends Target {
  readonly targetGroupArn: TargetGroupArn;
  /** Only shown again: every target takes requests from everywhere. */
  readonly zone: string | undefined;
  readonly registeredAt: Date;
  /** Deregistered: when connections that are under way must have ended. */
  readonly drainedAt: Date | undefined;
}

/** Where something is reached. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Throws `balancer-input-invalid` or `target-invalid` for an id that names no target of that type. */
export function checkTargetId(type: TargetType, id: string): void {
  if (type === "ip") return checkAddress(id);
  if (type === "instance" && !/^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)) {
    throw new Refusal("balancer-input-invalid", `The instance ID '${id}' is not valid`);
  }
  if (type === "alb" && !parseLoadBalancerArn(id)?.includes(":loadbalancer/app/")) {
    throw new Refusal("balancer-input-invalid", `'${id}' is not the ARN of an Application Load Balancer`);
  }
}

/** Throws `balancer-input-invalid` for a zone that a target of that type cannot have. */
export function checkTargetZone(type: TargetType, zone: string | undefined, region: Region): void {
  if (zone === undefined) return;
  if (type !== "ip") {
    throw new Refusal(
      "balancer-input-invalid",
      `An Availability Zone cannot be specified for target groups with target type '${type}'`,
    );
  }
  if (zone !== "all" && !(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length)))) {
    throw new Refusal(
      "balancer-input-invalid",
      `The Availability Zone '${zone}' must be 'all' or a zone of ${region}, for example ${region}a`,
    );
  }
}

function checkAddress(id: string): void {
  const address = parseIpv4(id);
  if (address === undefined) {
    throw new Refusal("balancer-input-invalid", `The IP address '${id}' is not a valid IPv4 address`);
  }
  const octet = (place: number): number => Math.floor(address / 2 ** (8 * (3 - place))) % 256;
  const linkLocal = octet(0) === 169 && octet(1) === 254;
  if (octet(0) === 0 || octet(0) >= 224 || linkLocal) {
    throw new Refusal("target-invalid", `The IP address '${id}' cannot be a target: it is not the address of one host`);
  }
}
