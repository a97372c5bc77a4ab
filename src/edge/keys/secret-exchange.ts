import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ControlPoint, tlsOptions } from "#edge/control/control-point.ts";
import type { Millis } from "#lib/duration.ts";

export interface Answer {
  readonly status: number;
  /** A view that is wiped when `read` returns. */
  readonly body: Buffer;
}

/**
 * Sends one HTTP/1.1 request (with `connection: close` and a whole body) and hands the answer to `read`. The answer may
 * hold a secret: it is kept in buffers of our own, which are wiped, never in those of node:http, which are not.
 * Rejects when there is no whole answer of at most 64 kB with a content-length in time.
 */
export function exchangeSecret<T>(
  request: Buffer,
  read: (answer: Answer) => T,
  { endpoint, timeout, ...point }: Omit<ControlPoint, "otherEndpoints"> & { readonly timeout: Millis },
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const arriving = Buffer.alloc(MOST_BYTES);
  const answer = Buffer.alloc(MOST_BYTES);
  let filled = 0;
  const take = (count: number): boolean => {
    const fits = arriving.copy(answer, filled, 0, count) === count;
    arriving.fill(0, 0, count);
    filled += count;
    try {
      if (!fits) throw new Error("the answer is too long");
      const whole = readAnswer(answer.subarray(0, filled));
      if (whole) {
        resolve(read(whole));
        socket.destroy();
      }
    } catch (error) {
      socket.destroy(error as Error);
    }
    return true;
  };
  const socket = open(endpoint, point, { buffer: arriving, callback: take });
  socket.setTimeout(timeout, () => socket.destroy(new Error(`${endpoint.host} did not answer in time`)));
  socket.on("error", reject);
  socket.on("close", () => {
    arriving.fill(0);
    answer.fill(0);
    reject(new Error(`${endpoint.host} ended the connection before it answered`));
  });
  socket.write(request);
  return promise;
}

type OnRead = { readonly buffer: Buffer; readonly callback: (count: number) => boolean };

function open(endpoint: URL, point: Pick<ControlPoint, "ca" | "identity">, onread: OnRead): Socket {
  const host = endpoint.hostname.replace(/^\[|\]$/g, "");
  const secure = endpoint.protocol === "https:";
  const port = Number(endpoint.port || (secure ? 443 : 80));
  if (!secure) return connect({ host, port, onread });
  const name = isIP(host) ? {} : { servername: host };
  // node:tls takes `onread` too (https://nodejs.org/api/tls.html#tlsconnectoptions-callback); its types do not say so.
  return connectTls({ host, port, ...name, ...tlsOptions(point), onread } as object);
}

/** The answer when it is whole. */
function readAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const status = /^HTTP\/1\.1 (\d{3})[ \r]/.exec(head)?.[1];
  const length = /\r\ncontent-length: *(\d{1,9})(?:\r|$)/i.exec(head)?.[1];
  if (status === undefined || length === undefined) throw new Error("the answer is no HTTP/1.1 with a content-length");
  const body = bytes.subarray(end + 4, end + 4 + Number(length));
  return body.length < Number(length) ? undefined : { status: Number(status), body };
}

const MOST_BYTES = 64 * 1024;
