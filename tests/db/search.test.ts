import type { Insertable } from "kysely";
import { describe, expect, test } from "vitest";
import { type CertificateArn, certificateArn } from "#domain/arn.ts";
import { isEligibleForRenewal } from "#domain/certificate/certificate.ts";
import type { Search, SortKey } from "#domain/certificate/search.ts";
import type { AccountId, DomainName, Owner, Region } from "#domain/names.ts";
import { seededRandom } from "#lib/seeded-random.ts";
import { type FoundCertificate, type SearchPlace, searchCertificates } from "#store/certificate-search.ts";
import { SORT_ORDERS } from "#store/search-order.ts";
import type { Store } from "#store/store.ts";
import type { Tables } from "#store/tables.ts";
import { DATABASES } from "../support/databases.ts";

const OWNER: Owner = { account: "123456789012" as AccountId, region: "eu-west-1" as Region };
const NEIGHBOURS: readonly Owner[] = [
  { ...OWNER, account: "123456789011" as AccountId },
  { ...OWNER, account: "123456789013" as AccountId },
  { ...OWNER, region: "eu-west-2" as Region },
];
const ALL: Search = { kind: "and", of: [] };
const random = seededRandom(7);
const pick = <T>(...values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
const maybe = (time: number): number | null => (random() < 0.3 ? null : time);

type Row = Insertable<Tables["certificates"]>;

/** Certificates in every state, with many equal values. Their ARNs are in no order of anything. */
function certificate(owner: Owner, index: number): Row {
  const id = Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, "0");
  const name = `${pick("a", "b", "C", "ä")}${index % 40}.example` as DomainName;
  const upper = pick(true, false);
  return {
    arn: certificateArn(owner, `${id}-${index}`),
    account: owner.account,
    region: owner.region,
    createdAt: 1_000 + Math.floor(index / 3),
    type: pick("AMAZON_ISSUED", "IMPORTED", "PRIVATE"),
    keyPairOrigin: pick("AWS_MANAGED", "CUSTOMER_PROVIDED", "ACME"),
    acmeEndpointArn: pick(null, "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/1"),
    acmeAccountId: pick(null, "a", "B"),
    status: pick("ISSUED", "ISSUED", "ISSUED", "EXPIRED", "PENDING_VALIDATION", "REVOKED"),
    keyAlgorithm: pick("RSA_2048", "EC_prime256v1", "RSA_4096"),
    domainName: name,
    commonName: pick(null, name.toLowerCase()),
    names: JSON.stringify([upper ? name.toUpperCase() : name, `www.${name}`]),
    validationMethod: pick(null, "DNS", "EMAIL", "HTTP"),
    exportOption: pick("ENABLED", "DISABLED"),
    managedBy: pick(null, "CLOUDFRONT"),
    generation: 1,
    notBefore: maybe(5_000 + (index % 17)),
    notAfter: maybe(9_000 + (index % 13)),
    issuedAt: maybe(6_000 + (index % 11)),
    importedAt: maybe(2_000 + (index % 7)),
    exportedAt: maybe(3_000),
    revokedAt: maybe(4_000 + (index % 5)),
    keyUsages: pick("", ",DIGITAL_SIGNATURE,", ",DIGITAL_SIGNATURE,KEY_ENCIPHERMENT,"),
    extendedKeyUsages: pick("", ",TLS_WEB_SERVER_AUTHENTICATION,"),
    renewal: pick("NONE", "NONE", "SUCCESS", "PENDING_VALIDATION", "FAILED"),
  };
}

async function fill(store: Store, count: number): Promise<void> {
  const rows = [
    ...Array.from({ length: count }, (_, index) => certificate(OWNER, index)),
    ...NEIGHBOURS.flatMap((owner) => Array.from({ length: 10 }, (_, index) => certificate(owner, index))),
  ];
  for (let at = 0; at < rows.length; at += 500) {
    await store
      .insertInto("certificates")
      .values(rows.slice(at, at + 500))
      .execute();
  }
  const used = rows.filter((_, index) => index % 9 === 0);
  for (let at = 0; at < used.length; at += 500) {
    await store
      .insertInto("certificateAssociations")
      .values(
        used.slice(at, at + 500).map(({ arn }, index) => ({
          certificateArn: arn,
          resourceArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/1",
          keyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" as never,
          grantId: `${at}-${index}`,
          grantToken: "",
          createdAt: 0,
        })),
      )
      .execute();
  }
}

