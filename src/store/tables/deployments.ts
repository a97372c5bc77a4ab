import type { CertificateArn } from "#domain/arn.ts";
import type { DeploymentState } from "#domain/deployment/deployment.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface DeploymentTables {
  /** How far the version in force has come on one load balancer. */
  deployments: {
    certificateArn: Fixed<CertificateArn>;
    loadBalancerArn: Fixed<string>;
    /** Of `certificateVersions`. */
    generation: number;
    /** What was served before, and is served again after a roll-back; null for the first. */
    previous: number | null;
    state: DeploymentState;
    startedAt: EpochMillis;
    changedAt: EpochMillis;
    /** How often it was looked at since `startedAt`. */
    looks: number;
    /** How often it was rolled back. */
    attempts: number;
    problem: string | null;
  };
  /** What a handshake from outside last saw at a listener of an edge: a serial, or why there was none. */
  edgeSightings: {
    edge: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    certificateArn: Fixed<CertificateArn>;
    listenerArn: Fixed<string>;
    serial: string | null;
    problem: string | null;
    at: EpochMillis;
  };
  /** A version that an edge cannot serve, and since when it says so. */
  edgeRefusals: {
    edge: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    certificateArn: Fixed<CertificateArn>;
    serial: string;
    reason: string;
    since: EpochMillis;
  };
}
