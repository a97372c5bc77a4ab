import { createHash } from "node:crypto";
import type { EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import { fieldValues, type Headers } from "#edge/core/exchange.ts";
import type { Clock } from "#lib/clock.ts";
import { later, SECOND } from "#lib/duration.ts";

/** What is known of a client before a target is chosen for it. */
export interface Visitor {
  readonly address: string;
  /** The value of its AWSALB cookie. */
  readonly cookie?: string | undefined;
}

/** The target that a client stays with, if its target group wants that and the target is among `candidates`. */
export function stuckTarget(
  group: EdgeTargetGroup,
  candidates: readonly EdgeTarget[],
  visitor: Visitor,
): EdgeTarget | undefined {
  if (group.attributes["stickiness.enabled"] !== "true") return undefined;
  if (group.attributes["stickiness.type"] === "source_ip") return ofAddress(candidates, visitor.address);
  return candidates.find((target) => visitor.cookie !== undefined && visitor.cookie === badge(group, target));
}

/** The fields of an answer that make a browser come back to this target. */
export function stickyCookies(
  group: EdgeTargetGroup,
  target: EdgeTarget,
  { clock }: { readonly clock: Clock },
): Headers {
  const { attributes } = group;
  if (attributes["stickiness.enabled"] !== "true" || attributes["stickiness.type"] !== "lb_cookie") return [];
  const seconds = Number(attributes["stickiness.lb_cookie.duration_seconds"] ?? 86_400);
  const expires = later(clock.now(), seconds * SECOND).toUTCString();
  const value = badge(group, target);
  return [
    ["Set-Cookie", `AWSALB=${value}; Expires=${expires}; Path=/`],
    ["Set-Cookie", `AWSALBCORS=${value}; Expires=${expires}; Path=/; SameSite=None; Secure`],
  ];
}

/** The value of the AWSALB cookie, or of its twin for cross-site requests. */
export function stickyCookie(headers: Headers): string | undefined {
  const crumbs = fieldValues(headers, "cookie").flatMap((value) => value.split(";").map((crumb) => crumb.trim()));
  return ["AWSALB=", "AWSALBCORS="]
    .map((name) => crumbs.find((crumb) => crumb.startsWith(name))?.slice(name.length))
    .find((value) => value !== undefined);
}

/** Names a target without telling where it is; the same on every edge and after every restart. */
function badge({ arn }: EdgeTargetGroup, { address, port }: EdgeTarget): string {
  return createHash("sha256").update(`${arn} ${address} ${port}`).digest("base64url");
}

/** Rendezvous hashing: when a target goes, only its own clients move. */
function ofAddress(candidates: readonly EdgeTarget[], client: string): EdgeTarget | undefined {
  const weight = ({ address, port }: EdgeTarget): string =>
    createHash("sha256").update(`${client} ${address} ${port}`).digest("hex");
  return candidates.toSorted((a, b) => (weight(a) < weight(b) ? 1 : -1))[0];
}