/** All pages of a search, put together; and how many there were. */
async function allPages(
  store: Store,
  search: Search,
  sortBy: SortKey,
  order: "asc" | "desc",
  limit: number,
): Promise<{ readonly found: FoundCertificate[]; readonly pages: number }> {
  const found: FoundCertificate[] = [];
  let after: SearchPlace | undefined;
  let pages = 0;
  do {
    const page = await searchCertificates(store, OWNER, search, { sortBy, order, after, limit });
    expect(page.certificates.length).toBeLessThanOrEqual(limit);
    found.push(...page.certificates);
    after = page.next;
    pages += 1;
  } while (after);
  return { found, pages };
}

/** What each key sorts by, told once more without SQL. */
const KEYS: Readonly<Record<SortKey, (row: FoundCertificate & { readonly commonName: string | null }) => unknown>> = {
  ACME_ACCOUNT_ID: (row) => row.acmeAccountId,
  ACME_ENDPOINT_ARN: (row) => row.acmeEndpointArn,
  CERTIFICATE_ARN: (row) => row.arn,
  CERTIFICATE_KEY_PAIR_ORIGIN: (row) => row.keyPairOrigin,
  COMMON_NAME: (row) => row.commonName,
  CREATED_AT: (row) => row.createdAt,
  EXPORTED: (row) => row.exportedAt !== null,
  EXPORT_OPTION: (row) => row.exportOption,
  IMPORTED_AT: (row) => row.importedAt,
  IN_USE: (row) => row.inUse,
  ISSUED_AT: (row) => row.issuedAt,
  KEY_ALGORITHM: (row) => row.keyAlgorithm,
  MANAGED_BY: (row) => row.managedBy,
  NOT_AFTER: (row) => row.notAfter,
  NOT_BEFORE: (row) => row.notBefore,
  RENEWAL_ELIGIBILITY: (row) =>
    isEligibleForRenewal({ ...row, exported: row.exportedAt !== null }) ? "ELIGIBLE" : "INELIGIBLE",
  RENEWAL_STATUS: (row) => (row.renewal === "NONE" ? null : row.renewal),
  REVOKED_AT: (row) => row.revokedAt,
  STATUS: (row) => row.status,
  TYPE: (row) => row.type,
  VALIDATION_METHOD: (row) => row.validationMethod,
};

