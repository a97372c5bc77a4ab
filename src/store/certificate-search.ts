import { type Expression, type Selectable, type SqlBool, sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { Search, SortKey } from "#domain/certificate/search.ts";
import type { DomainName, Owner } from "#domain/names.ts";
import { readUsages } from "./certificate-details.ts";
import { type Arns, arnRange, candidates } from "./search-candidates.ts";
import { type CertificateRow, isInUse, matches, textsSought } from "./search-filter.ts";
import { SORT_ORDERS, type SortOrder, type SortValue, sortValue } from "./search-order.ts";
import type { Db } from "./store.ts";
import type { Tables } from "./tables.ts";

/** A place in the order of a search. */
export interface SearchPlace {
  readonly value: SortValue;
  readonly arn: CertificateArn;
}

export interface SearchPaging {
  readonly sortBy: SortKey;
  readonly order: "asc" | "desc";
  /** The last place of the page before. */
  readonly after: SearchPlace | undefined;
  readonly limit: number;
}

export interface SearchPage {
  readonly certificates: readonly FoundCertificate[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly next: SearchPlace | undefined;
}

type Row = Selectable<Tables["certificates"]>;
type Version = Selectable<Tables["certificateVersions"]>;

export interface FoundCertificate
  extends Pick<Row, Exclude<(typeof SHOWN)[number], "names" | "keyUsages" | "extendedKeyUsages">> {
  readonly names: readonly DomainName[];
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly string[];
  readonly inUse: boolean;
  /** The version in force; undefined before the first issue. */
  readonly version: { readonly serial: string; readonly certificate: string } | undefined;
}

/**
 * One page of an owner's certificates that match, in order. Where an index knows all that can match, and they are few,
 * these are sorted; else certificates are gone through in order, a bounded stretch for a page: it may then be short,
 * even empty, and yet not be the last. What a page costs does not grow with the store.
 */
export async function searchCertificates(
  db: Db,
  owner: Owner,
  search: Search,
  paging: SearchPaging,
): Promise<SearchPage> {
  const most = stretchOf(search);
  for (const arns of candidates(db, owner, search)) {
    if (await areFew(db, arns, most)) return await pageAmong(db, arns, search, paging);
  }
  return await goThrough(db, owner, search, paging);
}

async function areFew(db: Db, arns: Arns, most: number): Promise<boolean> {
  const { count } = await db
    .selectFrom(() => arns.limit(most + 1).as("few"))
    .select((row) => row.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count <= most;
}

async function pageAmong(db: Db, arns: Arns, search: Search, paging: SearchPaging): Promise<SearchPage> {
  const sort = SORT_ORDERS[paging.sortBy];
  const { order, after, limit } = paging;
  const rows = await found(db, sort)
    .where("arn", "in", arns.limit(stretchOf(search)))
    .where((row) => (after ? isBehind(row, sort, order, after) : sql<SqlBool>`1 = 1`))
    .where((row) => matches(row, search))
    .orderBy((row) => sql`${sortValue(row, sort)} is not null`, order)
    .orderBy("sortValue", order)
    .orderBy("arn", order)
    .limit(limit + 1)
    .execute();
  return await page(db, rows, undefined, limit);
}

/** Segment by segment: nulls, then the others in their order, or each value for itself; the other way round for `desc`. */
async function goThrough(db: Db, owner: Owner, search: Search, paging: SearchPaging): Promise<SearchPage> {
  const { sortBy, order, after, limit } = paging;
  const sort = SORT_ORDERS[sortBy];
  const all = order === "asc" ? segments(sort) : segments(sort).reverse();
  const first = after ? all.findIndex(({ has }) => has(after.value)) : 0;
  const rows: FoundRow[] = [];
  for (const segment of all.slice(Math.max(first, 0))) {
    const from = after && segment.has(after.value) ? after : undefined;
    const stretch = await goThroughSegment(db, owner, search, {
      sort,
      segment,
      order,
      from,
      limit: limit + 1 - rows.length,
    });
    rows.push(...stretch.rows);
    if (rows.length > limit || stretch.horizon) return await page(db, rows, stretch.horizon, limit);
  }
  return await page(db, rows, undefined, limit);
}

/** A part of an order within which one index shows the way: certificates without a value, or with this one, by ARN; or by column. */
interface Segment {
  readonly by: "arn" | (SortOrder & { readonly kind: "column" })["column"];
  /** What its certificates have in common. */
  readonly value: SortValue | undefined;
  readonly has: (value: SortValue) => boolean;
}

function segments(sort: SortOrder): Segment[] {
  if (sort.kind === "values") {
    return sort.values.map((value) => ({ by: "arn", value, has: (other) => other === value }));
  }
  const having: Segment = { by: sort.column, value: undefined, has: (value) => value !== null };
  if (sort.column === "createdAt") return [having];
  return [{ by: "arn", value: null, has: (value) => value === null }, having];
}

interface Going {
  readonly sort: SortOrder;
  readonly segment: Segment;
  readonly order: "asc" | "desc";
  readonly from: SearchPlace | undefined;
  readonly limit: number;
}

async function goThroughSegment(
  db: Db,
  owner: Owner,
  search: Search,
  going: Going,
): Promise<{ readonly rows: FoundRow[]; readonly horizon: SearchPlace | undefined }> {
  const { sort, segment, order, limit } = going;
  const column = segment.by === "arn" ? undefined : segment.by;
  const horizon = await db
    .selectFrom("certificates")
    .select("arn")
    .select((row) => sql<SortValue>`${column ? row.ref(column) : sql.lit(null)}`.as("value"))
    .where((row) => isInStretch(row, owner, going, undefined))
    .$if(column !== undefined, (query) => query.orderBy(column ?? "arn", order))
    .orderBy("arn", order)
    .offset(stretchOf(search) - 1)
    .limit(1)
    .executeTakeFirst();
  const until = horizon && { arn: horizon.arn, value: segment.value === undefined ? horizon.value : segment.value };
  const rows = await found(db, sort)
    .where((row) => isInStretch(row, owner, going, until))
    .where((row) => (column ? sql<SqlBool>`1 = 1` : isOfSegment(row, going)))
    .where((row) => matches(row, search))
    .$if(column !== undefined, (query) => query.orderBy(column ?? "arn", order))
    .orderBy("arn", order)
    .limit(limit)
    .execute();
  return { rows, horizon: until };
}

/** This owner's certificates behind `from`, up to `until`, as the segment's index has them. */
function isInStretch(
  row: CertificateRow,
  owner: Owner,
  { segment, order, from }: Going,
  until: SearchPlace | undefined,
): Expression<SqlBool> {
  const [behind, upTo] = order === "asc" ? ([">", "<="] as const) : (["<", ">="] as const);
  if (segment.by === "arn") {
    const [first, last] = arnRange(owner);
    return row.and([
      row("arn", ">", first),
      row("arn", "<", last),
      ...(from ? [row("arn", behind, from.arn)] : []),
      ...(until ? [row("arn", upTo, until.arn)] : []),
    ]);
  }
  const place = row.refTuple(segment.by, "arn");
  const at = ({ value, arn }: SearchPlace) => row.tuple(value, arn);
  return row.and([
    row("account", "=", owner.account),
    row("region", "=", owner.region),
    row(segment.by, "is not", null),
    ...(from ? [row(place, behind, at(from))] : []),
    ...(until ? [row(place, upTo, at(until))] : []),
  ]);
}

function isOfSegment(row: CertificateRow, { sort, segment }: Going): Expression<SqlBool> {
  const value = sortValue(row, sort);
  return segment.value === null ? sql<SqlBool>`${value} is null` : sql<SqlBool>`${value} = ${segment.value}`;
}

/** Whether a certificate comes behind a place. */
function isBehind(
  row: CertificateRow,
  sort: SortOrder,
  order: "asc" | "desc",
  { value, arn }: SearchPlace,
): Expression<SqlBool> {
  const own = sortValue(row, sort);
  if (order === "asc") {
    return value === null
      ? sql<SqlBool>`((${own} is null and arn > ${arn}) or ${own} is not null)`
      : sql<SqlBool>`(${own} > ${value} or (${own} = ${value} and arn > ${arn}))`;
  }
  return value === null
    ? sql<SqlBool>`(${own} is null and arn < ${arn})`
    : sql<SqlBool>`(${own} < ${value} or (${own} = ${value} and arn < ${arn}) or ${own} is null)`;
}

function found(db: Db, sort: SortOrder) {
  return db
    .selectFrom("certificates")
    .select(SHOWN)
    .select((row) => isInUse(row).as("inUse"))
    .select((row) => sortValue(row, sort).as("sortValue"));
}

type FoundRow = Awaited<ReturnType<ReturnType<typeof found>["execute"]>>[number];

/** The page of these rows, one more than fits on it where there are more. */
async function page(
  db: Db,
  rows: readonly FoundRow[],
  horizon: SearchPlace | undefined,
  limit: number,
): Promise<SearchPage> {
  const shown = rows.slice(0, limit);
  const versions = await versionsOf(
    db,
    shown.map(({ arn }) => arn),
  );
  const certificates = shown.map(({ names, keyUsages, extendedKeyUsages, inUse, ...row }) => ({
    ...row,
    names: JSON.parse(names) as readonly DomainName[],
    keyUsages: readUsages(keyUsages),
    extendedKeyUsages: readUsages(extendedKeyUsages),
    inUse: Boolean(inUse),
    version: versions.get(row.arn),
  }));
  const last = shown.at(-1);
  return { certificates, next: rows.length > limit && last ? { value: last.sortValue, arn: last.arn } : horizon };
}

async function versionsOf(
  db: Db,
  arns: readonly CertificateArn[],
): Promise<ReadonlyMap<CertificateArn, NonNullable<FoundCertificate["version"]>>> {
  if (arns.length === 0) return new Map();
  const rows: readonly Pick<Version, "certificateArn" | "serial" | "certificate">[] = await db
    .selectFrom("certificates")
    .innerJoin("certificateVersions", (join) =>
      join
        .onRef("certificateVersions.certificateArn", "=", "certificates.arn")
        .onRef("certificateVersions.generation", "=", "certificates.generation"),
    )
    .select(["certificateVersions.certificateArn", "certificateVersions.serial", "certificateVersions.certificate"])
    .where("certificates.arn", "in", [...arns])
    .execute();
  return new Map(
    rows.flatMap(({ certificateArn, serial, certificate }) =>
      serial === null || certificate === null ? [] : [[certificateArn, { serial, certificate }] as const],
    ),
  );
}

const SHOWN = [
  "arn",
  "createdAt",
  "type",
  "keyPairOrigin",
  "status",
  "keyAlgorithm",
  "domainName",
  "names",
  "exportOption",
  "managedBy",
  "validationMethod",
  "notBefore",
  "notAfter",
  "issuedAt",
  "importedAt",
  "exportedAt",
  "revokedAt",
  "renewal",
  "acmeEndpointArn",
  "acmeAccountId",
  "keyUsages",
  "extendedKeyUsages",
] as const;

/** How many certificates one page looks at, at most: fewer where each of them is more work. */
function stretchOf(search: Search): number {
  return Math.ceil(STRETCH / Math.max(1, textsSought(search)));
}

const STRETCH = 5_000;
