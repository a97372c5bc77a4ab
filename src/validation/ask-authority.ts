import { exchange } from "#dns/exchange.ts";
import type { DnsResponse, WireRecord } from "#dns/read-response.ts";
import { type QuestionType, type RecordOf, readRecordData, shownName, typeNumber } from "#dns/resolved-record.ts";
import { type ResolverAddress, shownResolver } from "#dns/resolver-address.ts";
import { responseReason } from "#dns/response-reason.ts";
import type { RecordName } from "#domain/zones/record-name.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { View, ViewDeps } from "./view.ts";

export interface AuthorityDeps extends ViewDeps {
  /** Where name servers of other people's zones listen; 53, but in tests. */
  readonly authorityPort?: number;
}

/** What a name server said; without a response, why there is none. */
export interface Told {
  readonly response?: DnsResponse;
  readonly failure?: string;
}

/** Asks a name server itself, without recursion, and once. Never rejects. */
export async function askAuthority(
  server: RecordName,
  name: RecordName,
  type: "CNAME" | "NS",
  view: View,
  deps: AuthorityDeps,
): Promise<Told> {
  const address = await addressOf(server, view, deps);
  const asked = { name: shownName(name), type };
  if (!address) return { failure: "has no address" };
  const shown = `${shownName(server)} (${shownResolver(address)})`;
  try {
    const response = await exchange(name, type, address, { recursion: false }, { ids: deps.ids, patience: PATIENCE });
    const records = [...response.answers, ...response.authorities].filter((record) => record.name === name);
    const lines = readRecords(type, records).map(({ value }) => ({ ...asked, server: shown, answer: value }));
    view.protocol.add(...(lines.length > 0 ? lines : [{ ...asked, server: shown, failure: silenceOf(response) }]));
    return { response };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    view.protocol.add({ ...asked, server: shown, failure });
    return { failure };
  }
}

/** Whether it answered as one that has the zone. */
export function speaksFor({ authoritative, code }: DnsResponse): boolean {
  return authoritative && (code === NOERROR || code === NXDOMAIN);
}

/** What to say of a response without the record that was asked for, after the server's name. */
export function silenceOf(response: DnsResponse): string {
  if (response.code !== NOERROR && response.code !== NXDOMAIN) return responseReason(response);
  return response.authoritative ? "has no such record" : "does not speak for this name";
}

/** Those records of a response that are of a type and well-formed. */
export function readRecords<Type extends QuestionType>(
  type: Type,
  records: readonly WireRecord[],
): readonly RecordOf<Type>[] {
  return records
    .filter((record) => record.type === typeNumber(type))
    .slice(0, MOST_RECORDS)
    .flatMap(({ message, start, end }) => readRecordData(type, message, start, end) ?? []);
}

async function addressOf(
  server: RecordName,
  view: View,
  { authorityPort: port = DNS_PORT }: AuthorityDeps,
): Promise<ResolverAddress | undefined> {
  for (const type of ["A", "AAAA"] as const) {
    const answer = await view.ask(server, type);
    const address = answer.kind === "records" ? answer.records[0]?.value : undefined;
    if (address !== undefined) return { address, port };
  }
  return undefined;
}

const NOERROR = 0;
const NXDOMAIN = 3;
const DNS_PORT = 53;
const PATIENCE: Millis = SECOND;
const MOST_RECORDS = 20;
