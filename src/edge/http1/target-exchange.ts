import type { Sink } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";
import type { TargetAnswer, TargetExchange, TargetFailure, TargetRequest } from "#edge/targets/target-connection.ts";
import type { BodyFraming, BodyWriter } from "./body-writer.ts";
import { fieldLines, requestLine } from "./head-writer.ts";
import type { Output } from "./output.ts";

/** What a request under way needs of the connection that it goes on. */
export interface TargetSide {
  readonly output: Output;
  readonly writer: BodyWriter;
  /** The request was sent to its end. */
  requestSent(exchange: RequestUnderWay): void;
  /** The request will never be whole. */
  requestBroken(exchange: RequestUnderWay): void;
  /** Nobody waits for the answer, and nobody can tell where on this connection it would end. */
  cancel(exchange: RequestUnderWay): void;
}

/** A request under way, and the sink of its body. */
export class RequestUnderWay implements TargetExchange, Sink {
  readonly answer: TargetAnswer;
  readonly method: string;
  readonly upgrade: string | undefined;
  /** Whether it was sent to its end. */
  sent = false;
  readonly #side: TargetSide;
  #over = false;
  #drained: (() => void) | undefined;

  constructor(side: TargetSide, { method, upgrade }: TargetRequest, answer: TargetAnswer) {
    this.#side = side;
    this.method = method;
    this.upgrade = upgrade;
    this.answer = answer;
  }

  get body(): Sink {
    return this;
  }

  cancel(): void {
    this.#over = true;
    this.#side.cancel(this);
  }

  fail(kind: TargetFailure["kind"], error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.answer.failed({ kind, error });
  }

  write(piece: Uint8Array): boolean {
    if (this.#over || this.sent) return true;
    this.#side.writer.write(piece);
    return !this.#side.output.full;
  }

  end(trailers?: Fields): void {
    if (this.#over || this.sent) return;
    if (this.#side.writer.end(trailers)) this.#side.requestSent(this);
    else this.abort();
  }

  abort(): void {
    if (!this.#over && !this.sent) this.#side.requestBroken(this);
  }

  /** Nothing more is taken. */
  settle(): void {
    this.#over = true;
  }

  drained(act: () => void): void {
    this.#drained = act;
  }

  drain(): void {
    const act = this.#drained;
    this.#drained = undefined;
    act?.();
  }
}

/** The head of a request, of which nobody can be in doubt. */
export function headOf(request: TargetRequest): string {
  const { bodyLength, upgrade, wantsTrailers, last } = request;
  const options: string[] = [];
  let head = `${requestLine(request.method, request.path)}Host: ${request.host}\r\n${fieldLines(request.fields)}`;
  if (bodyLength === "unknown") head += "Transfer-Encoding: chunked\r\n";
  else if (bodyLength > 0 || EXPECT_BODY.has(request.method)) head += `Content-Length: ${bodyLength}\r\n`;
  if (wantsTrailers) {
    head += "TE: trailers\r\n";
    options.push("TE");
  }
  if (upgrade !== undefined) {
    head += `Upgrade: ${upgrade}\r\n`;
    options.push("Upgrade");
  }
  if (last === true) options.push("close");
  return options.length === 0 ? `${head}\r\n` : `${head}Connection: ${options.join(", ")}\r\n\r\n`;
}

/** How the body of a request is framed. */
export function framingOf({ bodyLength }: TargetRequest): BodyFraming {
  if (bodyLength === "unknown") return "chunked";
  return bodyLength === 0 ? "none" : "length";
}

/** Methods whose requests say so when they have no body (RFC 9110 section 8.6). */
const EXPECT_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);
