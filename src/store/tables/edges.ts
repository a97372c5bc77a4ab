import type { EpochMillis, Fixed } from "./types.ts";

export interface EdgeTables {
  /** The one CA of the identities by which control planes and edges on other machines know one another. */
  fleetAuthority: {
    id: Fixed<string>;
    /** DER. */
    certificate: Fixed<Uint8Array>;
    /** PKCS#8, sealed by the root of custody. */
    sealedKey: Fixed<Uint8Array>;
    createdAt: Fixed<EpochMillis>;
  };
  /** With which edges on other machines may join, once. */
  edgeTokens: {
    id: Fixed<string>;
    /** SHA-256 of the secret part. */
    secretHash: Fixed<Uint8Array>;
    /** What the edge must be called, where it is and which addresses it has; null: the edge says so itself. */
    edge: Fixed<string | null>;
    zone: Fixed<string | null>;
    addresses: Fixed<string | null>;
    createdAt: Fixed<EpochMillis>;
    expiresAt: EpochMillis;
    usedAt: EpochMillis | null;
    usedBy: string | null;
    /** SHA-256 of the public key that joined: who asks again because the answer was lost is answered again. */
    usedKey: Uint8Array | null;
  };
  /** Edges on other machines, for as long as they may take part. */
  edgeMembers: {
    edge: Fixed<string>;
    /** The availability zone whose load balancers it carries; null: it carries all. */
    zone: string | null;
    /** An IPv4 block that is its own; null: load balancers' own addresses. */
    addresses: string | null;
    accessKeyId: string;
    /** Of its certificate; hexadecimal. */
    serial: string;
    notAfter: EpochMillis;
    joinedAt: EpochMillis;
  };
  /** Where an edge that has addresses of its own binds a load balancer. */
  edgeAddresses: {
    edge: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    address: Fixed<string>;
  };
}
