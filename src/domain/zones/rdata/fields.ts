import { NAME_PROBLEMS, parseRecordName, type RecordName, readRecordName } from "#domain/zones/record-name.ts";
import { wireName } from "#domain/zones/wire-name.ts";

/** A record's value that is not of its type's form; the message is what AWS says between "FATAL problem:" and "encountered". */
export class ValueProblem extends Error {
  override readonly name = "ValueProblem";

  constructor(code: string, words: string) {
    super(`${code} (${words})`);
  }
}

/** Parts a value at blanks that stand outside quotation marks. */
export function fieldsOf(value: string): readonly string[] {
  return value.match(/"(?:[^"\\]|\\[\s\S])*"?|[^\s"]+"?/g) ?? [];
}

/** An unsigned number of `bytes` octets. */
export function uint(field: string | undefined, bytes: 1 | 2 | 4): Buffer {
  const value = /^\d{1,10}$/.test(field ?? "") ? Number(field) : Number.POSITIVE_INFINITY;
  if (value >= 2 ** (8 * bytes)) throw new ValueProblem("InvalidNumber", `Value is not a number of ${8 * bytes} bits`);
  const octets = Buffer.alloc(bytes);
  octets.writeUIntBE(value, 0, bytes);
  return octets;
}

/** A host or domain name; `.` where the type gives the root a meaning. */
export function domain(field: string | undefined, root: "refuse-root" | "allow-root" = "refuse-root"): Buffer {
  return wireName(domainName(field, root));
}

export function domainName(field: string | undefined, root: "refuse-root" | "allow-root" = "refuse-root"): RecordName {
  if (field === "." && root === "allow-root") return "." as RecordName;
  const read = readRecordName(field ?? "");
  if ("problem" in read) throw new ValueProblem(read.problem, NAME_PROBLEMS[read.problem]);
  return read.name;
}

/** One or more strings in quotation marks, each of at most 255 octets, each behind its length. */
export function characterStrings(fields: readonly string[]): Buffer {
  if (fields.length === 0) throw new ValueProblem("InvalidCharacterString", QUOTES);
  return Buffer.concat(fields.map(characterString));
}

export function characterString(field: string | undefined): Buffer {
  const octets = unquote(field);
  if (octets.length > 255) throw new ValueProblem("CharacterStringTooLong", "Value is too long");
  return Buffer.concat([Buffer.of(octets.length), octets]);
}

/** The octets between quotation marks; `\ooo` is an octet in octal, as everywhere in Route 53. */
export function unquote(field: string | undefined): Buffer {
  const [, text] = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(field ?? "") ?? [];
  if (text === undefined) throw new ValueProblem("InvalidCharacterString", QUOTES);
  if (!/^(?:[\x20-\x5b\x5d-\x7e]|\\(?:[0-3][0-7]{2}|[\x20-\x2f\x3a-\x7e]))*$/.test(text)) {
    throw new ValueProblem("UnsupportedCharacter", "Value contains unsupported characters");
  }
  const octets = text.replace(/\\(\d{3}|[\s\S])/g, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : escaped,
  );
  return Buffer.from(octets, "latin1");
}

/** Octets as hexadecimal digits, which may be parted by blanks. */
export function hex(fields: readonly string[]): Buffer {
  const digits = fields.join("");
  if (digits === "" || !/^([0-9a-f]{2})+$/i.test(digits)) {
    throw new ValueProblem("InvalidHexString", "Value is not a string of hexadecimal digit pairs");
  }
  return Buffer.from(digits, "hex");
}

export function ipv4(field: string | undefined): Buffer {
  const parts = field?.split(".") ?? [];
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    throw new ValueProblem("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address");
  }
  return Buffer.from(parts.map(Number));
}

/** RFC 4291 §2.2, with the last 32 bits in dotted form where the user likes it so. */
export function ipv6(field: string | undefined): Buffer {
  const problem = new ValueProblem("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address");
  if (field === undefined || field.length > LONGEST_IPV6) throw problem;
  const text = field.replace(/(?<=:)[\d.]+\.[\d.]+$/, (dotted) => {
    const octets = ipv4(dotted);
    return `${octets.readUInt16BE(0).toString(16)}:${octets.readUInt16BE(2).toString(16)}`;
  });
  const halves = text.split("::");
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  const fits = halves.length === 2 ? missing >= 1 : halves.length === 1 && missing === 0;
  if (!fits || ![...head, ...tail].every((group) => /^[0-9a-f]{1,4}$/i.test(group))) throw problem;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** Refuses a value that has not exactly so many fields. */
export function exactly(count: number, fields: readonly string[], code: string, words: string): void {
  if (fields.length !== count) throw new ValueProblem(code, words);
}

/** For comparing names that stand in values: the name, or the text itself when it is none. */
export function comparable(field: string): string {
  return parseRecordName(field) ?? field.toLowerCase();
}

/** Six groups of four digits, and the last 32 bits in dotted form. */
const LONGEST_IPV6 = 45;
const QUOTES = "Value should be enclosed in quotation marks";
