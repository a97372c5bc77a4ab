/** Node.js's own parser, llhttp, as strict as it is for node:http. */

export type Pairs = readonly (readonly [name: string, value: string])[];

const ON_HEADERS = 1;
const ON_HEADERS_COMPLETE = 2;
const ON_BODY = 3;
const ON_MESSAGE_COMPLETE = 4;
const { HTTPParser, methods } = process.getBuiltinModule("_http_common") as unknown as HttpCommon;
const parser = new HTTPParser();
const LARGEST_HEAD = 64 * 1024;

/** A message as llhttp reads it. */
export interface Message {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly fields: Pairs;
  readonly upgrade: boolean;
  readonly keepAlive: boolean;
  readonly body: string;
  readonly trailers: Pairs;
  readonly whole: boolean;
}

export interface Reading {
  readonly messages: readonly Message[];
  /** Llhttp's name of what is wrong. */
  readonly error: string | undefined;
}

/** Reads what came in pieces; `ends` when the connection ends behind it. `bodyless` tells answers that have no body. */
export function read(
  kind: "request" | "response",
  pieces: readonly Buffer[],
  { ends = false, bodyless = () => false }: Options = {},
): Reading {
  const messages: Draft[] = [];
  let pairs: string[] = [];
  let url = "";
  const current = (): Draft | undefined => messages.at(-1);
  parser.initialize(kind === "request" ? HTTPParser.REQUEST : HTTPParser.RESPONSE, {}, LARGEST_HEAD, 0);
  parser[ON_HEADERS] = (more, part) => {
    pairs.push(...more);
    url += part;
  };
  parser[ON_HEADERS_COMPLETE] = (major, minor, more, method, target, status, reason, upgrade, keepAlive) => {
    const fields = paired(more ?? pairs);
    messages.push({
      method: method === undefined ? "" : (methods[method] ?? "QUERY"),
      url: target ?? url,
      status: status ?? 0,
      reason: reason ?? "",
      version: `${major}.${minor}`,
      fields,
      upgrade,
      keepAlive,
      body: "",
      trailers: [],
      whole: false,
    });
    pairs = [];
    url = "";
    const draft = current();
    return draft !== undefined && bodyless(draft) ? 1 : 0;
  };
  parser[ON_BODY] = (piece) => {
    const draft = current();
    if (draft) draft.body += piece.toString("latin1");
  };
  parser[ON_MESSAGE_COMPLETE] = () => {
    const draft = current();
    if (draft) {
      draft.whole = true;
      draft.trailers = paired(pairs);
    }
    pairs = [];
    url = "";
  };
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    if (messages.at(-1)?.upgrade && messages.at(-1)?.whole) return { messages, error: undefined };
    const result = parser.execute(piece);
    if (typeof result !== "number") return { messages, error: result.code };
    // What follows is another protocol.
    if (current()?.upgrade && result < piece.length) return { messages, error: undefined };
  }
  const end = ends ? parser.finish() : undefined;
  return { messages, error: end === undefined || typeof end === "number" ? undefined : end.code };
}

export interface Options {
  readonly ends?: boolean;
  readonly bodyless?: (message: Message) => boolean;
}

type Draft = { -readonly [Key in keyof Message]: Message[Key] };

function paired(flat: readonly string[]): Pairs {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? "", flat[2 * i + 1] ?? ""] as const);
}

/** What Node.js has of it, undocumented: https://github.com/nodejs/node/blob/v24.x/src/node_http_parser.cc */
interface Parser {
  initialize(type: number, resource: object, largestHead: number, leniency: number): void;
  execute(bytes: Buffer): number | (Error & { code: string });
  finish(): undefined | number | (Error & { code: string });
  [ON_HEADERS]: (fields: string[], url: string) => void;
  [ON_HEADERS_COMPLETE]: (
    major: number,
    minor: number,
    fields: string[] | undefined,
    method: number | undefined,
    url: string | undefined,
    status: number | undefined,
    reason: string | undefined,
    upgrade: boolean,
    keepAlive: boolean,
  ) => number;
  [ON_BODY]: (piece: Buffer) => void;
  [ON_MESSAGE_COMPLETE]: () => void;
}
interface HttpCommon {
  readonly HTTPParser: (new () => Parser) & { readonly REQUEST: number; readonly RESPONSE: number };
  readonly methods: readonly string[];
}
