import type { BodyLength } from "#edge/http/body.ts";
import type { Head } from "./head.ts";

/** The head of an answer. */
export interface Response {
  readonly status: number;
  /** 0 when no body follows; to HEAD what it would be. */
  readonly length: BodyLength;
  /** How much DATA must follow; undefined when nobody said. */
  readonly owed: number | undefined;
}

/** Reads the head of an answer (RFC 9113 section 8.3.2); a text says why it is none. */
export function readResponse(head: Head, method: string, ends: boolean): Response | string {
  if (head.tooLarge) return "a head that is too long";
  if (head.malformed !== undefined) return head.malformed;
  if (
    head.method !== undefined ||
    head.scheme !== undefined ||
    head.authority !== undefined ||
    head.path !== undefined
  ) {
    return "a request's pseudo field";
  }
  const status = statusOf(head.status);
  if (status < 100 || status === 101) return "no valid :status";
  if (status < 200) return ends ? "an interim answer that ends its stream" : { status, length: 0, owed: 0 };
  const said = head.contentLength < 0 ? undefined : head.contentLength;
  if (status === 204 || status === 304) return { status, length: 0, owed: 0 };
  if (method === "HEAD") return { status, length: said ?? "unknown", owed: 0 };
  if (!ends) return { status, length: said ?? "unknown", owed: said };
  return said === undefined || said === 0 ? { status, length: 0, owed: 0 } : "less than its content-length";
}

/** 0 when it is no number of three digits. */
function statusOf(text: string | undefined): number {
  if (text?.length !== 3) return 0;
  let status = 0;
  for (let i = 0; i < 3; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return 0;
    status = status * 10 + digit;
  }
  return status;
}
