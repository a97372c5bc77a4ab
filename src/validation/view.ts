import { lookUp } from "#dns/lookup.ts";
import { type QuestionType, type RecordOf, readRecordData, shownName } from "#dns/resolved-record.ts";
import { askResolvers, type Resolved, type ResolverDeps } from "#dns/resolver.ts";
import { type ResolverAddress, shownResolver } from "#dns/resolver-address.ts";
import type { LookupDeps } from "#dns/speaker.ts";
import { parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import type { Asked, Protocol } from "./asked.ts";

export interface ViewDeps extends LookupDeps, ResolverDeps {}

/**
 * The DNS as it is seen from one place: our own zones where they have the right to speak, all else through the resolvers
 * of that place. Each question is asked once; what was asked is written down.
 */
export interface View {
  /** Who is asked about names outside our zones: `192.0.2.1:53`. */
  readonly name: string;
  /** Follows CNAMEs, in and out of our zones, but where a CNAME is what is asked for. Never rejects for what the network does. */
  ask<Type extends QuestionType>(name: RecordName, type: Type): Promise<Resolved<Type>>;
  /** What the resolvers of this place say of a name, whatever our own zones know of it. */
  askAbroad<Type extends QuestionType>(name: RecordName, type: Type): Promise<Resolved<Type>>;
  /** The same without a check of DNSSEC signatures: for hints only. */
  askUnchecked<Type extends QuestionType>(name: RecordName, type: Type): Promise<Resolved<Type>>;
  /** False where there is nobody to ask: for such an installation the DNS is its own zones. */
  readonly seesWorld: boolean;
  /** Whether anything had to be asked outside our own zones. */
  wentAbroad(): boolean;
  /** Room for others who look at the world on the way. */
  readonly protocol: Protocol;
}

/** `resolvers` instead of those of the dependencies, where the place is another one. */
export function openView(
  deps: ViewDeps,
  protocol: Protocol,
  resolvers: readonly ResolverAddress[] = deps.resolvers,
): View {
  const asked = new Map<string, Promise<Resolved>>();
  let abroad = false;
  const noteAbroad = (): void => {
    abroad = true;
  };
  const from = { ...deps, resolvers };
  const once = <Type extends QuestionType>(
    key: string,
    name: RecordName,
    type: Type,
    question: () => Promise<Resolved<Type>>,
  ): Promise<Resolved<Type>> => {
    const known = asked.get(key);
    if (known) return known as Promise<Resolved<Type>>;
    const answer = question().then((resolved) => {
      protocol.add(...said(name, type, resolved));
      return resolved;
    });
    asked.set(key, answer as Promise<Resolved>);
    return answer;
  };
  return {
    name: resolvers.map(shownResolver).join(" or ") || "the resolver",
    seesWorld: resolvers.length > 0,
    protocol,
    wentAbroad: () => abroad,
    ask: (name, type) => once(`${type} ${name}`, name, type, () => look(name, type, from, noteAbroad)),
    askAbroad: (name, type) => once(`${type} ${name} abroad`, name, type, () => askResolvers(name, type, from)),
    askUnchecked: (name, type) =>
      once(`${type} ${name} unchecked`, name, type, () => askResolvers(name, type, from, { unchecked: true })),
  };
}

async function look<Type extends QuestionType>(
  name: RecordName,
  type: Type,
  deps: ViewDeps,
  noteAbroad: () => void,
): Promise<Resolved<Type>> {
  let at = name;
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    const own = await lookUp(at, RECORD_TYPES[type], deps);
    switch (own.kind) {
      case "found": {
        const records = own.records.map(({ data }) => readRecordData(type, data, 0, data.length));
        return { kind: "records", server: OWN_ZONES, records: records.filter((one) => one !== undefined), at };
      }
      case "no-data":
      case "no-name":
        return { kind: own.kind, server: OWN_ZONES, at };
      case "cname":
        at = own.target;
        continue;
      case "not-ours":
      case "referral":
        break;
    }
    noteAbroad();
    const resolved = await askResolvers(at, type, deps);
    // The world does not know our zones: a chain that seems to end there may go on.
    const leadsOn = (resolved.kind === "no-name" || resolved.kind === "no-data") && resolved.at !== at;
    if (!leadsOn || !(await isOurs(resolved.at, type, deps))) return resolved;
    at = resolved.at;
  }
  return { kind: "failed", server: OWN_ZONES, reason: `leads on over more than ${MOST_TURNS} CNAME records` };
}

async function isOurs(name: RecordName, type: QuestionType, deps: ViewDeps): Promise<boolean> {
  const own = await lookUp(name, RECORD_TYPES[type], deps);
  return own.kind !== "not-ours" && own.kind !== "referral";
}

/** An answer as lines of a protocol. */
function said(name: RecordName, type: QuestionType, resolved: Resolved): readonly Asked[] {
  const asked = { name: shownName(name), type, server: resolved.server };
  switch (resolved.kind) {
    case "records": {
      const alias = resolved.at === name ? "" : ` (at ${shownName(resolved.at)})`;
      return resolved.records.map(({ value }) => ({ ...asked, answer: `${value}${alias}` }));
    }
    case "no-data":
      return [{ ...asked, failure: NO_DATA }];
    case "no-name":
      return [{ ...asked, failure: NO_NAME }];
    case "failed":
      return [{ ...asked, failure: resolved.reason }];
  }
}

/** The record name of a text that was checked before. Throws for any other. */
export function recordName(text: string): RecordName {
  const name = parseRecordName(text);
  if (!name) throw new Error(`"${text}" is not a domain name`);
  return name;
}

/** The values of an answer, none where there is none. */
export function recordsOf<Type extends QuestionType>(resolved: Resolved<Type>): readonly RecordOf<Type>[] {
  return resolved.kind === "records" ? resolved.records : [];
}

export const OWN_ZONES = "own zones";
const NO_DATA = "has no such record";
const NO_NAME = "has no such name";
const MOST_TURNS = 9;
