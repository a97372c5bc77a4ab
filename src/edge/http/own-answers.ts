import { STATUS_CODES } from "node:http";
import type { Exchange } from "./exchange.ts";
import { type Fields, field } from "./fields.ts";

/** Answers as an Application Load Balancer does where no target does. */
export function answerStatus(exchange: Exchange, status: number, fields: Fields = []): void {
  answerBody(exchange, status, "text/html", page(status), fields);
}

/** Answers with a body of our own. What the client still sends is not wanted. */
export function answerBody(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string,
  fields: Fields = [],
): void {
  const bytes = Buffer.from(body);
  const type = bytes.length > 0 ? [field("Content-Type", contentType)] : [];
  const sink = exchange.respond(status, reason(status), [SERVER, ...type, ...fields], bytes.length);
  if (bytes.length > 0 && exchange.method !== "HEAD") sink.write(bytes);
  sink.end();
}

/** The same for a connection whose request could not even be read: it is the last thing said on it. */
export function lastWords(status: number, detail?: string): string {
  const body = page(status, detail);
  const head = [
    `HTTP/1.1 ${status} ${reason(status)}`,
    `${SERVER.name}: ${SERVER.value}`,
    "Content-Type: text/html",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

function page(status: number, detail?: string): string {
  if (detail !== undefined) return newPage(status, detail);
  const known = pages.get(status) ?? newPage(status);
  pages.set(status, known);
  return known;
}

function newPage(status: number, detail?: string): string {
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

/** What a load balancer calls a status. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
export function reason(status: number): string {
  return OWN_REASONS[status] ?? STATUS_CODES[status] ?? "Unknown";
}

const OWN_REASONS: Readonly<Record<number, string>> = {
  405: "Not Allowed",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};
/** By status; there are few. */
const pages = new Map<number, string>();
const SERVER = field("Server", "awselb/2.0");
