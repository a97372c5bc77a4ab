import { checkId, type ResourceType } from "#domain/network/ids.ts";
import { ec2Error } from "./errors.ts";

// What the operations that list things have in common: filters, ids, pages.

/** A filter as requests have it: one of the values must be one of the thing's. */
export interface Filter {
  readonly Name?: string;
  readonly Values?: readonly string[];
}

export interface ListInput {
  readonly Filters?: readonly Filter[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** What a thing shows for a filter. */
export type FilterTable<View> = Readonly<
  Record<string, (view: View) => readonly (string | number | boolean | undefined)[]>
>;

interface Tagged {
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
}

interface Listing<View> {
  readonly filters: FilterTable<View>;
  /** Those that are asked for by id: all must be there. */
  readonly named?: Named;
  /** Things after an id in the order of ids, some at most. */
  readonly list: (after: string, limit: number) => Promise<readonly View[]>;
  readonly id: (view: View) => string;
}

interface Named {
  readonly ids: readonly string[] | undefined;
  /** What the ids are called, for messages: `vpcIds`. */
  readonly parameter: string;
  readonly kind: ResourceType;
  /** Throws for an id that names nothing. */
  readonly missing: (id: string) => Error;
}

/**
 * One page of things that pass the filters. It looks at a bounded stretch, so that a page may be short, even empty, and
 * yet not be the last. Throws InvalidParameterValue for an unknown filter, InvalidNextToken, and what `named` throws.
 */
export async function listed<View extends object>(
  input: ListInput,
  { filters, named, list, id }: Listing<View>,
): Promise<{ readonly views: View[]; readonly token: string | undefined }> {
  const steps = { left: MOST_STEPS };
  const wanted = (input.Filters ?? []).map((filter) => matcher(filter, filters, steps));
  if (named) checkNamed(named, input);
  const lost = new Set(named?.ids);
  const most = input.MaxResults ?? LARGEST;
  const views: View[] = [];
  let after = input.NextToken === undefined ? "" : readToken(input.NextToken);
  for (let seen = 0; seen < MOST_SEEN; seen += STRIDE) {
    const found = await list(after, STRIDE);
    for (const view of found) {
      if (views.length === most) return { views, token: writeToken(after) };
      if (wanted.every((matches) => matches(view))) views.push(view);
      after = id(view);
      lost.delete(after);
    }
    if (found.length < STRIDE) {
      for (const missing of lost) throw named?.missing(missing);
      return { views, token: undefined };
    }
  }
  return { views, token: writeToken(after) };
}

/** Ids as a list asks the store for them: undefined for all. */
export function idsOf(ids: readonly string[] | undefined): readonly string[] | undefined {
  return ids === undefined || ids.length === 0 ? undefined : [...new Set(ids)];
}

/** Of a filter that has no wildcards its values, so that the store can be asked for them; else undefined. */
export function exactly(input: ListInput, name: string): readonly string[] | undefined {
  const filter = input.Filters?.find((each) => each.Name === name);
  const values = filter?.Values ?? [];
  return values.length > 0 && !values.some((value) => WILD.test(value)) ? values : undefined;
}

function checkNamed({ ids = [], parameter, kind }: Named, { MaxResults, NextToken }: ListInput): void {
  if (ids.length === 0) return;
  if (MaxResults !== undefined || NextToken !== undefined) {
    throw ec2Error(
      "InvalidParameterCombination",
      `The parameter ${parameter} cannot be used with the parameter maxResults`,
    );
  }
  if (ids.length > STRIDE - 1) {
    throw ec2Error("InvalidParameterValue", `The parameter ${parameter} can name up to ${STRIDE - 1} of them`);
  }
  for (const id of ids) checkId(kind, id);
}

function matcher<View extends object>(
  { Name = "", Values = [] }: Filter,
  table: FilterTable<View>,
  steps: Steps,
): (view: View) => boolean {
  if (Values.length > MOST_VALUES) {
    throw ec2Error("InvalidParameterValue", `The filter '${Name}' has more than ${MOST_VALUES} values`);
  }
  const valuesOf = Object.hasOwn(table, Name) ? table[Name] : tagFilter(Name);
  if (!valuesOf) throw ec2Error("InvalidParameterValue", `The filter '${Name.slice(0, 100)}' is invalid`);
  const exact = new Set(Values.filter((value) => !WILD.test(value)));
  const wild = Values.filter((value) => WILD.test(value));
  const isWanted = (value: string): boolean =>
    exact.has(value) || wild.some((pattern) => matches(pattern, value, steps));
  return (view) => valuesOf(view).some((value) => value !== undefined && isWanted(String(value)));
}

/** How many characters a request may still compare with wildcards: they are asked of every thing. */
interface Steps {
  left: number;
}

function tagFilter(name: string): ((view: object) => readonly (string | undefined)[]) | undefined {
  if (name === "tag-key") return ({ Tags = [] }: Tagged) => Tags.map(({ Key }) => Key);
  if (!name.startsWith("tag:")) return undefined;
  const key = name.slice("tag:".length);
  return ({ Tags = [] }: Tagged) => Tags.filter(({ Key }) => Key === key).map(({ Value }) => Value);
}

/**
 * `*` for any run of characters, `?` for one, `\` before a character that means itself; at most length times length
 * steps. Throws InvalidParameterValue when there are no steps left.
 */
export function matches(pattern: string, text: string, steps: Steps): boolean {
  let [at, place] = [0, 0];
  let [star, mark] = [-1, 0];
  while (place < text.length) {
    if (--steps.left < 0) {
      throw ec2Error("InvalidParameterValue", "The filters take too long: ask with fewer values, or fewer wildcards");
    }
    const literal = pattern[at] === "\\" && at + 1 < pattern.length ? pattern[at + 1] : undefined;
    if (literal === undefined && pattern[at] === "*") {
      star = at++;
      mark = place;
    } else if (
      literal === text[place] ||
      (literal === undefined && (pattern[at] === "?" || pattern[at] === text[place]))
    ) {
      at += literal === undefined ? 1 : 2;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++mark;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

function writeToken(after: string): string {
  return Buffer.from(after).toString("base64url");
}

function readToken(token: string): string {
  const after = Buffer.from(token, "base64url").toString("latin1");
  if (token !== "" && /^[\x21-\x7e]{1,1000}$/.test(after) && writeToken(after) === token) return after;
  throw ec2Error("InvalidNextToken", "The token is not valid");
}

const WILD = /[*?\\]/;
const LARGEST = 1000;
const STRIDE = 200;
const MOST_SEEN = 5000;
/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html */
const MOST_VALUES = 200;
/** A tenth of a second of work. */
const MOST_STEPS = 10_000_000;
