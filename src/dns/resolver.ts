import { createSocket } from "node:dgram";
import { connect } from "node:net";
import packet, { type DecodedPacket } from "dns-packet";
import type { RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { wireName } from "#domain/zones/wire-name.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { PAYLOAD, RESPONSE_CODES } from "./message.ts";
import { type ResolverAddress, shownResolver } from "./resolver-address.ts";

export interface ResolverDeps {
  /** Asked in this order. */
  readonly resolvers: readonly ResolverAddress[];
  readonly ids: Ids;
  /** How long one resolver may take to answer once; 2 seconds when it is not said. */
  readonly patience?: Millis;
}

/** What the world says to one question. */
export type Resolved =
  | { readonly kind: "records"; readonly server: string; readonly records: readonly ResolvedRecord[] }
  | { readonly kind: "no-name" | "no-data"; readonly server: string }
  | { readonly kind: "failed"; readonly server: string; readonly reason: string };

/** A record as text: the name that a CNAME points to, or what a TXT says. */
export interface ResolvedRecord {
  readonly type: "CNAME" | "TXT";
  readonly value: string;
}

/**
 * Asks the resolvers for the CNAME or TXT records of a name, over UDP, and over TCP where that does not suffice; each gets
 * two tries. Never rejects.
 */
export async function askResolvers(name: RecordName, type: "CNAME" | "TXT", deps: ResolverDeps): Promise<Resolved> {
  let last: Resolved = { kind: "failed", server: "the resolver", reason: "is not configured" };
  for (const resolver of [...deps.resolvers, ...deps.resolvers]) {
    last = await ask(name, type, resolver, deps);
    if (last.kind !== "failed") return last;
  }
  return last;
}

async function ask(
  name: RecordName,
  type: "CNAME" | "TXT",
  resolver: ResolverAddress,
  { ids, patience = PATIENCE }: ResolverDeps,
): Promise<Resolved> {
  const server = shownResolver(resolver);
  const query = writeQuery(name, type, Number.parseInt(ids.hex(2), 16));
  try {
    const answer = await overUdp(query, resolver, patience);
    return judge(name, type, server, answer.flag_tc ? await overTcp(query, resolver, patience) : answer);
  } catch (error) {
    return { kind: "failed", server, reason: error instanceof Error ? error.message : String(error) };
  }
}

function judge(name: RecordName, type: "CNAME" | "TXT", server: string, answer: DecodedPacket): Resolved {
  const code = (answer.flags ?? 0) & 0xf;
  if (code === RESPONSE_CODES.NXDOMAIN) return { kind: "no-name", server };
  if (code !== RESPONSE_CODES.NOERROR) return { kind: "failed", server, reason: `answered ${codeName(code)}` };
  const asked = (answer.answers ?? []).filter((record) => plain(record.name) === plain(name));
  const records = asked.flatMap((record): readonly ResolvedRecord[] => {
    if (record.type === "CNAME" && type === "CNAME") return [{ type, value: record.data }];
    if (record.type === "TXT" && type === "TXT") return [{ type, value: textOf(record.data) }];
    return [];
  });
  return records.length > 0 ? { kind: "records", server, records } : { kind: "no-data", server };
}

function codeName(code: number): string {
  return Object.entries(RESPONSE_CODES).find(([, number]) => number === code)?.[0] ?? `response code ${code}`;
}

/** One datagram to one resolver from a port of its own; whatever does not answer this very question is not heard. */
async function overUdp(query: Buffer, { address, port }: ResolverAddress, patience: Millis): Promise<DecodedPacket> {
  const { promise, resolve, reject } = Promise.withResolvers<DecodedPacket>();
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const timer = setTimeout(() => reject(new Error("did not answer in time")), patience);
  socket.on("error", (error) => reject(new Error(`could not be asked (${error.message})`)));
  socket.on("message", (message) => {
    const answer = readAnswer(message, query);
    if (answer) resolve(answer);
  });
  socket.connect(port, address, () => socket.send(query, (error) => error && reject(error)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

async function overTcp(query: Buffer, { address, port }: ResolverAddress, patience: Millis): Promise<DecodedPacket> {
  const { promise, resolve, reject } = Promise.withResolvers<DecodedPacket>();
  const socket = connect({ host: address, port });
  const timer = setTimeout(() => reject(new Error("did not answer in time over TCP")), patience);
  let received = Buffer.alloc(0);
  socket.on("error", (error) => reject(new Error(`could not be asked over TCP (${error.message})`)));
  socket.on("close", () => reject(new Error("ended the TCP connection without an answer")));
  socket.on("data", (bytes) => {
    received = Buffer.concat([received, bytes]);
    const length = received.length < 2 ? 0 : received.readUInt16BE(0);
    if (length > MOST_TCP) reject(new Error(`answered with ${length} bytes, which is too much`));
    if (length === 0 || received.length < 2 + length) return;
    const answer = readAnswer(received.subarray(2, 2 + length), query);
    if (answer) resolve(answer);
    else reject(new Error("answered something else over TCP"));
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** The answer, when it is one to this query: same id, same question, and readable. */
function readAnswer(message: Buffer, query: Buffer): DecodedPacket | undefined {
  const question = query.subarray(HEADER, query.length - OPT.length);
  const theirs = message.subarray(HEADER, HEADER + question.length);
  if (message.length < HEADER || message.readUInt16BE(0) !== query.readUInt16BE(0)) return undefined;
  if (!lowerCase(theirs).equals(lowerCase(question))) return undefined;
  try {
    const answer = packet.decode(message);
    return answer.type === "response" && answer.questions?.length === 1 ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** A question that wants recursion, with EDNS (RFC 6891). */
function writeQuery(name: RecordName, type: "CNAME" | "TXT", id: number): Buffer {
  const header = Buffer.from([id >> 8, id & 0xff, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  return Buffer.concat([header, wireName(name), Buffer.of(0, RECORD_TYPES[type], 0, 1), OPT]);
}

function textOf(data: packet.TxtData): string {
  const strings = Array.isArray(data) ? data : [data];
  return strings.map((string) => string.toString()).join("");
}

/** Lengths of labels are below the letters, so folding their case leaves them as they are. */
const lowerCase = (octets: Buffer): Buffer => Buffer.from(octets.toString("latin1").toLowerCase(), "latin1");
const plain = (name: string): string => name.toLowerCase().replace(/\.$/, "");

const HEADER = 12;
const OPT = Buffer.from([0, 0, 41, PAYLOAD >> 8, PAYLOAD & 0xff, 0, 0, 0, 0, 0, 0]);
const PATIENCE: Millis = 2 * SECOND;
const MOST_TCP = 16_384;
