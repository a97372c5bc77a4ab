import type { EdgeIngress } from "#domain/edge-config.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { parseBlock, parseBlock6 } from "./cidr.ts";

export interface SecurityGroup extends Owner {
  readonly id: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
}

/** What a rule lets pass: from whom (for egress: to whom), and for what. */
export interface RuleMatch {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a protocol's number, or `-1` for every one. */
  readonly protocol: string;
  /** -1 where there are no ports; for ICMP type and code, -1 for every one. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly sourceKind: "ipv4" | "ipv6" | "group";
  readonly source: string;
}

export interface NewGroupRule extends RuleMatch {
  readonly egress: boolean;
  readonly description: string | undefined;
}

export interface GroupRule extends NewGroupRule, Owner {
  readonly id: string;
  readonly groupId: string;
}

/** Protocol and ports as a request says them. */
export interface GivenPorts {
  readonly protocol: string | undefined;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
}

/**
 * The protocol by the name that EC2 keeps, and its ports. Throws `group-rule-malformed`, `network-value-invalid`,
 * `network-parameter-missing`.
 */
export function rulePorts({
  protocol,
  fromPort,
  toPort,
}: GivenPorts): Pick<RuleMatch, "protocol" | "fromPort" | "toPort"> {
  const name = protocolName(protocol);
  if (name === "-1") return { protocol: name, fromPort: -1, toPort: -1 };
  if (name === "tcp" || name === "udp") {
    if (fromPort === undefined || toPort === undefined) {
      throw new Refusal(
        "group-rule-malformed",
        "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
      );
    }
    // Only TCP and UDP as a whole: -1.
    if (fromPort === -1 && toPort === -1) return { protocol: name, fromPort: 0, toPort: 65_535 };
    checkPort(fromPort);
    checkPort(toPort);
    if (fromPort > toPort) {
      throw new Refusal(
        "group-rule-malformed",
        "Invalid TCP/UDP port range, from port must be less than or equal to to port",
      );
    }
    return { protocol: name, fromPort, toPort };
  }
  if (name === "icmp" || name === "icmpv6") {
    const [type = -1, code = -1] = [fromPort, toPort];
    if (!isWithin(type, -1, 255) || !isWithin(code, -1, 255) || (type === -1 && code !== -1)) {
      throw new Refusal("network-value-invalid", `ICMP type/code (${type}/${code}) out of range`);
    }
    return { protocol: name, fromPort: type, toPort: code };
  }
  return { protocol: name, fromPort: -1, toPort: -1 };
}

/** A block of addresses as a rule keeps it. Throws `network-value-invalid`. */
export function ruleBlock(text: string, kind: "ipv4" | "ipv6"): Pick<RuleMatch, "sourceKind" | "source"> {
  const source = kind === "ipv4" ? parseBlock(text)?.text : parseBlock6(text);
  if (source !== undefined) return { sourceKind: kind, source };
  throw new Refusal("network-value-invalid", `CIDR block ${text.slice(0, 100)} is malformed`);
}

/** The same ports of the same protocol for the same source. */
export function sameMatch(a: RuleMatch, b: RuleMatch): boolean {
  return a.protocol === b.protocol && a.fromPort === b.fromPort && a.toPort === b.toPort && a.source === b.source;
}

/** `peer: 10.0.0.0/8, TCP, from port: 443, to port: 443, ALLOW`, as EC2's messages say it. */
export function ruleText({ protocol, fromPort, toPort, source }: RuleMatch): string {
  const ports = protocol === "-1" ? "ALL" : `${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return `peer: ${source}, ${ports}, ALLOW`;
}

/** Throws `network-value-invalid`, `group-name-reserved` for a name or description that no group can have. */
export function checkGroupWords(name: string, description: string): void {
  if (name === "" || name.length > 255 || !WORDS.test(name)) throw invalidWords("name", name);
  if (name.toLowerCase().startsWith("sg-")) {
    throw new Refusal(
      "network-value-invalid",
      `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
    );
  }
  if (name.toLowerCase() === "default") {
    throw new Refusal("group-name-reserved", "Cannot use reserved security group name: default");
  }
  if (description === "" || description.length > 255 || !WORDS.test(description)) {
    throw invalidWords("description", description);
  }
}

/** Throws `network-value-invalid` for what no rule's description can be. */
export function checkRuleDescription(text: string | undefined): void {
  if (text === undefined || (text.length <= 255 && WORDS.test(text))) return;
  throw new Refusal(
    "network-value-invalid",
    "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
  );
}

/**
 * Who may connect, by the ingress rules of all of a load balancer's groups; `members` are the addresses of what is in a
 * group. What is said twice stands once; protocols without ports concern no listener. What is beyond the most that an
 * edge takes is not let in: blocks come first, so that only members of large groups can be left out.
 */
export function edgeIngress(
  rules: readonly RuleMatch[],
  members: ReadonlyMap<string, readonly string[]>,
): readonly EdgeIngress[] {
  const allowed = new Map<string, EdgeIngress>();
  for (const rule of rules.toSorted((a, b) => Number(a.sourceKind === "group") - Number(b.sourceKind === "group"))) {
    const ports = edgePorts(rule);
    if (!ports) continue;
    const addresses = (members.get(rule.source) ?? []).map((address) => `${address}/32`);
    for (const cidr of rule.sourceKind === "group" ? addresses : [rule.source]) {
      allowed.set(`${ports.protocol} ${ports.fromPort} ${ports.toPort} ${cidr}`, { ...ports, cidr });
    }
  }
  return [...allowed.values()].slice(0, MOST_BLOCKS);
}

function edgePorts({ protocol, fromPort, toPort }: RuleMatch): Omit<EdgeIngress, "cidr"> | undefined {
  if (protocol === "tcp" || protocol === "udp") return { protocol, fromPort, toPort };
  return protocol === "-1" ? { protocol: "any", fromPort: 0, toPort: 65_535 } : undefined;
}

function protocolName(given: string | undefined): string {
  const text = (given ?? "").toLowerCase();
  const known = Object.hasOwn(PROTOCOLS, text) ? PROTOCOLS[text] : undefined;
  if (known !== undefined) return known;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return String(Number(text));
  if (text === "") throw new Refusal("network-parameter-missing", "The request must contain the parameter ipProtocol");
  throw new Refusal("network-value-invalid", `Invalid value '${text.slice(0, 50)}' for IP protocol. Unknown protocol.`);
}

function checkPort(port: number): void {
  if (!isWithin(port, 0, 65_535)) {
    throw new Refusal("network-value-invalid", `Invalid value '${port}' for port. Must be within 0 and 65535.`);
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalidWords(what: string, text: string): Refusal {
  return new Refusal(
    "network-value-invalid",
    `Value (${text.slice(0, 300)}) for parameter Group${what === "name" ? "Name" : "Description"} is invalid. Character sets beyond ASCII are not supported, and 1 to 255 characters are needed.`,
  );
}

/** domain/edge-shapes.ts */
const MOST_BLOCKS = 10_000;
const PROTOCOLS: Readonly<Record<string, string>> = {
  "-1": "-1",
  all: "-1",
  tcp: "tcp",
  "6": "tcp",
  udp: "udp",
  "17": "udp",
  icmp: "icmp",
  "1": "icmp",
  icmpv6: "icmpv6",
  "58": "icmpv6",
};
/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html: of groups in VPCs. */
const WORDS = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/;
