import type { LoadBalancerArn } from "#domain/arn.ts";
import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import type { AccountId } from "#domain/names.ts";
import { announce } from "./edge-changes.ts";
import type { Tx } from "./store.ts";
import { deleteZone, zonesById } from "./zones.ts";

/**
 * Removes everything that an account made: load balancers, networks, certificates, keys, zones, users and roles. The account,
 * its root user's access keys, the CA and the journal stay. For development; it reads as much as there is.
 */
export async function resetAccount(tx: Tx, account: AccountId): Promise<void> {
  await removeBalancers(tx, account);
  await removeNetworks(tx, account);
  await removeCertificates(tx, account);
  await removeKeys(tx, account);
  await removeZones(tx, account);
  await removePrivateCas(tx, account);
  await removeEvents(tx, account);
  await removeAcme(tx, account);
  await removeIam(tx, account);
}

async function removeBalancers(tx: Tx, account: AccountId): Promise<void> {
  const gone = await tx.deleteFrom("loadBalancers").where("account", "=", account).returning("arn").execute();
  for (const { arn } of gone) {
    await announce(tx, { kind: "balancer", loadBalancerArn: arn as LoadBalancerArn });
  }
  await tx.deleteFrom("targetGroups").where("account", "=", account).execute();
  await tx.deleteFrom("balancerSecrets").where("loadBalancerArn", "like", `%:${account}:%`).execute();
  const distrusted = await tx.deleteFrom("trustStores").where("account", "=", account).returning("arn").execute();
  for (const { arn } of distrusted) {
    await announce(tx, { kind: "trust-store", trustStoreArn: arn as TrustStoreArn });
  }
  await tx.deleteFrom("balancerTags").where("resourceArn", "like", `%:${account}:%`).execute();
}

/** What is in a VPC first, then the VPC; the default one comes back when it is asked for. */
async function removeNetworks(tx: Tx, account: AccountId): Promise<void> {
  await tx.deleteFrom("hostGroups").where("account", "=", account).execute();
  await tx.deleteFrom("hosts").where("account", "=", account).execute();
  const ofAccount = tx.selectFrom("vpcs").select("id").where("account", "=", account);
  await tx.deleteFrom("routeTableAssociations").where("vpcId", "in", ofAccount).execute();
  await tx.deleteFrom("routeTables").where("account", "=", account).execute();
  await tx.deleteFrom("internetGateways").where("account", "=", account).execute();
  await tx.deleteFrom("subnets").where("account", "=", account).execute();
  await tx.deleteFrom("securityGroups").where("account", "=", account).execute();
  await tx.deleteFrom("vpcs").where("account", "=", account).execute();
  await tx.deleteFrom("networkTags").where("account", "=", account).execute();
  await tx.deleteFrom("networkOwners").where("account", "=", account).execute();
  await tx.deleteFrom("metricSeries").where("account", "=", account).execute();
}

async function removeCertificates(tx: Tx, account: AccountId): Promise<void> {
  const ofAccount = tx.selectFrom("certificates").select("arn").where("account", "=", account);
  await tx.deleteFrom("certificateAssociations").where("certificateArn", "in", ofAccount).execute();
  await tx.deleteFrom("certificates").where("account", "=", account).execute();
  await tx.deleteFrom("rehearsalRounds").where("account", "=", account).execute();
  await tx.deleteFrom("quotaUses").where("account", "=", account).execute();
  await tx.deleteFrom("accountConfigurations").where("account", "=", account).execute();
  await tx.deleteFrom("accountConfigurationTokens").where("account", "=", account).execute();
}

