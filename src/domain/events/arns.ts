import { parseArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";

/** What EventBridge has names for. All buses but `default` are somebody else's. */
export type EventResource =
  | { readonly kind: "event-bus" | "rule" | "archive" | "replay"; readonly name: string }
  | { readonly kind: "connection" | "api-destination"; readonly name: string; readonly id: string };

export function eventArn({ account, region }: Owner, resource: EventResource): string {
  const id = "id" in resource ? `/${resource.id}` : "";
  return `arn:aws:events:${region}:${account}:${resource.kind}/${resource.name}${id}`;
}

/** The resource of this owner that an ARN names; undefined when it names another's, or none. */
export function ownEventResource(arn: string, owner: Owner): EventResource | undefined {
  const { service, account, region, resource = "" } = parseArn(arn) ?? {};
  if (service !== "events" || account !== owner.account || region !== owner.region) return undefined;
  const [kind, ...rest] = resource.split("/");
  if (kind === "connection" || kind === "api-destination") {
    const [name, id, ...more] = rest;
    return name && id && more.length === 0 ? { kind, name, id } : undefined;
  }
  // A rule's ARN names its bus, unless that is the default one.
  const names = kind === "rule" && rest.length === 2 && rest[0] === DEFAULT_BUS ? rest.slice(1) : rest;
  const [name, ...more] = names;
  const known = kind === "event-bus" || kind === "rule" || kind === "archive" || kind === "replay";
  return known && name && more.length === 0 ? { kind, name } : undefined;
}

export const DEFAULT_BUS = "default";