/** Nulls first, numbers and booleans by size, texts bytewise. */
function compare(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

function sorted(
  rows: readonly (FoundCertificate & { readonly commonName: string | null })[],
  sortBy: SortKey,
  order: "asc" | "desc",
): readonly CertificateArn[] {
  const direction = order === "asc" ? 1 : -1;
  return rows
    .toSorted((a, b) => direction * (compare(KEYS[sortBy](a), KEYS[sortBy](b)) || compare(a.arn, b.arn)))
    .map(({ arn }) => arn);
}

async function commonNames(store: Store): Promise<ReadonlyMap<string, string | null>> {
  const rows = await store.selectFrom("certificates").select(["arn", "commonName"]).execute();
  return new Map(rows.map(({ arn, commonName }) => [arn, commonName]));
}

const SORT_KEYS = Object.keys(SORT_ORDERS) as SortKey[];
const arns = (found: readonly FoundCertificate[]): readonly CertificateArn[] => found.map(({ arn }) => arn);

for (const database of DATABASES) {
  describe(`searches on ${database.name}`, () => {
    test("every key sorts in both orders as it would be sorted by hand, page by page, nobody else's among them", async () => {
      const store = await database.open();
      await fill(store, 200);
      const names = await commonNames(store);
      const { found } = await allPages(store, ALL, "CREATED_AT", "asc", 500);
      expect(found).toHaveLength(200);
      const rows = found.map((row) => ({ ...row, commonName: names.get(row.arn) ?? null }));
      const few: Search = { kind: "attribute", name: "type", value: "IMPORTED" };
      for (const sortBy of SORT_KEYS) {
        for (const order of ["asc", "desc"] as const) {
          expect(arns((await allPages(store, ALL, sortBy, order, 23)).found), `${sortBy} ${order}`).toEqual(
            sorted(rows, sortBy, order),
          );
          // The same where an index knows all that can match.
          const imported = rows.filter(({ type }) => type === "IMPORTED");
          expect(arns((await allPages(store, few, sortBy, order, 11)).found), `few by ${sortBy} ${order}`).toEqual(
            sorted(imported, sortBy, order),
          );
        }
      }
    });

    test("every filter, and what it is not, are together all and have nothing in common", async () => {
      const store = await database.open();
      await fill(store, 150);
      const names = await commonNames(store);
      const { found: all } = await allPages(store, ALL, "CREATED_AT", "asc", 500);
      const [some] = all;
      const filters: readonly (readonly [Search, (row: FoundCertificate) => boolean])[] = [
        [{ kind: "arn", arn: some!.arn }, ({ arn }) => arn === some!.arn],
        [
          { kind: "common-name", match: { operator: "EQUALS", value: "A7.Example" } },
          ({ arn }) => names.get(arn) === "a7.example",
        ],
        [
          { kind: "common-name", match: { operator: "CONTAINS", value: "Ä" } },
          ({ arn }) => names.get(arn)?.includes("ä") ?? false,
        ],
        [
          { kind: "dns-name", match: { operator: "EQUALS", value: "WWW.b3.example" } },
          (row) => row.names.some((name) => name.toLowerCase() === "www.b3.example"),
        ],
        [
          { kind: "dns-name", match: { operator: "CONTAINS", value: "C1" } },
          (row) => row.names.some((name) => name.toLowerCase().includes("c1")),
        ],
        [{ kind: "serial", serial: "00ff" }, () => false],
        [{ kind: "key-usage", usage: "KEY_ENCIPHERMENT" }, (row) => row.keyUsages.includes("KEY_ENCIPHERMENT")],
        [{ kind: "extended-key-usage", usage: "ANY" }, () => false],
        [
          { kind: "not-before", range: { start: new Date(5_003), end: new Date(5_009) } },
          ({ notBefore }) => notBefore !== null && notBefore >= 5_003 && notBefore <= 5_009,
        ],
        [
          { kind: "not-after", range: { start: undefined, end: new Date(9_005) } },
          ({ notAfter }) => notAfter !== null && notAfter <= 9_005,
        ],
        [
          { kind: "not-after", range: { start: new Date(9_005), end: undefined } },
          ({ notAfter }) => notAfter !== null && notAfter >= 9_005,
        ],
        [{ kind: "in-use", is: true }, ({ inUse }) => inUse],
        [{ kind: "exported", is: true }, ({ exportedAt }) => exportedAt !== null],
        [{ kind: "attribute", name: "status", value: "REVOKED" }, ({ status }) => status === "REVOKED"],
        [{ kind: "attribute", name: "status", value: "ISSUED" }, ({ status }) => status === "ISSUED"],
        [{ kind: "attribute", name: "renewal", value: "FAILED" }, ({ renewal }) => renewal === "FAILED"],
        [{ kind: "attribute", name: "renewal", value: "SUCCESS" }, ({ renewal }) => renewal === "SUCCESS"],
        [{ kind: "attribute", name: "type", value: "PRIVATE" }, ({ type }) => type === "PRIVATE"],
        [{ kind: "attribute", name: "managedBy", value: "CLOUDFRONT" }, ({ managedBy }) => managedBy !== null],
        [{ kind: "attribute", name: "acmeAccountId", value: "B" }, ({ acmeAccountId }) => acmeAccountId === "B"],
      ];
      for (const [search, holds] of filters) {
        const expected = all.filter(holds).map(({ arn }) => arn);
        const label = JSON.stringify(search);
        expect(arns((await allPages(store, search, "CREATED_AT", "asc", 40)).found), label).toEqual(expected);
        const not: Search = { kind: "not", of: search };
        const rest = all.filter((row) => !holds(row)).map(({ arn }) => arn);
        expect(arns((await allPages(store, not, "CREATED_AT", "asc", 40)).found), `not ${label}`).toEqual(rest);
        const both: Search = { kind: "or", of: [search, { kind: "and", of: [not, search] }] };
        expect(arns((await allPages(store, both, "CREATED_AT", "asc", 40)).found), `or ${label}`).toEqual(expected);
      }
    });

    test("a page looks at a bounded number of certificates, and all pages find everything", async () => {
      const store = await database.open();
      await fill(store, 12_000);
      const rare: Search = { kind: "dns-name", match: { operator: "EQUALS", value: "www.a7.example" } };
      for (const sortBy of ["CREATED_AT", "STATUS", "REVOKED_AT", "COMMON_NAME", "IN_USE"] as const) {
        for (const order of ["asc", "desc"] as const) {
          const { found, pages } = await allPages(store, rare, sortBy, order, 500);
          expect(pages, sortBy).toBeGreaterThan(2);
          expect(new Set(arns(found)).size).toBe(found.length);
          const names = await commonNames(store);
          const rows = found.map((row) => ({ ...row, commonName: names.get(row.arn) ?? null }));
          expect(arns(found), `${sortBy} ${order}`).toEqual(sorted(rows, sortBy, order));
          expect(found.length).toBeGreaterThan(10);
        }
      }
      // What an index knows is found at once, wherever it stands.
      const [last] = (await allPages(store, ALL, "CREATED_AT", "desc", 500)).found;
      const one = await searchCertificates(store, OWNER, { kind: "arn", arn: last!.arn }, paging);
      expect(arns(one.certificates)).toEqual([last!.arn]);
      expect(one.next).toBeUndefined();
    });

    test("the most expensive filters that somebody can think of take a page no longer than others", async () => {
      const store = await database.open();
      const long = (index: number): string => `${"a".repeat(62)}.${"a".repeat(62)}.${"a".repeat(60)}${index}.example`;
      const names = JSON.stringify(Array.from({ length: 100 }, (_, index) => long(index)));
      const rows = Array.from({ length: 5_000 }, (_, index) => ({ ...certificate(OWNER, index), names }));
      for (let at = 0; at < rows.length; at += 500) {
        await store
          .insertInto("certificates")
          .values(rows.slice(at, at + 500))
          .execute();
      }
      const almost = (index: number): Search => ({
        kind: "dns-name",
        match: { operator: "CONTAINS", value: `${"a".repeat(61)}b${index}` },
      });
      const hundred: Search = { kind: "or", of: Array.from({ length: 100 }, (_, index) => almost(index)) };
      for (const search of [almost(0), hundred]) {
        const began = performance.now();
        expect((await searchCertificates(store, OWNER, search, paging)).certificates).toEqual([]);
        expect(performance.now() - began).toBeLessThan(5_000);
      }
      const there: Search = { kind: "dns-name", match: { operator: "CONTAINS", value: "AAA99.Example" } };
      expect((await searchCertificates(store, OWNER, there, paging)).certificates).toHaveLength(100);
    });

    test("nothing is lost or doubled while certificates come and go", async () => {
      const store = await database.open();
      await fill(store, 60);
      const { found: before } = await allPages(store, ALL, "NOT_AFTER", "asc", 500);
      const first = await searchCertificates(store, OWNER, ALL, { ...paging, sortBy: "NOT_AFTER", limit: 20 });
      const gone = before[5]!.arn;
      await store.deleteFrom("certificateAssociations").where("certificateArn", "=", gone).execute();
      await store.deleteFrom("certificates").where("arn", "=", gone).execute();
      const seen = arns(first.certificates).slice();
      const rest: CertificateArn[] = [];
      for (let after = first.next; after; ) {
        const page = await searchCertificates(store, OWNER, ALL, { ...paging, sortBy: "NOT_AFTER", limit: 20, after });
        rest.push(...arns(page.certificates));
        after = page.next;
      }
      expect([...seen, ...rest]).toEqual(arns(before));
    });
  });
}

const paging = { sortBy: "CREATED_AT", order: "asc", after: undefined, limit: 100 } as const;
