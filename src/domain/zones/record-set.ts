import type { RecordName } from "./record-name.ts";

/** Every type that Route 53 keeps, with its number on the wire (IANA DNS Parameters). */
export const RECORD_TYPES = {
  A: 1,
  AAAA: 28,
  CAA: 257,
  CNAME: 5,
  DS: 43,
  HTTPS: 65,
  MX: 15,
  NAPTR: 35,
  NS: 2,
  PTR: 12,
  SOA: 6,
  SPF: 99,
  SRV: 33,
  SSHFP: 44,
  SVCB: 64,
  TLSA: 52,
  TXT: 16,
} as const;

export type RecordType = keyof typeof RECORD_TYPES;

/** All records of one name and type. */
export interface RecordSet {
  readonly name: RecordName;
  readonly type: RecordType;
  readonly content: RecordValues | RecordAlias;
}

export interface RecordValues {
  readonly kind: "values";
  /** Seconds. */
  readonly ttl: number;
  /** In zone-file form, as they were given. */
  readonly values: readonly string[];
}

/** Answers with what another name answers: a load balancer, or a record set of the same zone and type. */
export interface RecordAlias {
  readonly kind: "alias";
  readonly target: RecordName;
  /** The zone in which the target lies: our own, or the one of the load balancers. */
  readonly zoneId: string;
  readonly evaluateTargetHealth: boolean;
}

/** Names the set within its zone, as AWS's messages do. */
export function setKey({ name, type }: Pick<RecordSet, "name" | "type">): string {
  return `${type} ${name}`;
}
