import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { FRAME } from "#edge/http2/frame.ts";
import { frame, GREETING, Heard } from "./http2-frames.ts";

/** A client of HTTP/2 that says its own frames. */
export interface WireClient {
  readonly socket: Socket;
  readonly heard: Heard;
  send(...frames: readonly Buffer[]): void;
  /** What was answered to everything so far: up to the answer to a PING, or the connection's end. Without SETTINGS and the first window. */
  answers(): Promise<string[]>;
}

export function wireClient(port: number, ...first: readonly Buffer[]): WireClient {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const heard = new Heard();
  socket.on("data", (bytes) => heard.take(bytes));
  socket.on("error", () => {});
  socket.on("close", () => heard.close());
  onTestFinished(() => void socket.destroy());
  let pings = 0;
  const send = (...frames: readonly Buffer[]): void => void socket.write(Buffer.concat(frames));
  send(...(first.length === 0 ? [GREETING] : first));
  return {
    socket,
    heard,
    send,
    async answers() {
      const opaque = `ping${String(pings++).padStart(4, "0")}`;
      send(frame(FRAME.ping, 0, 0, opaque));
      await heard.until(() => heard.lines.includes(`PING ACK ${opaque}`));
      return heard.lines.filter((line) => !/^(SETTINGS|PING ACK ping|WINDOW 0 983041)/.test(line));
    },
  };
}
