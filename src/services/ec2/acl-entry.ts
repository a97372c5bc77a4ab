import type { AclEntry } from "#domain/network/routing.ts";
import { ec2Error, missing } from "./errors.ts";

interface EntryInput {
  readonly RuleNumber: number;
  readonly Protocol: string;
  readonly RuleAction: string;
  readonly Egress: boolean;
  readonly CidrBlock?: string;
  readonly Ipv6CidrBlock?: string;
  readonly PortRange?: { readonly From?: number; readonly To?: number };
  readonly IcmpTypeCode?: { readonly Type?: number; readonly Code?: number };
}

/** An entry of a network ACL as requests have it. */
export function readEntry(input: EntryInput): AclEntry {
  const { RuleAction, CidrBlock, Ipv6CidrBlock, PortRange, IcmpTypeCode } = input;
  if (RuleAction !== "allow" && RuleAction !== "deny") {
    throw ec2Error("InvalidParameterValue", `Value (${RuleAction}) for parameter ruleAction is invalid.`);
  }
  const cidr = CidrBlock ?? Ipv6CidrBlock;
  if (cidr === undefined) throw missing("cidrBlock");
  return {
    egress: input.Egress,
    ruleNumber: input.RuleNumber,
    protocol: input.Protocol,
    action: RuleAction,
    cidr,
    fromPort: PortRange?.From,
    toPort: PortRange?.To,
    icmpType: IcmpTypeCode?.Type,
    icmpCode: IcmpTypeCode?.Code,
  };
}
