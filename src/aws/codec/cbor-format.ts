import type { Format } from "./format.ts";
import { asObject, validDate } from "./values.ts";

/** A tagged CBOR value (RFC 8949 section 3.4). */
export class Tagged {
  readonly tag: number;
  readonly value: unknown;

  constructor(tag: number, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

const fields = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  value instanceof Tagged ? undefined : asObject(value);

/** What `parseCbor` gives. */
export const cborFormat: Format = {
  time: "epoch",
  object: fields,
  list: (value) => (Array.isArray(value) ? value : undefined),
  map(value) {
    const entries = fields(value);
    return entries && Object.entries(entries);
  },
  number: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
  boolean: (value) => (typeof value === "boolean" ? value : undefined),
  blob: (value) => (value instanceof Uint8Array ? value : undefined),
  timestamp(value) {
    const seconds = value instanceof Tagged && value.tag === EPOCH ? value.value : undefined;
    return typeof seconds === "number" ? validDate(seconds * 1000) : undefined;
  },
};

const EPOCH = 1;
