import type { Owner } from "#domain/names.ts";

/** An event in EventBridge's form: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What somebody has to say, before it has its envelope. */
export interface NewEvent extends Owner {
  readonly source: string;
  readonly detailType: string;
  /** ARNs. Events with the same first resource keep their order. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  /** When it happened; now unless told. */
  readonly time?: Date;
}

/** Puts an event into its envelope. */
export function busEvent(event: NewEvent, id: string, now: Date): BusEvent {
  const { source, detailType, account, region, resources, detail, time = now } = event;
  return {
    version: "0",
    id,
    "detail-type": detailType,
    source,
    account,
    time: time.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region,
    resources,
    detail,
  };
}
