/**
 * Leafs are assigned to shards of the CRL in the order in which they are issued, over all issuers: `place` counts from 1.
 * A shard is full when so many were assigned to it that its CRL could not hold one more within a megabyte, were all of
 * them revoked. Those of one shard end at about the same time, and with them its CRL.
 */
export function shardOf(place: number): number {
  return 1 + Math.floor((place - 1) / SHARD_CAPACITY);
}

/**
 * An entry takes 51 bytes at most (16 bytes of serial number, a GeneralizedTime, a reason), everything else 1 KB. It may
 * be made smaller one day, but not larger: places that were given out would fall into shards that are full.
 */
export const SHARD_CAPACITY = 19_000;
