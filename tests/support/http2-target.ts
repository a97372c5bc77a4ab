import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { NOWHERE } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";
import { PREFACE } from "#edge/http2/frame.ts";
import { http2Target } from "#edge/http2/target-connection.ts";
import type {
  TargetConnection,
  TargetExchange,
  TargetRequest,
  TargetSocketHearer,
} from "#edge/targets/target-connection.ts";
import { Heard } from "./http2-frames.ts";

/** Our connection to what listens on a port, fed as the edge feeds it. */
export async function targetConnection(port: number): Promise<TargetConnection> {
  const shared = Buffer.allocUnsafeSlow(65_536);
  let hearer: TargetSocketHearer | undefined;
  const socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: {
      buffer: shared,
      callback(length) {
        hearer?.received(shared, length);
        shared.fill(0xaa, 0, length);
        return true;
      },
    },
  });
  socket.on("error", () => {});
  socket.on("end", () => hearer?.ended());
  socket.on("drain", () => hearer?.drained());
  socket.on("close", () => hearer?.closed(undefined));
  await once(socket, "connect");
  const connection = http2Target({
    socket,
    hear(who) {
      hearer = who;
    },
  });
  onTestFinished(() => connection.destroy());
  return connection;
}

/** What came of one request. */
export interface Outcome {
  readonly informed: readonly number[];
  readonly status: number | undefined;
  readonly length: number | "unknown" | undefined;
  readonly fields: Fields;
  readonly body: string;
  readonly trailers: Fields | undefined;
  /** How it ended: `whole`, `aborted`, or the kind of its failure. */
  readonly end: string | undefined;
}

export const REQUEST: TargetRequest = {
  method: "GET",
  path: "/",
  host: "a.test",
  scheme: "http",
  fields: [],
  bodyLength: 0,
  upgrade: undefined,
  wantsTrailers: false,
};

export interface Asked {
  readonly exchange: TargetExchange;
  readonly now: Outcome;
  readonly outcome: Promise<Outcome>;
}

/** Asks, and gathers what is answered. */
export function ask(connection: TargetConnection, request: Partial<TargetRequest> = {}): Asked {
  const informed: number[] = [];
  const now = {
    informed,
    status: undefined,
    length: undefined,
    fields: [],
    body: "",
    trailers: undefined,
    end: undefined,
  } as {
    -readonly [K in keyof Outcome]: Outcome[K];
  };
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const ended = (how: string): void => {
    now.end = now.end === undefined ? how : `${now.end}, ${how}`;
    resolve(now);
  };
  const exchange = connection.send(
    { ...REQUEST, ...request },
    {
      informed: (status) => void informed.push(status),
      answered(status, _reason, fields, length) {
        Object.assign(now, { status, fields, length });
        return {
          ...NOWHERE,
          write(piece) {
            now.body += Buffer.from(piece).toString("latin1");
            return true;
          },
          end(trailers) {
            now.trailers = trailers;
            ended("whole");
          },
          abort: () => ended("aborted"),
        };
      },
      switched: () => ended("switched"),
      failed: ({ kind }) => ended(kind),
    },
  );
  return { exchange, now, outcome: promise };
}

/** A target that says its own frames. */
export interface WireTarget {
  readonly connection: TargetConnection;
  readonly heard: Heard;
  readonly socket: Socket;
  readonly send: (...frames: readonly Buffer[]) => void;
}

export async function wireTarget(...first: readonly Buffer[]): Promise<WireTarget> {
  const heard = new Heard();
  const server = createServer({ noDelay: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const accepted = once(server, "connection");
  const connection = await targetConnection((server.address() as AddressInfo).port);
  const [socket] = (await accepted) as [Socket];
  onTestFinished(() => void socket.destroy());
  let greeted = 0;
  socket.on("data", (bytes) => {
    const skipped = Math.min(PREFACE.length - greeted, bytes.length);
    greeted += skipped;
    if (skipped < bytes.length) heard.take(bytes.subarray(skipped));
  });
  socket.on("error", () => {});
  socket.on("close", () => heard.close());
  const send = (...frames: readonly Buffer[]): void => void socket.write(Buffer.concat(frames));
  if (first.length > 0) send(...first);
  return { connection, heard, socket, send };
}
