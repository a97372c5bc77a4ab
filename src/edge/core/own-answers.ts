import { STATUS_CODES } from "node:http";
import type { Exchange, Headers } from "./exchange.ts";

/** Answers as an Application Load Balancer does where no target does. */
export function answerStatus(exchange: Exchange, status: number, more: Headers = []): void {
  answerBody(exchange, status, "text/html", page(status), more);
}

/** Answers with a body of our own. */
export function answerBody(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string,
  more: Headers = [],
): void {
  const bytes = Buffer.from(body);
  const out = exchange.respond(status, reason(status), [
    ["Server", SERVER],
    ...(bytes.length > 0 ? [["Content-Type", contentType] as const] : []),
    ["Content-Length", String(bytes.length)],
    ...more,
  ]);
  out.end(exchange.method === "HEAD" ? undefined : bytes);
  exchange.body.resume(); // what the client still sends is not wanted
}

/** The same for a connection whose request could not even be read: it is the last thing said on it. */
export function lastWords(status: number, detail?: string): string {
  const body = page(status, detail);
  const head = [
    `HTTP/1.1 ${status} ${reason(status)}`,
    `Server: ${SERVER}`,
    "Content-Type: text/html",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

function page(status: number, detail?: string): string {
  const heading = `${status} ${reason(status)}`;
  return [
    "<html>",
    `<head><title>${detail === undefined ? heading : `${status} ${detail}`}</title></head>`,
    "<body>",
    `<center><h1>${heading}</h1></center>`,
    ...(detail === undefined ? [] : [`<center>${detail}</center>`]),
    "</body>",
    "</html>",
    "",
  ].join("\r\n");
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
function reason(status: number): string {
  return OWN_REASONS[status] ?? STATUS_CODES[status] ?? "Unknown";
}

const OWN_REASONS: Readonly<Record<number, string>> = {
  405: "Not Allowed",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};
const SERVER = "awselb/2.0";
