import type { RecordName } from "#domain/zones/record-name.ts";
import { readName } from "./read-name.ts";

/** A response as it came over the wire. */
export interface DnsResponse {
  readonly id: number;
  /** With the upper bits of EDNS. */
  readonly code: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly answers: readonly WireRecord[];
  readonly authorities: readonly WireRecord[];
  readonly additionals: readonly WireRecord[];
  /** Why, in the words of the server (RFC 8914). */
  readonly extendedErrors: readonly ExtendedError[];
}

/** One record, its data still where it stands in the message. */
export interface WireRecord {
  readonly name: RecordName;
  readonly type: number;
  readonly class: number;
  readonly message: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface ExtendedError {
  readonly code: number;
  readonly text: string;
}

/** Reads a response; undefined for anything that is not one, whatever its bytes. Never throws. */
export function readResponse(message: Buffer): DnsResponse | undefined {
  if (message.length < HEADER || message.length > MOST_OCTETS) return undefined;
  const flags = message.readUInt16BE(2);
  if ((flags & RESPONSE) === 0 || (flags & OPCODE) !== 0 || message.readUInt16BE(4) !== 1) return undefined;
  const question = readName(message, HEADER);
  if (!question || question.end + 4 > message.length) return undefined;
  let at = question.end + 4;
  const sections: WireRecord[][] = [];
  for (const count of [6, 8, 10].map((offset) => message.readUInt16BE(offset))) {
    if (count > MOST_RECORDS) return undefined;
    const section: WireRecord[] = [];
    for (let index = 0; index < count; index += 1) {
      const record = readRecord(message, at);
      if (!record) return undefined;
      section.push(record);
      at = record.end;
    }
    sections.push(section);
  }
  const [answers = [], authorities = [], additionals = []] = sections;
  const opt = additionals.find(({ type }) => type === OPT);
  return {
    id: message.readUInt16BE(0),
    code: ((opt ? message.readUInt8(opt.start - 6) : 0) << 4) | (flags & 0xf),
    authoritative: (flags & AUTHORITATIVE) !== 0,
    truncated: (flags & TRUNCATED) !== 0,
    answers,
    authorities,
    additionals,
    extendedErrors: opt ? readExtendedErrors(opt) : [],
  };
}

function readRecord(message: Buffer, start: number): WireRecord | undefined {
  const owner = readName(message, start);
  if (!owner || owner.end + FIXED > message.length) return undefined;
  const data = owner.end + FIXED;
  const end = data + message.readUInt16BE(data - 2);
  if (end > message.length) return undefined;
  const [type, klass] = [message.readUInt16BE(owner.end), message.readUInt16BE(owner.end + 2)];
  return { name: owner.name, type, class: klass, message, start: data, end };
}

/** The options of EDNS (RFC 6891 §6.1.2) that say why an answer failed; the text is theirs, so it is cleaned and cut. */
function readExtendedErrors({ message, start, end }: WireRecord): readonly ExtendedError[] {
  const errors: ExtendedError[] = [];
  let at = start;
  while (at + 4 <= end && errors.length < MOST_ERRORS) {
    const [code, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 2)];
    const next = at + 4 + length;
    if (next > end) break;
    if (code === EXTENDED_ERROR && length >= 2) {
      const text = message.toString("utf8", at + 6, Math.min(next, at + 6 + MOST_TEXT));
      errors.push({ code: message.readUInt16BE(at + 4), text: text.replace(UNPRINTABLE, " ").trim() });
    }
    at = next;
  }
  return errors;
}

const HEADER = 12;
const FIXED = 10;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const OPT = 41;
const EXTENDED_ERROR = 15;
const MOST_OCTETS = 65_535;
const MOST_RECORDS = 500;
const MOST_ERRORS = 4;
const MOST_TEXT = 120;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;
