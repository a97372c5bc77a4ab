import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { selfSigned } from "./self-signed.ts";

/** A request as a webhook got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of events: a real HTTPS server that keeps what it gets and answers as it is told. */
export interface WebhookServer {
  readonly url: string;
  /** PEM: whom to trust. */
  readonly ca: string;
  readonly received: Received[];
  /** What it answers from now on; 200 unless told. */
  answer: (received: Received, response: ServerResponse) => void;
  /** The events it got, as JSON. */
  readonly events: () => Record<string, unknown>[];
}

/** Starts one on localhost; it is closed when the test ends. */
export async function webhookServer(): Promise<WebhookServer> {
  const [notBefore, notAfter] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 86_400_000)];
  const { certificate, privateKey } = await selfSigned({ names: ["localhost"], notBefore, notAfter });
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    void take(request).then((one) => {
      received.push(one);
      webhook.answer(one, response);
    });
  };
  const server = createServer({ key: privateKey, cert: certificate }, listener);
  server.on("tlsClientError", () => {}); // whoever does not trust it goes away
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const webhook: WebhookServer = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/hook`,
    ca: certificate,
    received,
    answer: (_, response) => void response.writeHead(200).end(),
    events: () => received.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
  };
  return webhook;
}

async function take(request: IncomingMessage): Promise<Received> {
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, body: await text(request) };
}
