import type { Owner } from "#domain/names.ts";
import { parseBlock, parseBlock6 } from "#domain/network/cidr.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import type { AclEntry } from "#domain/network/routing.ts";
import type { Vpc } from "#domain/network/vpc.ts";
import { Refusal } from "#domain/refusal.ts";
import { aclEntriesOf, insertAclEntry, removeAclEntry, replaceAclEntry } from "#store/network-acls.ts";
import type { Tx } from "#store/store.ts";
import { findVpcOfAcl, holdVpc } from "#store/vpcs.ts";

// Every VPC has the one network ACL that it was made with. Its entries are kept and shown; no edge asks them.

/** Throws `acl-not-found`, `acl-entry-exists`, `network-value-invalid`. */
export async function createAclEntry(tx: Tx, aclId: string, entry: AclEntry, owner: Owner): Promise<void> {
  const vpc = await heldAcl(tx, aclId, owner);
  const checked = checkEntry(entry);
  const present = (await aclEntriesOf(tx, [vpc.id])).filter(({ egress }) => egress === entry.egress);
  if (present.length >= NETWORK_QUOTAS.aclEntriesPerDirection) {
    throw new Refusal("acl-entries-too-many", "The maximum number of network ACL entries has been reached.");
  }
  if (!(await insertAclEntry(tx, vpc.id, checked))) {
    throw new Refusal("acl-entry-exists", `The network acl entry identified by ${entry.ruleNumber} already exists.`);
  }
}

/** Throws `acl-not-found`, `acl-entry-not-found`, `network-value-invalid`. */
export async function changeAclEntry(tx: Tx, aclId: string, entry: AclEntry, owner: Owner): Promise<void> {
  const vpc = await heldAcl(tx, aclId, owner);
  if (!(await replaceAclEntry(tx, vpc.id, checkEntry(entry)))) throw entryMissing(aclId, entry);
}

/** Throws `acl-not-found`, `acl-entry-not-found`. */
export async function deleteAclEntry(
  tx: Tx,
  aclId: string,
  entry: Pick<AclEntry, "egress" | "ruleNumber">,
  owner: Owner,
): Promise<void> {
  const vpc = await heldAcl(tx, aclId, owner);
  if (!(await removeAclEntry(tx, vpc.id, entry.egress, entry.ruleNumber))) throw entryMissing(aclId, entry);
}

async function heldAcl(tx: Tx, aclId: string, owner: Owner): Promise<Vpc> {
  const found = await findVpcOfAcl(tx, owner, aclId);
  const vpc = found && (await holdVpc(tx, owner, found.id));
  if (vpc) return vpc;
  throw aclMissing(aclId);
}

export function aclMissing(aclId: string): Refusal {
  return new Refusal("acl-not-found", `The networkAcl ID '${aclId.slice(0, 100)}' does not exist`);
}

function checkEntry(entry: AclEntry): AclEntry {
  const { ruleNumber, fromPort, toPort } = entry;
  if (!Number.isInteger(ruleNumber) || ruleNumber < 1 || ruleNumber > 32_766) {
    throw invalid(`Value (${ruleNumber}) for parameter ruleNumber is invalid. Must be between 1 and 32766.`);
  }
  const protocol = PROTOCOLS[entry.protocol.toLowerCase()] ?? entry.protocol;
  if (protocol !== "-1" && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    throw invalid(`Value (${entry.protocol.slice(0, 50)}) for parameter protocol is invalid. Unknown protocol.`);
  }
  const cidr = parseBlock(entry.cidr)?.text ?? parseBlock6(entry.cidr);
  if (cidr === undefined) {
    throw invalid(
      `Value (${entry.cidr.slice(0, 100)}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  const isPort = (port: number | undefined): port is number =>
    port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (protocol === "6" || protocol === "17") {
    if (!isPort(fromPort) || !isPort(toPort) || fromPort > toPort) {
      throw invalid(`Value (${fromPort}-${toPort}) for parameter portRange is invalid.`);
    }
  }
  return { ...entry, protocol, cidr };
}

function entryMissing(aclId: string, { egress, ruleNumber }: Pick<AclEntry, "egress" | "ruleNumber">): Refusal {
  const direction = egress ? "egress" : "ingress";
  return new Refusal(
    "acl-entry-not-found",
    `The ${direction} network acl entry identified by ${ruleNumber} does not exist in ${aclId}.`,
  );
}

function invalid(message: string): Refusal {
  return new Refusal("network-value-invalid", message);
}

const PROTOCOLS: Readonly<Record<string, string>> = { all: "-1", tcp: "6", udp: "17", icmp: "1", icmpv6: "58" };
