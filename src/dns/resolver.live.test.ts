import { expect, test } from "vitest";
import { randomIds } from "#lib/ids.ts";
import { book, type NameServer, nameServer } from "../../tests/support/internet-dns.ts";
import { name } from "../../tests/support/zone-world.ts";
import type { QuestionType } from "./resolved-record.ts";
import { askResolvers, type ResolverDeps } from "./resolver.ts";

const through = (...resolvers: readonly NameServer[]): ResolverDeps => ({ resolvers, ids: randomIds, patience: 300 });

const LINES = [
  "example.com A 192.0.2.1",
  "example.com A 192.0.2.2",
  "example.com AAAA 2001:db8::1",
  'example.com MX {"preference":10,"exchange":"mail.example.com"}',
  "example.com NS ns1.example.net",
  'example.com CAA {"flags":128,"tag":"ISSUE","value":"ca.example; a=b"}',
  'example.com SOA {"mname":"ns1.example.net","rname":"admin.example.com","serial":7,"refresh":1,"retry":2,"expire":3,"minimum":4}',
  "www.example.com CNAME cdn.example.net",
  "cdn.example.net CNAME example.com",
];

test.for<[QuestionType, readonly string[]]>([
  ["A", ["192.0.2.1", "192.0.2.2"]],
  ["AAAA", ["2001:db8::1"]],
  ["MX", ["10 mail.example.com"]],
  ["NS", ["ns1.example.net"]],
  ["CAA", ['128 issue "ca.example; a=b"']],
  ["SOA", ["ns1.example.net admin.example.com 7 1 2 3 4"]],
])("asks for %s records, and follows CNAMEs to where they stand", async ([type, values]) => {
  const deps = through(await nameServer(book(...LINES)));
  for (const asked of ["example.com", "WWW.example.com"]) {
    const answer = await askResolvers(name(asked), type, deps);
    expect(answer).toMatchObject({ kind: "records", at: "example.com." });
    expect(answer.kind === "records" && answer.records.map(({ value }) => value)).toEqual(values);
  }
});

test("does not follow a CNAME that was asked for, and knows a missing record from a missing name", async () => {
  const deps = through(await nameServer(book(...LINES)));
  expect(await askResolvers(name("www.example.com"), "CNAME", deps)).toMatchObject({
    at: "www.example.com.",
    records: [{ value: "cdn.example.net", target: "cdn.example.net." }],
  });
  expect(await askResolvers(name("www.example.com"), "TXT", deps)).toMatchObject({
    kind: "no-data",
    at: "example.com.",
  });
  expect(await askResolvers(name("no.example.com"), "A", deps)).toMatchObject({ kind: "no-name" });
});

test("hears nothing of what an answer says about other names", async () => {
  const liar = await nameServer(() => ({
    answers: [
      { type: "A", name: "other.example.com", data: "192.0.2.66" },
      { type: "A", name: "www.example.com", data: "192.0.2.67", class: "CH" },
    ],
  }));
  expect(await askResolvers(name("www.example.com"), "A", through(liar))).toMatchObject({ kind: "no-data" });
});

test("CNAMEs in a circle come to an end", async () => {
  const circle = await nameServer(book("a.example CNAME b.example", "b.example CNAME a.example"));
  expect(await askResolvers(name("a.example"), "A", through(circle))).toMatchObject({ kind: "no-data" });
});

test("SERVFAIL comes with the reason that the resolver gives", async () => {
  const bogus = await nameServer(() => ({ code: 2, because: [[7, "RRSIG of example.com is too old"]] }));
  expect(await askResolvers(name("example.com"), "A", through(bogus))).toEqual({
    kind: "failed",
    server: `127.0.0.1:${bogus.port}`,
    reason: "answered SERVFAIL (Signature Expired: RRSIG of example.com is too old)",
  });
  expect(bogus.asked).toHaveLength(2);
});

test("an answer that does not fit into a datagram comes over TCP", async () => {
  const many = Array.from({ length: 100 }, (_, index) => `example.com A 192.0.2.${index}`);
  const answer = await askResolvers(name("example.com"), "A", through(await nameServer(book(...many))));
  expect(answer.kind === "records" && answer.records).toHaveLength(100);
});

test("speaks IPv6", async () => {
  const six = await nameServer(book(...LINES), { address: "::1" });
  expect(await askResolvers(name("example.com"), "AAAA", through(six))).toMatchObject({ kind: "records" });
});
