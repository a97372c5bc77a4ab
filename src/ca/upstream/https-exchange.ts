import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Millis } from "#lib/duration.ts";

/** A request to a CA, or to a log of certificates. */
export interface Asked {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What it answered, whole. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface ExchangeDeps {
  readonly agent: Agent;
  /** For everything: connection, request and answer. */
  readonly patience: Millis;
  /** Breaks it off before. */
  readonly signal?: AbortSignal;
  /** The longest answer, in bytes. */
  readonly largest?: number;
  readonly userAgent?: string;
}

/** Somebody who does not answer, or not in HTTP, or not what it should: trying again later may help. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/**
 * One HTTP exchange. Clear HTTP goes to this machine only; redirects are not followed (an ACME URL is signed, it cannot
 * be another one; a log answers itself), and an answer has its bounds. Throws Unreachable.
 */
export async function exchange(asked: Asked, deps: ExchangeDeps): Promise<Answered> {
  const { agent, patience, largest = LARGEST_ANSWER, userAgent = USER_AGENT } = deps;
  const url = readAcmeUrl(asked.url);
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const timeout = AbortSignal.timeout(patience);
  const signal = deps.signal ? AbortSignal.any([timeout, deps.signal]) : timeout;
  const { method, headers, body } = asked;
  const request = send(url, { method, agent, signal, headers: { ...headers, "user-agent": userAgent } });
  try {
    const answer = await answerOf(request, body);
    const { statusCode: status = 0 } = answer;
    if (status >= 300 && status < 400) {
      throw new Unreachable(`${url.href} redirects to ${shown(answer.headers.location)}, where it must answer itself`);
    }
    return { status, headers: answer.headers, body: method === "HEAD" ? NOTHING : await bodyOf(answer, url, largest) };
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    const why = timeout.aborted ? `it did not answer within ${patience / 1000} seconds` : reasonOf(error);
    throw new Unreachable(`${url.host} cannot be asked: ${why}`);
  } finally {
    request.destroy();
  }
}

/** A URL that may be asked: https, or http on this machine. Throws Unreachable. */
export function readAcmeUrl(text: string): URL {
  const url = text.length <= LONGEST_URL ? URL.parse(text) : null;
  const mayBe =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname));
  if (!url || !mayBe || url.username || url.password) {
    throw new Unreachable(`${shown(text)} is no https:// URL (http:// is for this machine only)`);
  }
  return url;
}

async function answerOf(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.on("response", resolve);
  request.on("error", reject);
  request.end(body);
  return await promise;
}

async function bodyOf(answer: IncomingMessage, url: URL, largest: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > largest) throw new Unreachable(`${url.href} answered more than ${largest} bytes`);
    pieces.push(piece);
  }
  if (!answer.complete) throw new Unreachable(`${url.host} broke its answer off`);
  return Buffer.concat(pieces);
}

/** Errors of several connection attempts say nothing themselves. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(first);
}

function shown(text: string | undefined): string {
  return text === undefined ? "nowhere" : text.replace(/[^\u0021-\u007e]/g, "?").slice(0, LONGEST_SHOWN);
}

const NOTHING = Buffer.alloc(0);
/** RFC 8555 section 6.1: clients must send one, and servers may refuse those who do not. */
const USER_AGENT = `sealkeeper/0.1 (ACME client) node/${process.versions.node}`;
const LARGEST_ANSWER = 512 * 1024;
const LONGEST_URL = 2048;
const LONGEST_SHOWN = 200;
