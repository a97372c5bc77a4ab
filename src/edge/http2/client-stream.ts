import type { Sink } from "#edge/http/body.ts";
import type { TargetAnswer, TargetExchange, TargetRequest } from "#edge/targets/target-connection.ts";
import { ERROR } from "./frame.ts";
import type { Head } from "./head.ts";
import { blockBound } from "./hpack-encoder.ts";
import { Incoming } from "./incoming.ts";
import { readResponse } from "./response.ts";
import type { Session } from "./session.ts";
import { type Outcome, Stream } from "./stream.ts";

/** A request to a target, and the answer that comes on its stream. */
export class ClientStream extends Stream implements TargetExchange {
  readonly #method: string;
  readonly #answer: TargetAnswer;
  #interims = 0;
  /** Nobody is told anything any more. */
  #silent = false;

  constructor(id: number, session: Session, request: TargetRequest, answer: TargetAnswer) {
    super(id, session);
    this.#method = request.method;
    this.#answer = answer;
  }

  get body(): Sink {
    return this.outgoing;
  }

  /** Sends the head (RFC 9113 section 8.3.1). */
  begin({ method, scheme, host, path, fields, bodyLength, wantsTrailers }: TargetRequest): void {
    const { session, outgoing } = this;
    const { encoder } = session;
    session.beginHead(blockBound(fields) + method.length + host.length + path.length + OWN_FIELDS);
    encoder.header(":method", method);
    encoder.header(":scheme", scheme);
    encoder.header(":authority", host);
    encoder.header(":path", path);
    for (const { key, value } of fields) if (key !== "content-length" && key !== "te") encoder.header(key, value);
    if (bodyLength !== "unknown" && (bodyLength > 0 || EXPECT_BODY.has(method))) {
      encoder.header("content-length", String(bodyLength));
    }
    if (wantsTrailers) encoder.header("te", "trailers");
    session.endHead(this, bodyLength === 0);
    if (bodyLength === 0) outgoing.finished();
    else if (bodyLength !== "unknown") outgoing.owe(bodyLength);
  }

  override head(head: Head, ends: boolean): void {
    const response = readResponse(head, this.#method, ends);
    if (typeof response === "string") return this.reset(ERROR.protocol, response);
    const { status, length, owed } = response;
    if (status < 200) {
      if (++this.#interims > MOST_INTERIMS) return this.reset(ERROR.enhanceYourCalm, "interim answers without end");
      if (!this.#silent) this.#answer.informed(status, head.fields);
      return;
    }
    const incoming = new Incoming(this, owed);
    this.incoming = incoming;
    incoming.deliver(this.#answer.answered(status, undefined, head.fields, length));
    if (ends && !this.closed) this.heard(undefined);
  }

  override abort(): void {
    this.giveUp(ERROR.cancel, "broken", "the request was broken off");
  }

  cancel(): void {
    this.#silent = true;
    this.incoming?.drop();
    this.giveUp(ERROR.cancel, "broken", "given up");
  }

  /** It was never sent. */
  refuse(kind: "unsent" | "malformed", error: Error): void {
    this.closed = true;
    this.outgoing.done = true;
    process.nextTick(() => {
      if (!this.#silent) this.#answer.failed({ kind, error });
    });
  }

  protected override over(outcome: Outcome, reason: string): void {
    if (this.#silent || this.incoming !== undefined || outcome === "whole") return;
    this.#silent = true;
    const kind = outcome === "lost" && this.session.heard ? "unsent" : KINDS[outcome];
    this.#answer.failed({ kind, error: new Error(`the target's HTTP/2: ${reason}`) });
  }
}

const KINDS = { malformed: "malformed", refused: "refused-stream", broken: "broken", lost: "broken" } as const;
/** Methods whose requests say so when they have no body (RFC 9110 section 8.6). */
const EXPECT_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);
const MOST_INTERIMS = 100;
/** What is written beside the fields, without what the request says. */
const OWN_FIELDS = 256;
