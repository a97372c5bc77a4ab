import { performServerHandshake, type ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import type { Exchange } from "#edge/http/exchange.ts";
import { serveHttp2 } from "#edge/http2/server-connection.ts";
import { Heard } from "../../tests/support/http2-frames.ts";
import { memorySocket } from "./memory-socket.ts";

/** A server of HTTP/2 on a connection in memory, and what it made of what came. */
export interface Peer {
  feed(bytes: Buffer): void;
  /** Answers every request that is whole with 200, in the order of their streams. */
  answer(): void;
  /** By stream. */
  readonly requests: ReadonlyMap<number, Seen>;
  /** What it said so far. */
  heard(): Heard;
  end(): void;
}

/** A request, in the words of HTTP/1.1. */
export interface Seen {
  readonly head: string;
  body: string;
  trailers: string;
  whole: boolean;
}

/** Ours. */
export function ourPeer(): Peer {
  const client = memorySocket();
  const requests = new Map<number, Seen>();
  const waiting: Exchange[] = [];
  let taken = 0;
  const heard = new Heard();
  const connection = serveHttp2(
    client.socket,
    CLIENT,
    () => ({ idle: 1e9, life: 1e9, desync: "defensive" }),
    {
      refused() {},
      request(exchange) {
        const { method, target, host, fields } = exchange;
        const seen: Seen = { head: headText(method, target, host, fields), body: "", trailers: "", whole: false };
        requests.set((exchange as Exchange & { id: number }).id, seen);
        exchange.readBody({
          write(piece) {
            seen.body += Buffer.from(piece).toString("latin1");
            return true;
          },
          end(trailers = []) {
            seen.trailers = fieldText(trailers);
            seen.whole = true;
            waiting.push(exchange);
          },
          abort() {},
          drained() {},
        });
      },
    },
    { clock: { now: () => NOW }, timers: { after: () => () => {} } },
  );
  return {
    requests,
    feed: (bytes) => client.arrive(bytes),
    answer() {
      for (const exchange of waiting.splice(0)) exchange.respond(200, undefined, [], 0).end();
    },
    heard() {
      const written = client.written();
      heard.take(Buffer.from(written.slice(taken), "latin1"));
      taken = written.length;
      return heard;
    },
    end: () => connection.destroy(),
  };
}

/** Node.js's own: nghttp2. */
export function theirPeer(): Peer {
  const requests = new Map<number, Seen>();
  const waiting: ServerHttp2Stream[] = [];
  const heard = new Heard();
  const duplex = new Duplex({
    read() {},
    write(piece: Buffer, _encoding, done) {
      heard.take(piece);
      done();
    },
  });
  const session = performServerHandshake(duplex, {
    settings: { maxConcurrentStreams: 128, initialWindowSize: 65_536 },
  });
  session.on("error", () => {});
  session.on("stream", (stream: ServerHttp2Stream, _headers: object, _flags: number, raw: string[]) => {
    const pairs = paired(raw);
    const value = (name: string): string | undefined => pairs.find(([key]) => key === name)?.[1];
    const fields = joined(pairs.filter(([name]) => !(name.startsWith(":") || LEFT_OUT.has(name))));
    const host = value(":authority") ?? value("host");
    const seen: Seen = {
      head: headText(value(":method") ?? "", value(":path") ?? "", host, fields),
      body: "",
      trailers: "",
      whole: false,
    };
    requests.set(stream.id ?? 0, seen);
    stream.on("error", () => {});
    stream.on("data", (piece: Buffer) => {
      seen.body += piece.toString("latin1");
    });
    stream.on("trailers", (_trailers: object, _flags: number, more: string[]) => {
      seen.trailers = fieldText(joined(paired(more).filter(([name]) => !LEFT_OUT.has(name))));
    });
    stream.on("end", () => {
      if (stream.rstCode !== 0 || stream.destroyed || stream.aborted) return;
      seen.whole = true;
      waiting.push(stream);
    });
  });
  return {
    requests,
    feed: (bytes) => void duplex.push(bytes),
    answer() {
      for (const stream of waiting.splice(0)) {
        if (!stream.destroyed && !stream.headersSent) stream.respond({ ":status": 200 }, { endStream: true });
      }
    },
    heard: () => heard,
    end() {
      session.destroy();
      duplex.destroy();
    },
  };
}

function headText(method: string, target: string, host: string | undefined, fields: readonly One[]): string {
  return `${method} ${target} ${host ?? "-"}\n${fieldText(fields)}`;
}

interface One {
  readonly name: string;
  readonly value: string;
}

function fieldText(fields: readonly One[]): string {
  return fields.map(({ name, value }) => `${name}: ${value}\n`).join("");
}

function paired(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? "", flat[2 * i + 1] ?? ""]);
}

/** Cookies in one field, as a request of HTTP/1.1 has them. */
function joined(pairs: readonly [string, string][]): One[] {
  const fields: { name: string; value: string }[] = [];
  for (const [name, value] of pairs) {
    const first = name === "cookie" ? fields.find((one) => one.name === "cookie") : undefined;
    if (first) first.value += `; ${value}`;
    else fields.push({ name, value });
  }
  return fields;
}

const LEFT_OUT = new Set(["host", "content-length", "te"]);
const NOW = new Date(0);
const CLIENT = {
  address: "192.0.2.1",
  port: 1,
  localAddress: "192.0.2.2",
  localPort: 80,
  scheme: "http",
  listenerPort: 80,
  connectionId: "TID_fuzz",
} as const;
