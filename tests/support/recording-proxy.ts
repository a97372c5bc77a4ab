import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Foreign } from "./self-signed.ts";

/** One exchange that went through. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** A proxy before an ACME server that notes what goes through, and may keep a request or its answer for itself. */
export interface RecordingProxy {
  readonly url: string;
  readonly passed: readonly Passed[];
  /**
   * From now on called for every request, before it is passed on and again before its answer is: what it answers is
   * awaited, and `lost` then breaks the connection.
   */
  intercept(at: (moment: "request" | "answer", path: string) => Promise<"lost" | undefined> | undefined): void;
}

/** Runs until the test ends; `certificate` is its own. The server behind it takes its URLs from the Host header. */
export async function recordingProxy(
  { port, caFile }: { readonly port: number; readonly caFile: string },
  certificate: Foreign,
): Promise<RecordingProxy> {
  const passed: Passed[] = [];
  let intercept: Parameters<RecordingProxy["intercept"]>[0] = () => undefined;
  const agent = new Agent({ ca: readFileSync(caFile), keepAlive: true, servername: "localhost" });
  const server = createServer({ cert: certificate.certificate, key: certificate.privateKey }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "", url: path = "", headers } = incoming;
    const body = await readAll(incoming);
    if ((await intercept("request", path)) === "lost") return void outgoing.destroy();
    const upstream = request({ host: "127.0.0.1", port, method, path, headers, agent });
    upstream.end(body);
    const [answer] = (await once(upstream, "response")) as [IncomingMessage];
    const answered = await readAll(answer);
    const { statusCode: status = 0 } = answer;
    passed.push({ method, path, status });
    if ((await intercept("answer", path)) === "lost") return void outgoing.destroy();
    outgoing.writeHead(status, answer.headers);
    outgoing.end(answered);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    passed,
    intercept(at) {
      intercept = at;
    },
  };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
