import { Refusal } from "#domain/refusal.ts";
import type { Ids } from "#lib/ids.ts";
import type { NetworkRefusal } from "./refusals.ts";

/** How ids of a kind begin, and how one of a wrong form is refused. */
interface Kind {
  readonly prefix: string;
  readonly malformed: NetworkRefusal;
}

/** The kinds of things that have ids and tags, as EC2 names them in its tags. */
export type ResourceType =
  | "instance"
  | "internet-gateway"
  | "network-acl"
  | "network-interface"
  | "route-table"
  | "security-group"
  | "security-group-rule"
  | "subnet"
  | "vpc";

export const KINDS: Readonly<Record<ResourceType, Kind>> = {
  vpc: { prefix: "vpc", malformed: "vpc-id-malformed" },
  subnet: { prefix: "subnet", malformed: "subnet-id-malformed" },
  "security-group": { prefix: "sg", malformed: "group-id-malformed" },
  "security-group-rule": { prefix: "sgr", malformed: "group-rule-id-malformed" },
  "internet-gateway": { prefix: "igw", malformed: "gateway-not-found" },
  "route-table": { prefix: "rtb", malformed: "route-table-not-found" },
  "network-acl": { prefix: "acl", malformed: "acl-not-found" },
  "network-interface": { prefix: "eni", malformed: "interface-not-found" },
  instance: { prefix: "i", malformed: "host-id-malformed" },
};

/** A new id: `vpc-` and 17 hexadecimal digits. */
export function newId(prefix: string, ids: Ids): string {
  return `${prefix}-${ids.hex(9).slice(0, 17)}`;
}

/** Throws when an id has not the form that ids of its kind have. */
export function checkId(kind: ResourceType, id: string): void {
  const { prefix, malformed } = KINDS[kind];
  if (isId(prefix, id)) return;
  throw new Refusal(malformed, `Invalid id: "${id.slice(0, 100)}" (expecting "${prefix}-...")`);
}

/** What kind of thing an id names, by its beginning; undefined for what is no id of ours. */
export function kindOf(id: string): ResourceType | undefined {
  const kinds = Object.keys(KINDS) as ResourceType[];
  return kinds.find((kind) => isId(KINDS[kind].prefix, id));
}

/** 17 hexadecimal digits; ids of before 2018 had 8. */
function isId(prefix: string, id: string): boolean {
  return id.startsWith(`${prefix}-`) && /^[0-9a-f]{8}([0-9a-f]{9})?$/.test(id.slice(prefix.length + 1));
}
