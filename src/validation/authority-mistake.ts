import { shownName } from "#dns/resolved-record.ts";
import { publicSuffix } from "#domain/certificate/public-suffix.ts";
import { parseDomainName } from "#domain/names.ts";
import { ancestry, labelsOf, parentOf, type RecordName } from "#domain/zones/record-name.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { type AuthorityDeps, askAuthority, readRecords, silenceOf, speaksFor } from "./ask-authority.ts";
import { isExpected } from "./record-mistake.ts";
import type { View } from "./view.ts";
import { within } from "./within.ts";

/**
 * Asks the parent zone whom it delegates to, and those servers for the record: what a resolver hides. Bounded to a few
 * servers and questions, and to a few seconds.
 */
export async function findAuthorityMistake(
  start: RecordName,
  expected: string,
  view: View,
  deps: AuthorityDeps,
): Promise<string | undefined> {
  return await within(TOGETHER, compare(start, expected, view, deps));
}

async function compare(
  start: RecordName,
  expected: string,
  view: View,
  deps: AuthorityDeps,
): Promise<string | undefined> {
  const [zone, parent] = await zoneCuts(parentOf(start), view);
  if (!zone) return undefined;
  const zoneName = shownName(zone.name);
  const registered = registeredDomain(parentOf(start));
  if (registered !== undefined && labelsOf(zone.name).length < registered.split(".").length) {
    return `There is no zone for ${registered}: ${zoneName} does not delegate it. Is the domain registered, and does it have name servers?`;
  }
  const delegated = parent && (await delegation(zone.name, parent.servers, view, deps));
  if (!delegated) return undefined;
  const own = zone.servers.map(shownName).sort();
  const named = delegated.map(shownName).sort();
  const states = await Promise.all(
    delegated.slice(0, MOST_SERVERS).map((server) => stateOf(server, start, expected, view, deps)),
  );
  const lame = states.flatMap(({ problem }) => problem ?? []);
  const holders = states.flatMap(({ server, holds }) => (holds ? [shownName(server)] : []));
  const differ = own.join() !== named.join();
  return (
    [
      holders.length > 0 && holders.length === states.length && WAIT_FOR_CACHE,
      holders.length > 0 &&
        holders.length < states.length &&
        `It stands at ${list(holders)}, but not at every name server.`,
      differ &&
        `${shownName(parent.name)} delegates ${zoneName} to ${list(named)}, but the zone's own NS records name ${list(own)}: correct the name servers at the registrar, or create the record where the world looks.`,
      lame.length > 0 && lame.join(" "),
    ]
      .filter((part) => part !== false)
      .join(" ") || undefined
  );
}

function registeredDomain(name: RecordName): string | undefined {
  const domain = parseDomainName(shownName(name));
  const suffix = domain && publicSuffix(domain);
  return suffix?.kind === "below" ? suffix.registrable : undefined;
}

interface Cut {
  readonly name: RecordName;
  readonly servers: readonly RecordName[];
}

/** The zone that a name lies in, and the zone above that: those of the names above that have NS records. */
async function zoneCuts(domain: RecordName, view: View): Promise<readonly Cut[]> {
  const cuts: Cut[] = [];
  for (const name of ancestry(domain).slice(-MOST_LEVELS)) {
    const answer = await view.ask(name, "NS");
    if (answer.kind !== "records" || answer.at !== name) continue;
    cuts.push({ name, servers: answer.records.map(({ target }) => target) });
    if (cuts.length === 2) break;
  }
  return cuts;
}

/** Whom a parent zone's servers name for a zone; undefined when none of them could be asked. */
async function delegation(
  zone: RecordName,
  parents: readonly RecordName[],
  view: View,
  deps: AuthorityDeps,
): Promise<readonly RecordName[] | undefined> {
  for (const parent of parents.slice(0, MOST_PARENTS)) {
    const { response } = await askAuthority(parent, zone, "NS", view, deps);
    if (!response) continue;
    const records = [...response.answers, ...response.authorities].filter(({ name }) => name === zone);
    const servers = readRecords("NS", records).map(({ target }) => target);
    if (servers.length > 0) return [...new Set(servers)];
  }
  return undefined;
}

interface ServerState {
  readonly server: RecordName;
  readonly holds: boolean;
  readonly problem: string | undefined;
}

/** Whether a name server knows the zone, and has the record. */
async function stateOf(
  server: RecordName,
  start: RecordName,
  expected: string,
  view: View,
  deps: AuthorityDeps,
): Promise<ServerState> {
  const { response, failure } = await askAuthority(server, start, "CNAME", view, deps);
  const shown = shownName(server);
  if (!response) return { server, holds: false, problem: `The name server ${shown} ${failure}.` };
  const answers = readRecords(
    "CNAME",
    response.answers.filter(({ name }) => name === start),
  );
  if (answers.some(({ value }) => isExpected(value, expected))) return { server, holds: true, problem: undefined };
  if (speaksFor(response)) return { server, holds: false, problem: undefined };
  const problem = `The domain is delegated to ${shown}, which ${silenceOf(response)} (a lame delegation).`;
  return { server, holds: false, problem };
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SERVERS).join(", ");
  return names.length > MOST_SERVERS ? `${shown} and ${names.length - MOST_SERVERS} more` : shown;
}

const WAIT_FOR_CACHE =
  "It stands at the domain's name servers, but the resolver still remembers that it was missing: it will be seen when that is forgotten.";
const TOGETHER: Millis = 4 * SECOND;
const MOST_LEVELS = 8;
const MOST_PARENTS = 2;
const MOST_SERVERS = 4;
