import type {
  OpenTargetConnection,
  TargetAnswer,
  TargetConnection,
  TargetExchange,
  TargetRequest,
  TargetSocket,
  TargetSocketHearer,
} from "#edge/targets/target-connection.ts";
import { ClientStream } from "./client-stream.ts";
import { ERROR, MOST_STREAM_ID, PREFACE, SETTING } from "./frame.ts";
import { COMMON_SETTINGS, Session } from "./session.ts";

/** Speaks HTTP/2 with a target, in clear by prior knowledge (RFC 9113 section 3.3): many requests at once. */
export const http2Target: OpenTargetConnection = (socket) => new ClientSession(socket);

class ClientSession extends Session implements TargetConnection, TargetSocketHearer {
  readonly mostPush = 0;
  #configured = false;
  #goingAway = false;
  #changed: () => void = () => {};

  constructor(target: TargetSocket) {
    super(target.socket);
    this.peerStreams = STREAMS_UNTOLD;
    this.outbox.raw(PREFACE);
    this.begin(CLIENT_SETTINGS);
    target.hear(this);
  }

  get room(): number {
    if (this.done || this.#goingAway || this.lastId >= LAST_ID) return 0;
    return Math.max(0, Math.min(this.peerStreams, MOST_STREAMS) - this.streams.size);
  }

  get open(): boolean {
    return !this.done;
  }

  onChange(act: () => void): void {
    this.#changed = act;
  }

  send(request: TargetRequest, answer: TargetAnswer): TargetExchange {
    const hasRoom = this.room > 0;
    if (!hasRoom || request.upgrade !== undefined) {
      const stream = new ClientStream(0, this, request, answer);
      stream.refuse(hasRoom ? "malformed" : "unsent", new Error("this request cannot be sent on this connection"));
      return stream;
    }
    this.lastId += this.lastId === 0 ? 1 : 2;
    const stream = new ClientStream(this.lastId, this, request, answer);
    this.streams.set(stream.id, stream);
    stream.begin(request);
    return stream;
  }

  received(buffer: Buffer, length: number): void {
    this.receive(buffer, 0, length);
  }

  ended(): void {
    this.destroy("the target ended the connection");
  }

  drained(): void {} // the outbox knows by itself

  closed(error: Error | undefined): void {
    this.destroy(error?.message ?? "the connection broke");
  }

  override destroy(reason = "given up"): void {
    super.destroy(reason);
  }

  override opened(): void {
    this.fail(ERROR.protocol, "a stream that nobody asked for");
  }

  // What a target does too often costs it more than us.
  override glitch(): void {}
  override misbehaved(): void {}
  override pinged(): void {}
  protected override sentBody(): void {}

  override configured(): void {
    if (!this.#configured && this.peerStreams === STREAMS_UNTOLD) this.peerStreams = MOST_STREAMS;
    this.#configured = true;
    this.#changed();
  }

  override peerGoesAway(lastId: number): void {
    this.#goingAway = true;
    const refused = [...this.streams.values()].filter(({ id }) => id > lastId);
    for (const stream of refused) {
      this.streams.delete(stream.id);
      this.closedStreams.add(stream.id, "reset-by-us");
    }
    for (const stream of refused) stream.leave("refused", "GOAWAY");
    if (this.streams.size === 0) this.close("the target went away");
    else this.#changed();
  }

  protected override streamGone(): void {
    if (this.#goingAway && this.streams.size === 0) this.close("the target went away");
    else this.#changed();
  }

  protected override endSocket(): void {
    this.socket.destroySoon();
  }

  protected override over(): void {
    this.#changed();
  }
}

/** RFC 9113 section 6.5.2 recommends to take no fewer; and what we ask of one connection at most. */
const STREAMS_UNTOLD = 100;
const MOST_STREAMS = 1_000;
const LAST_ID = MOST_STREAM_ID - 2;
const CLIENT_SETTINGS = [[SETTING.enablePush, 0], ...COMMON_SETTINGS] as const;
