import type { RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { ipAddressText } from "#lib/ip-address.ts";
import { readName } from "./read-name.ts";

/** What can be asked. */
export type QuestionType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "NS" | "SOA" | "TXT";

/** A record that was answered. `value` is for people: as in a zone file, names without the last dot. */
export type ResolvedRecord =
  | TextRecord<"A">
  | TextRecord<"AAAA">
  | TextRecord<"TXT">
  | HostRecord<"CNAME">
  | HostRecord<"NS">
  | MxRecord
  | CaaRecord
  | SoaRecord;

interface TextRecord<Type> {
  readonly type: Type;
  readonly value: string;
}

interface HostRecord<Type> extends TextRecord<Type> {
  readonly target: RecordName;
}

interface MxRecord extends TextRecord<"MX"> {
  readonly preference: number;
  /** The root where the domain takes no mail (RFC 7505). */
  readonly exchange: RecordName;
}

interface SoaRecord extends TextRecord<"SOA"> {
  readonly server: RecordName;
  readonly serial: number;
}

/** RFC 8659 §4.1. Tag and data are octets, each as the character of its number. */
export interface CaaRecord extends TextRecord<"CAA"> {
  readonly flags: number;
  /** In lower case, for tags are compared so. */
  readonly tag: string;
  readonly data: string;
}

/** The record of a type in a question's answer. */
export type RecordOf<Type extends QuestionType> = Extract<ResolvedRecord, { readonly type: Type }>;

/** Reads the data of a record, from `start` to `end` of a message; undefined when it is malformed. */
export function readRecordData<Type extends QuestionType>(
  type: Type,
  message: Buffer,
  start: number,
  end: number,
): RecordOf<Type> | undefined {
  const read: ResolvedRecord | undefined = READERS[type](message, start, end);
  return read as RecordOf<Type> | undefined;
}

type Reader = (message: Buffer, start: number, end: number) => ResolvedRecord | undefined;

const READERS: Readonly<Record<QuestionType, Reader>> = {
  A: (message, start, end) => address("A", 4, message.subarray(start, end)),
  AAAA: (message, start, end) => address("AAAA", 16, message.subarray(start, end)),
  CAA: caa,
  CNAME: (message, start, end) => host("CNAME", message, start, end),
  MX: mx,
  NS: (message, start, end) => host("NS", message, start, end),
  SOA: soa,
  TXT: txt,
};

function address(type: "A" | "AAAA", length: number, octets: Buffer): ResolvedRecord | undefined {
  const value = octets.length === length ? ipAddressText(octets) : undefined;
  return value === undefined ? undefined : { type, value };
}

function host(type: "CNAME" | "NS", message: Buffer, start: number, end: number): ResolvedRecord | undefined {
  const read = readName(message, start);
  return read?.end === end ? { type, value: shownName(read.name), target: read.name } : undefined;
}

function mx(message: Buffer, start: number, end: number): ResolvedRecord | undefined {
  const read = end - start > 2 ? readName(message, start + 2) : undefined;
  if (read?.end !== end) return undefined;
  const preference = message.readUInt16BE(start);
  return { type: "MX", value: `${preference} ${shownName(read.name)}`, preference, exchange: read.name };
}

function caa(message: Buffer, start: number, end: number): ResolvedRecord | undefined {
  const [flags, length = 0] = [message[start], message[start + 1]];
  const valueAt = start + 2 + length;
  if (flags === undefined || end - start < 2 || length === 0 || valueAt > end) return undefined;
  const tag = message.toString("latin1", start + 2, valueAt).toLowerCase();
  const data = message.toString("latin1", valueAt, end);
  return { type: "CAA", value: `${flags} ${printable(tag)} "${printable(data)}"`, flags, tag, data };
}

function soa(message: Buffer, start: number, end: number): ResolvedRecord | undefined {
  const server = readName(message, start);
  const mailbox = server && readName(message, server.end);
  if (!mailbox || mailbox.end + 20 !== end) return undefined;
  const [serial = 0, ...rest] = [0, 4, 8, 12, 16].map((at) => message.readUInt32BE(mailbox.end + at));
  const value = [shownName(server.name), shownName(mailbox.name), serial, ...rest].join(" ");
  return { type: "SOA", value, server: server.name, serial };
}

function txt(message: Buffer, start: number, end: number): ResolvedRecord | undefined {
  let value = "";
  let at = start;
  while (at < end) {
    const next = at + 1 + (message[at] ?? 0);
    if (next > end) return undefined;
    value += message.toString("latin1", at + 1, next);
    at = next;
  }
  return at === start ? undefined : { type: "TXT", value };
}

/** A name for people: without the last dot, but for the root. */
export function shownName(name: string): string {
  return name === "." ? name : name.replace(/\.$/, "");
}

/** What others wrote, fit to be shown: octets beyond printable ASCII as zone files write them. */
function printable(octets: string): string {
  return octets.replace(/[^\x20-\x7e]|["\\]/g, (octet) =>
    octet === '"' || octet === "\\" ? `\\${octet}` : `\\${octet.charCodeAt(0).toString().padStart(3, "0")}`,
  );
}

/** The number of a type on the wire. */
export function typeNumber(type: QuestionType): number {
  return RECORD_TYPES[type];
}
