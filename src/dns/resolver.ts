import type { RecordName } from "#domain/zones/record-name.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { exchange, type Manner } from "./exchange.ts";
import { RESPONSE_CODES } from "./message.ts";
import type { DnsResponse } from "./read-response.ts";
import { type QuestionType, type RecordOf, readRecordData, typeNumber } from "./resolved-record.ts";
import { type ResolverAddress, shownResolver } from "./resolver-address.ts";
import { responseReason } from "./response-reason.ts";

export interface ResolverDeps {
  /** Asked in this order. */
  readonly resolvers: readonly ResolverAddress[];
  readonly ids: Ids;
  /** How long one resolver may take to answer once; 2 seconds when it is not said. */
  readonly patience?: Millis;
}

/** What the world says to one question. CNAMEs are followed, but where they are what was asked for. */
export type Resolved<Type extends QuestionType = QuestionType> =
  | {
      readonly kind: "records";
      readonly server: string;
      readonly records: readonly RecordOf<Type>[];
      /** Where the records stand: the name itself, or where its CNAMEs lead. */
      readonly at: RecordName;
    }
  | { readonly kind: "no-name" | "no-data"; readonly server: string; readonly at: RecordName }
  | { readonly kind: "failed"; readonly server: string; readonly reason: string };

/**
 * Asks the resolvers for the records of a name, over UDP, and over TCP where that does not suffice; each gets two tries.
 * Never rejects. `unchecked` wants the answer even where its DNSSEC signatures are wrong.
 */
export async function askResolvers<Type extends QuestionType>(
  name: RecordName,
  type: Type,
  deps: ResolverDeps,
  { unchecked = false }: { readonly unchecked?: boolean } = {},
): Promise<Resolved<Type>> {
  let last: Resolved<Type> = { kind: "failed", server: "the resolver", reason: "is not configured" };
  for (const resolver of [...deps.resolvers, ...deps.resolvers]) {
    last = await ask(name, type, resolver, { recursion: true, unchecked }, deps);
    if (last.kind !== "failed") return last;
  }
  return last;
}

async function ask<Type extends QuestionType>(
  name: RecordName,
  type: Type,
  resolver: ResolverAddress,
  how: Manner,
  { ids, patience = PATIENCE }: ResolverDeps,
): Promise<Resolved<Type>> {
  const server = shownResolver(resolver);
  try {
    return judge(name, type, server, await exchange(name, type, resolver, how, { ids, patience }));
  } catch (error) {
    return { kind: "failed", server, reason: error instanceof Error ? error.message : String(error) };
  }
}

function judge<Type extends QuestionType>(
  name: RecordName,
  type: Type,
  server: string,
  answer: DnsResponse,
): Resolved<Type> {
  const { code, answers } = answer;
  if (code !== RESPONSE_CODES.NOERROR && code !== RESPONSE_CODES.NXDOMAIN) {
    return { kind: "failed", server, reason: responseReason(answer) };
  }
  const at = type === "CNAME" ? name : canonicalName(name, answer);
  // What others may still tell us of another name is not heard: an answer is the chain from the name, and its end.
  const records = answers
    .filter((record) => record.name === at && record.class === INTERNET && record.type === typeNumber(type))
    .slice(0, MOST_RECORDS)
    .map(({ message, start, end }) => readRecordData(type, message, start, end));
  if (records.includes(undefined)) return { kind: "failed", server, reason: `answered a malformed ${type} record` };
  if (records.length > 0) return { kind: "records", server, records: records.filter((one) => one !== undefined), at };
  return { kind: code === RESPONSE_CODES.NXDOMAIN ? "no-name" : "no-data", server, at };
}

/** Where the CNAMEs of an answer lead from a name. */
function canonicalName(name: RecordName, { answers }: DnsResponse): RecordName {
  let at = name;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const link = answers.find((record) => record.name === at && record.type === typeNumber("CNAME"));
    const target = link && readRecordData("CNAME", link.message, link.start, link.end)?.target;
    if (!target) return at;
    at = target;
  }
  return at;
}

const INTERNET = 1;
const PATIENCE: Millis = 2 * SECOND;
const MOST_RECORDS = 100;
const MOST_LINKS = 16;
