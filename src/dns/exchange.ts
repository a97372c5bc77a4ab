import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { RecordName } from "#domain/zones/record-name.ts";
import { wireName } from "#domain/zones/wire-name.ts";
import type { Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { PAYLOAD } from "./message.ts";
import { type DnsResponse, readResponse } from "./read-response.ts";
import { type QuestionType, typeNumber } from "./resolved-record.ts";
import type { ResolverAddress } from "./resolver-address.ts";

export interface ExchangeDeps {
  readonly ids: Ids;
  readonly patience: Millis;
}

/** How a server is asked. */
export interface Manner {
  /** It shall ask others until it knows. */
  readonly recursion: boolean;
  /** It shall not check DNSSEC signatures. */
  readonly unchecked?: boolean;
}

/**
 * Asks one server one question, over UDP, and over TCP where that does not suffice. Rejects, with a reason that follows
 * the server's name in a sentence, when it does not answer this very question in time.
 */
export async function exchange(
  name: RecordName,
  type: QuestionType,
  server: ResolverAddress,
  how: Manner,
  { ids, patience }: ExchangeDeps,
): Promise<DnsResponse> {
  const query = writeQuery(name, type, Number.parseInt(ids.hex(2), 16), how);
  const answer = await overUdp(query, server, patience);
  return answer.truncated ? await overTcp(query, server, patience) : answer;
}

/** One datagram to one server from a port of its own; whatever does not answer this very question is not heard. */
async function overUdp(query: Buffer, { address, port }: ResolverAddress, patience: Millis): Promise<DnsResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<DnsResponse>();
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

async function overTcp(query: Buffer, { address, port }: ResolverAddress, patience: Millis): Promise<DnsResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<DnsResponse>();
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
function readAnswer(message: Buffer, query: Buffer): DnsResponse | undefined {
  const question = query.subarray(HEADER, query.length - OPT.length);
  const theirs = message.subarray(HEADER, HEADER + question.length);
  if (message.length < HEADER || message.readUInt16BE(0) !== query.readUInt16BE(0)) return undefined;
  return lowerCase(theirs).equals(lowerCase(question)) ? readResponse(message) : undefined;
}

/** A question with EDNS (RFC 6891). */
function writeQuery(name: RecordName, type: QuestionType, id: number, how: Manner): Buffer {
  const { recursion, unchecked = false } = how;
  const header = Buffer.from([
    id >> 8,
    id & 0xff,
    recursion ? 1 : 0,
    unchecked ? CHECKING_DISABLED : 0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    1,
  ]);
  const number = typeNumber(type);
  return Buffer.concat([header, wireName(name), Buffer.of(number >> 8, number & 0xff, 0, 1), OPT]);
}

/** Lengths of labels are below the letters, so folding their case leaves them as they are. */
const lowerCase = (octets: Buffer): Buffer => Buffer.from(octets.toString("latin1").toLowerCase(), "latin1");

const HEADER = 12;
const CHECKING_DISABLED = 0x10;
const OPT = Buffer.from([0, 0, 41, PAYLOAD >> 8, PAYLOAD & 0xff, 0, 0, 0, 0, 0, 0]);
const MOST_TCP = 16_384;
