import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type Block, blockSize, isWithin, overlap, parseBlock } from "./cidr.ts";

export interface VpcOptions {
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly addressUsageMetrics: boolean;
}

export interface Vpc extends Owner, VpcOptions {
  readonly id: string;
  readonly cidrBlock: string;
  readonly cidrAssociationId: string;
  readonly isDefault: boolean;
  readonly tenancy: "default" | "dedicated";
  readonly networkAclId: string;
}

export interface SubnetOptions {
  readonly publicAddresses: boolean;
  readonly ipv6Addresses: boolean;
  readonly dns64: boolean;
  readonly hostnameType: "ip-name" | "resource-name";
  readonly nameRecords: boolean;
  readonly nameRecords6: boolean;
}

export interface Subnet extends Owner, SubnetOptions {
  readonly id: string;
  readonly vpcId: string;
  /** The zone's name. */
  readonly zone: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  readonly aclAssociationId: string;
}

/** The block of a new VPC. Throws `network-value-invalid` for what is none, `vpc-range-invalid` beyond /16 to /28. */
export function vpcBlock(text: string): Block {
  const block = readBlock(text);
  if (block.bits < 16 || block.bits > 28) throw new Refusal("vpc-range-invalid", `The CIDR '${text}' is invalid.`);
  return block;
}

/**
 * The block of a new subnet of a VPC. Throws `network-value-invalid`, `subnet-range-invalid` where it is not in the VPC or
 * beyond /16 to /28, `subnet-conflict` where another subnet has some of its addresses.
 */
export function subnetBlock(text: string, vpc: Vpc, others: readonly Subnet[]): Block {
  const block = readBlock(text);
  const outer = parseBlock(vpc.cidrBlock);
  if (block.bits < 16 || block.bits > 28 || !outer || !isWithin(block, outer)) {
    throw new Refusal("subnet-range-invalid", `The CIDR '${text}' is invalid.`);
  }
  if (others.some(({ cidrBlock }) => isOverlap(block, cidrBlock))) {
    throw new Refusal("subnet-conflict", `The CIDR '${text}' conflicts with another subnet`);
  }
  return block;
}

/** A free /20 of the default VPC for a default subnet; undefined when there is none. */
export function freeDefaultBlock(others: readonly Subnet[]): string | undefined {
  const vpc = parseBlock(DEFAULT_VPC_CIDR);
  for (let place = 0; vpc && place < 16; place++) {
    const block = parseBlock(`172.31.${place * 16}.0/20`);
    if (block && !others.some(({ cidrBlock }) => isOverlap(block, cidrBlock))) return block.text;
  }
  return undefined;
}

/** How many addresses of a subnet are free: EC2 keeps the first four and the last. */
export function freeAddresses({ cidrBlock }: Pick<Subnet, "cidrBlock">, used: number): number {
  const bits = parseBlock(cidrBlock)?.bits ?? 32;
  return Math.max(0, blockSize(bits) - 5 - used);
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
export const DEFAULT_VPC_CIDR = "172.31.0.0/16";
export const DEFAULT_SUBNET_OPTIONS: SubnetOptions = {
  publicAddresses: false,
  ipv6Addresses: false,
  dns64: false,
  hostnameType: "ip-name",
  nameRecords: false,
  nameRecords6: false,
};

function isOverlap(block: Block, other: string): boolean {
  const parsed = parseBlock(other);
  return parsed !== undefined && overlap(block, parsed);
}

function readBlock(text: string): Block {
  const block = parseBlock(text);
  if (block) return block;
  throw new Refusal(
    "network-value-invalid",
    `Value (${text.slice(0, 100)}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
  );
}