async function removeKeys(tx: Tx, account: AccountId): Promise<void> {
  const ofAccount = tx.selectFrom("masterKeys").select("id").where("account", "=", account);
  await tx.deleteFrom("grants").where("keyId", "in", ofAccount).execute();
  await tx.deleteFrom("keyAliases").where("keyId", "in", ofAccount).execute();
  await tx.deleteFrom("keyTags").where("keyId", "in", ofAccount).execute();
  await tx.deleteFrom("masterKeyMaterials").where("keyId", "in", ofAccount).execute();
  await tx.deleteFrom("wrappingKeys").where("keyId", "in", ofAccount).execute();
  await tx.deleteFrom("masterKeys").where("account", "=", account).execute();
  await tx.deleteFrom("multiRegionKeys").where("account", "=", account).execute();
}

async function removeZones(tx: Tx, account: AccountId): Promise<void> {
  for (;;) {
    const zones = await zonesById(tx, account, undefined, 100);
    if (zones.length === 0) break;
    for (const zone of zones) await deleteZone(tx, zone);
  }
  await tx.deleteFrom("zoneChanges").where("account", "=", account).execute();
}

async function removePrivateCas(tx: Tx, account: AccountId): Promise<void> {
  const ofAccount = tx.selectFrom("privateCas").select("id").where("account", "=", account);
  await tx.deleteFrom("privateCaCertificates").where("caId", "in", ofAccount).execute();
  await tx.deleteFrom("privateCas").where("account", "=", account).execute();
}

/** Accounts, orders, bindings and domain validations go with their endpoint. */
async function removeAcme(tx: Tx, account: AccountId): Promise<void> {
  await tx.deleteFrom("acmeTags").where("resourceArn", "like", `%:${account}:%`).execute();
  await tx.deleteFrom("acmeEndpoints").where("account", "=", account).execute();
  await tx.deleteFrom("acmeOwners").where("account", "=", account).execute();
}

async function removeEvents(tx: Tx, account: AccountId): Promise<void> {
  const ofAccount = tx.selectFrom("eventTargets").select("key").where("account", "=", account);
  await tx.deleteFrom("eventDeliveries").where("target", "in", ofAccount).execute();
  await tx.deleteFrom("eventTargets").where("account", "=", account).execute();
  await tx.deleteFrom("eventRules").where("account", "=", account).execute();
  await tx.deleteFrom("apiDestinations").where("account", "=", account).execute();
  await tx.deleteFrom("eventConnections").where("account", "=", account).execute();
  await tx.deleteFrom("eventReplays").where("account", "=", account).execute();
  await tx.deleteFrom("eventArchives").where("account", "=", account).execute();
  await tx.deleteFrom("eventTags").where("resourceArn", "like", `%:${account}:%`).execute();
  await tx.deleteFrom("events").where("account", "=", account).execute();
  await tx.deleteFrom("certificateTerms").where("account", "=", account).execute();
  await tx.deleteFrom("acmeIssuances").where("account", "=", account).execute();
  await tx.deleteFrom("certificateSweeps").where("account", "=", account).execute();
}

async function removeIam(tx: Tx, account: AccountId): Promise<void> {
  await tx.deleteFrom("accessKeys").where("account", "=", account).where("kind", "=", "user").execute();
  const ofAccount = tx.selectFrom("iamEntities").select("id").where("account", "=", account);
  await tx.deleteFrom("iamMembers").where("userId", "in", ofAccount).execute();
  await tx.deleteFrom("iamProfileRoles").where("profileId", "in", ofAccount).execute();
  await tx.deleteFrom("iamAttachments").where("account", "=", account).execute();
  await tx.deleteFrom("iamTags").where("owner", "in", ofAccount).execute();
  await tx.deleteFrom("iamEntities").where("account", "=", account).execute();
  const policies = tx.selectFrom("iamPolicies").select("arn").where("account", "=", account);
  await tx.deleteFrom("iamPolicyVersions").where("arn", "in", policies).execute();
  await tx.deleteFrom("iamTags").where("owner", "in", policies).execute();
  await tx.deleteFrom("iamPolicies").where("account", "=", account).execute();
  await tx.deleteFrom("iamCounts").where("account", "=", account).execute();
  await tx.deleteFrom("accountAliases").where("account", "=", account).execute();
}
