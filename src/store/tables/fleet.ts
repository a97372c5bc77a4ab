import type { Generated } from "kysely";
import type { EpochMillis, Fixed } from "./types.ts";

export interface FleetTables {
  /** What edges must be told of: subjects, never contents, so that a reader always sends the present. Appended only. */
  edgeChanges: {
    id: Generated<number>;
    /** The transaction that wrote it, on PostgreSQL; 0 on SQLite, where commits have one order anyway. */
    tx: Generated<number>;
    /** By the database's own clock. */
    at: Generated<EpochMillis>;
    /** Empty when a trust store changed. */
    loadBalancerArn: Fixed<string>;
    /** Of these three at most one is not empty; none when the load balancer itself changed. */
    certificateArn: Fixed<string>;
    secret: Generated<string>;
    trustStoreArn: Generated<string>;
  };
  /** Every edge that ever said hello. */
  edges: {
    edge: string;
    /** A fresh one for every start of its process. */
    instance: string;
    connectedAt: EpochMillis;
    seenAt: EpochMillis;
    /** How far it had followed the changes when it last said so. */
    revision: string;
  };
  /** Where an edge listens for a listener; `error` where it does not. */
  edgeListeners: {
    edge: string;
    loadBalancerArn: string;
    listenerArn: string;
    address: string;
    port: number;
    error: string | null;
    at: EpochMillis;
  };
  /** What an edge last saw of a target. */
  edgeTargets: {
    edge: string;
    loadBalancerArn: string;
    targetGroupArn: string;
    address: string;
    port: number;
    state: string;
    reason: string | null;
    description: string | null;
    at: EpochMillis;
  };
  /** Which version of a certificate an edge serves for a load balancer. */
  edgeCertificates: {
    edge: string;
    loadBalancerArn: string;
    certificateArn: string;
    serial: string;
    at: EpochMillis;
  };
}
