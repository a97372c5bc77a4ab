import packet from "dns-packet";
import { ancestry, type RecordName } from "#domain/zones/record-name.ts";
import { readWireName, wireName } from "#domain/zones/wire-name.ts";
import type { DnsRecord } from "./dns-record.ts";

/** RFC 1035 §4.1.1, RFC 6891 §9. */
export const RESPONSE_CODES = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

export type ResponseCode = keyof typeof RESPONSE_CODES;

/** A question that was understood, with all of it that an answer repeats. */
export interface Query {
  readonly id: number;
  /** RD and CD, which are repeated. */
  readonly flags: number;
  readonly name: RecordName;
  readonly type: number;
  readonly class: number;
  /** The question section as it came: the case of its letters is repeated to the asker. */
  readonly question: Buffer;
  readonly edns: Edns | undefined;
}

export interface Edns {
  readonly version: number;
  /** The largest datagram that the asker takes. */
  readonly payload: number;
  readonly dnssecOk: boolean;
}

export interface Response {
  readonly code: ResponseCode;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/**
 * Reads a query. A message that wants no answer (a response, or one without a header) is `undefined`; one that can not be
 * read is an error code, to be sent with `writeError`. Never throws.
 */
export function readQuery(message: Buffer): Query | ResponseCode | undefined {
  if (message.length < HEADER || (message.readUInt16BE(2) & RESPONSE) !== 0) return undefined;
  const flags = message.readUInt16BE(2);
  if ((flags & OPCODE) !== 0) return "NOTIMP";
  const counts = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  const [questions, answers, authorities = 0, additionals = 0] = counts;
  if (questions !== 1 || answers !== 0 || authorities > 1 || additionals > MOST_ADDITIONALS) return "FORMERR";
  const read = readWireName(message, HEADER);
  if (!read || read.end + 4 > message.length) return "FORMERR";
  const edns = readEdns(message);
  if (edns === "malformed") return "FORMERR";
  return {
    id: message.readUInt16BE(0),
    flags: flags & (RECURSION_DESIRED | CHECKING_DISABLED),
    name: read.name,
    type: message.readUInt16BE(read.end),
    class: message.readUInt16BE(read.end + 2),
    question: message.subarray(HEADER, read.end + 4),
    edns,
  };
}

/** A response to a query. Names repeat by pointer (RFC 1035 §4.1.4), so that the asker's own spelling comes back. */
export function writeResponse(query: Query, response: Response): Buffer {
  const code = RESPONSE_CODES[response.code];
  const header = Buffer.alloc(HEADER);
  const flags = (response.authoritative ? AUTHORITATIVE : 0) | (response.truncated ? TRUNCATED : 0);
  header.writeUInt16BE(query.id, 0);
  header.writeUInt16BE(RESPONSE | flags | query.flags | (code & 0xf), 2);
  header.writeUInt16BE(1, 4);
  const sections = [response.answers, response.authorities, response.additionals];
  for (const [at, section] of sections.entries()) header.writeUInt16BE(section.length, 6 + 2 * at);
  if (query.edns) header.writeUInt16BE(response.additionals.length + 1, 10);
  const names = new Map<RecordName, number>();
  remember(names, query.name, HEADER);
  const parts = [header, query.question];
  let length = HEADER + query.question.length;
  for (const record of sections.flat()) {
    const written = writeRecord(record, length, names);
    parts.push(written);
    length += written.length;
  }
  if (query.edns) parts.push(writeEdns(query.edns, code));
  return Buffer.concat(parts);
}

/** A response to a message that could not be read beyond its header. */
export function writeError(message: Buffer, code: ResponseCode): Buffer {
  const header = Buffer.alloc(HEADER);
  const flags = message.readUInt16BE(2) & (OPCODE | RECURSION_DESIRED | CHECKING_DISABLED);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE | flags | RESPONSE_CODES[code], 2);
  return header;
}

function readEdns(message: Buffer): Edns | undefined | "malformed" {
  try {
    const decoded = packet.decode(message);
    const options = (decoded.additionals ?? []).filter((record) => record.type === "OPT");
    if (options.length > 1 || options.some(({ name }) => name !== ".")) return "malformed";
    const [opt] = options;
    if (opt?.type !== "OPT") return undefined;
    return { version: opt.ednsVersion, payload: opt.udpPayloadSize, dnssecOk: (opt.flags & packet.DNSSEC_OK) !== 0 };
  } catch {
    return "malformed";
  }
}

/** RFC 6891 §6.1.2. */
function writeEdns({ dnssecOk }: Edns, code: number): Buffer {
  const opt = Buffer.alloc(11);
  opt.writeUInt16BE(OPT, 1);
  opt.writeUInt16BE(PAYLOAD, 3);
  opt.writeUInt8(code >> 4, 5);
  opt.writeUInt16BE(dnssecOk ? packet.DNSSEC_OK : 0, 7);
  return opt;
}

function writeRecord({ name, type, ttl, data }: DnsRecord, at: number, names: Map<RecordName, number>): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(INTERNET, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(name, at, names), fixed, data]);
}

/** The name, its longest part that was written before as a pointer. */
function writeName(name: RecordName, at: number, names: Map<RecordName, number>): Buffer {
  const whole = wireName(name);
  let length = 0;
  for (const above of ancestry(name)) {
    const earlier = names.get(above);
    if (earlier !== undefined) {
      remember(names, name, at);
      return Buffer.concat([whole.subarray(0, length), Buffer.of(0xc0 | (earlier >> 8), earlier & 0xff)]);
    }
    length += (whole[length] ?? 0) + 1;
  }
  remember(names, name, at);
  return whole;
}

/** Notes where a name and all above it begin; a pointer reaches only so far. */
function remember(names: Map<RecordName, number>, name: RecordName, at: number): void {
  const whole = wireName(name);
  let offset = 0;
  for (const above of ancestry(name)) {
    if (names.has(above)) return;
    if (at + offset <= FARTHEST) names.set(above, at + offset);
    offset += (whole[offset] ?? 0) + 1;
  }
}

/** The largest datagram that we send: it passes every path unfragmented (DNS Flag Day 2020). */
export const PAYLOAD = 1232;

const HEADER = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const CHECKING_DISABLED = 0x0010;
const INTERNET = 1;
const OPT = 41;
const MOST_ADDITIONALS = 4;
const FARTHEST = 0x3fff;
