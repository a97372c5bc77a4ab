import type { Owner } from "#domain/names.ts";

export interface InternetGateway extends Owner {
  readonly id: string;
  readonly vpcId: string | undefined;
}

export interface RouteTable extends Owner {
  readonly id: string;
  readonly vpcId: string;
}

export interface Route {
  /** A block of addresses. */
  readonly destination: string;
  readonly targetKind: RouteTargetKind;
  readonly target: string;
  readonly origin: "CreateRouteTable" | "CreateRoute";
}

/** Targets that are there; the others that EC2 has are refused. */
export type RouteTargetKind = "local" | "internet-gateway" | "network-interface";

export interface RouteTableAssociation {
  readonly id: string;
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Undefined for the main table of the VPC. */
  readonly subnetId: string | undefined;
}

export interface AclEntry {
  readonly egress: boolean;
  readonly ruleNumber: number;
  /** A protocol's number, or `-1` for every one. */
  readonly protocol: string;
  readonly action: "allow" | "deny";
  readonly cidr: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly icmpType: number | undefined;
  readonly icmpCode: number | undefined;
}
