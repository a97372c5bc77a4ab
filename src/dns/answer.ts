import { ANY } from "./dns-record.ts";
import {
  PAYLOAD,
  type Query,
  type Response,
  type ResponseCode,
  readQuery,
  writeError,
  writeResponse,
} from "./message.ts";
import { resolve } from "./resolve.ts";
import type { LookupDeps } from "./speaker.ts";

export interface AnswerDeps extends LookupDeps {
  /** Told of every question that we failed to answer (SERVFAIL). */
  readonly onError: (error: unknown) => void;
}

/** The response to a message, whatever its bytes; undefined when it deserves none. Never rejects. */
export async function answer(message: Buffer, transport: "udp" | "tcp", deps: AnswerDeps): Promise<Buffer | undefined> {
  const query = readQuery(message);
  if (query === undefined) return undefined;
  if (typeof query === "string") return writeError(message, query);
  const most = transport === "tcp" ? MOST_TCP : Math.min(PAYLOAD, Math.max(MOST_PLAIN_UDP, query.edns?.payload ?? 0));
  const refusal = refuse(query);
  if (refusal) return writeResponse(query, bare(refusal));
  try {
    const response = writeResponse(query, { ...(await resolve(query.name, query.type, deps)), truncated: false });
    if (response.length <= most) return response;
    // Over UDP the asker comes back by TCP, for everything: half an answer would be believed to be a whole one.
    if (transport === "udp") return writeResponse(query, { ...bare("NOERROR"), authoritative: true, truncated: true });
    throw new Error(`the answer to ${query.name} does not fit into a message`);
  } catch (error) {
    deps.onError(error);
    return writeResponse(query, bare("SERVFAIL"));
  }
}

/** What we do not answer, however well it is asked. */
function refuse({ edns, type, class: klass }: Query): ResponseCode | undefined {
  if (edns && edns.version > 0) return "BADVERS";
  if (klass !== INTERNET && klass !== ANY) return "REFUSED";
  if (type === OPT) return "FORMERR";
  if (type === IXFR || type === AXFR) return "REFUSED";
  // Questions about keys and mailboxes (RFC 6895 §3.1: 128 to 255 are for questions).
  return type >= 128 && type < ANY ? "NOTIMP" : undefined;
}

function bare(code: ResponseCode): Response {
  return { code, authoritative: false, truncated: false, answers: [], authorities: [], additionals: [] };
}

const INTERNET = 1;
const OPT = 41;
const IXFR = 251;
const AXFR = 252;
const MOST_PLAIN_UDP = 512;
const MOST_TCP = 65_535;
