import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Call } from "./call.ts";
import { AwsError } from "./service.ts";

/** A request with its whole body, inflated where it came compressed. What is wrong with the body is the call's refusal. */
export async function receive(request: IncomingMessage, limit: number): Promise<Call> {
  const body = await readBody(request, limit);
  if (!body) return { ...callOf(request, EMPTY), refusal: tooLarge(limit) };
  const call = callOf(request, body);
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return call;
  if (encoding !== "gzip") return { ...call, refusal: unsupported(encoding) };
  try {
    return { ...call, body: await inflate(body, { maxOutputLength: limit }) };
  } catch (error) {
    const large = error instanceof RangeError; // zlib's ERR_BUFFER_TOO_LARGE
    return { ...call, refusal: large ? tooLarge(limit) : unsupported("gzip, but not readable as such") };
  }
}

/** A request as a call with this body. */
export function callOf(request: IncomingMessage, body: Buffer): Call {
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  return {
    method: request.method ?? "",
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)),
    headers: singleHeaders(request),
    body,
    signedBody: body,
    remoteAddress: request.socket.remoteAddress ?? "",
    secure: "encrypted" in request.socket,
    ...clientNameOf(request.socket as MaybeTls),
  };
}

/** Only a TLS socket has a certificate to show, and `authorized` says that it was asked for and holds. */
function clientNameOf(socket: MaybeTls): Pick<Call, "clientName"> {
  if (socket.authorized !== true) return {};
  const [, clientName] = /^DNS:([a-z0-9.-]+)$/.exec(socket.getPeerCertificate?.().subjectaltname ?? "") ?? [];
  return clientName === undefined ? {} : { clientName };
}

/** Node joins what came twice, but for set-cookie, which is no request header and only a hostile client sends. */
function singleHeaders({ headers }: IncomingMessage): Call["headers"] {
  if (headers["set-cookie"] === undefined) return headers as Call["headers"];
  return { ...headers, "set-cookie": headers["set-cookie"].join(", ") } as Call["headers"];
}

/** The whole body; undefined when it is larger than `limit`. Rejects when the client goes away. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  // A body that is too large but bearable is let through to its end: a client that is still sending sees no answer.
  if (Number(request.headers["content-length"]) > BEARABLE * limit) resolve(undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (size > BEARABLE * limit) resolve(undefined);
  });
  request.on("end", () => {
    if (size > limit) resolve(undefined);
    else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  });
  request.on("error", reject);
  request.on("close", () => {
    if (!request.complete) reject(new Error("the client went away"));
  });
  return promise;
}

function tooLarge(limit: number): AwsError {
  return new AwsError("RequestEntityTooLargeException", `The request body is larger than ${limit} bytes.`);
}

function unsupported(encoding: string): AwsError {
  return new AwsError(
    "UnsupportedMediaTypeException",
    `The content encoding is not supported: ${encoding.slice(0, 60)}`,
  );
}

/** Of node:tls's sockets, what there is to be asked. */
interface MaybeTls {
  readonly authorized?: boolean;
  getPeerCertificate?(): { readonly subjectaltname?: string };
}

const inflate = promisify(gunzip);
const BEARABLE = 8;
const EMPTY = Buffer.alloc(0);
