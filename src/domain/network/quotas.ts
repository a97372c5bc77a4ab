/**
 * The limits that are enforced: what AWS raises its own limits to on request, so that nobody is held up and everything
 * stays bounded. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (2026-09)
 */
export const NETWORK_QUOTAS = {
  vpcsPerRegion: 100,
  subnetsPerVpc: 200,
  groupsPerRegion: 2500,
  /** Of each direction, each kind of address counted as one. */
  rulesPerGroup: 200,
  groupsPerInterface: 16,
  routeTablesPerVpc: 200,
  routesPerTable: 100,
  gatewaysPerRegion: 100,
  aclEntriesPerDirection: 40,
  hostsPerRegion: 2000,
  tagsPerResource: 50,
} as const;
