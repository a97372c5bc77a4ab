import { Refusal } from "#domain/refusal.ts";
import { parseIpv4 } from "./addresses.ts";
import type { TargetGroupArn } from "./arns.ts";

/** Where a target group sends requests to. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

export interface RegisteredTarget extends Target {
  readonly targetGroupArn: TargetGroupArn;
  readonly registeredAt: Date;
  /** Deregistered: when connections that are under way must have ended. */
  readonly drainedAt: Date | undefined;
}

/** A target by its IPv4 address. Throws `balancer-input-invalid` for what is none, `target-invalid` for one of no host. */
export function parseTarget(id: string, port: number): Target {
  const address = parseIpv4(id);
  if (address === undefined) {
    throw new Refusal("balancer-input-invalid", `The IP address '${id}' is not a valid IPv4 address`);
  }
  const octet = (place: number): number => Math.floor(address / 2 ** (8 * (3 - place))) % 256;
  const linkLocal = octet(0) === 169 && octet(1) === 254;
  if (octet(0) === 0 || octet(0) >= 224 || linkLocal) {
    throw new Refusal("target-invalid", `The IP address '${id}' cannot be a target: it is not the address of one host`);
  }
  return { address: id, port };
}
