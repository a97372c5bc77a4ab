import {
  type Classification,
  COMPLIANT,
  classify,
  DESYNC,
  type DesyncMode,
  type DesyncVerdict,
} from "#edge/http/desync.ts";
import type { Head } from "./head.ts";

/** How safe a request is behind this connection, and what becomes of it. */
export interface Judgement {
  readonly desync: Classification;
  readonly verdict: DesyncVerdict;
}

export const SAFE: Judgement = { desync: COMPLIANT, verdict: "pass" };

/**
 * Judges a request as the one of HTTP/1.1 that its target may get of it. Frames tell where a request of HTTP/2 ends: only
 * behind us can anybody see its end elsewhere, where GET has a body or where names look like those of framing.
 */
export function judge(method: string, head: Head, ends: boolean, mode: DesyncMode): Judgement {
  const { contentLength, likeLengths, likeCodings } = head;
  const framed = contentLength >= 0 || !ends;
  const bodyIsOdd = framed && (method === "GET" || method === "HEAD");
  if (!bodyIsOdd && likeLengths.length + likeCodings.length === 0) return SAFE;
  const desync = classify({
    method,
    version: "1.1",
    lengths: contentLength < 0 ? [] : [String(contentLength)],
    codings: contentLength < 0 && !ends ? ["chunked"] : [],
    lookalikeLengths: likeLengths,
    lookalikeCodings: likeCodings,
    unusual: false,
  });
  return { desync, verdict: DESYNC[mode][desync.level] };
}
