import * as acm from "@aws-sdk/client-acm";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as route53 from "@aws-sdk/client-route-53";
import { cbor } from "@smithy/core/cbor";
import { NormalizedSchema } from "@smithy/core/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCbor } from "./codec/cbor.ts";
import { cborFormat } from "./codec/cbor-format.ts";
import { jsonFormat, parseJson } from "./codec/json-format.ts";
import { reader } from "./codec/reader.ts";
import { ec2Format, textFormat } from "./codec/text-format.ts";
import { queryTree, readForm } from "./query-tree.ts";
import { AwsError } from "./service.ts";
import { readClaim } from "./sigv4/claim.ts";
import { element, escapeXml, parseXml } from "./xml.ts";

/** Whatever the input, a parser answers or throws an AwsError, and soon. */
function survives(parse: () => unknown): void {
  const began = performance.now();
  try {
    parse();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  expect(performance.now() - began).toBeLessThan(2_000);
}

const search = reader(jsonFormat(), {}, { invalidInput: "ValidationException" });
const filter = NormalizedSchema.of(acm.SearchCertificatesRequest$);
const listener = NormalizedSchema.of(elbv2.CreateListenerInput$);
const ingress = NormalizedSchema.of(ec2.AuthorizeSecurityGroupIngressRequest$);
const batch = NormalizedSchema.of(route53.ChangeResourceRecordSetsRequest$);
const fromText = reader(textFormat, {}, { invalidInput: "ValidationException" });
const fromEc2 = reader(ec2Format, {}, { invalidInput: "InvalidParameterValue", missingInput: "MissingParameter" });
const fromCbor = reader(cborFormat, {}, { invalidInput: "ValidationException" });

describe("the XML reader", () => {
  const fragments = fc.constantFrom(
    "<a>",
    "</a>",
    "<b/>",
    "<ChangeBatch>",
    "</ChangeBatch>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "&",
    ";",
    "&#",
    "x",
    " ",
    '="',
    "'",
    "<",
    ">",
    "\0",
    "é",
  );
  test("survives any text", () => {
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 60 }), (parts) =>
        survives(() => fromText(batch, parseXml(parts.join("")))),
      ),
    );
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => survives(() => parseXml(text))));
  });
  test.for([
    ["attributes without an end", `<a ${'b="c" '.repeat(100_000)}`],
    ["white space without an end", `<a ${" ".repeat(1_000_000)}`],
    ["a name without an end", `<${"a".repeat(1_000_000)}`],
    ["comments without an end", "<!--".repeat(250_000)],
    ["CDATA without an end", `<a>${"<![CDATA[".repeat(100_000)}`],
    ["references", `<a>${"&#x41;".repeat(160_000)}</a>`],
    ["ampersands", `<a>${"&".repeat(1_000_000)}</a>`],
    ["siblings", `<a>${"<b/>".repeat(250_000)}</a>`],
    ["siblings of other names", `<a>${Array.from({ length: 80_000 }, (_, i) => `<b${i}/>`).join("")}</a>`],
    ["depth", "<a>".repeat(300_000)],
  ])("takes little time for a megabyte of %s", ([, text = ""]) => survives(() => parseXml(text)));
  test("reads what was written", () => {
    const written = fc
      .string({ unit: "grapheme", maxLength: 50 })
      .filter((text) => escapeXml(text) !== text || text.length > 0);
    fc.assert(
      fc.property(written, (text) => {
        // oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to say them
        const sayable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
        expect(parseXml(element("a", escapeXml(text)))).toBe(sayable);
      }),
    );
  });
  test.for([
    "<a></b>",
    "<a/><b/>",
    "<a/><a/>",
    "text",
    "<a/>text",
    "<a>text<b/></a>",
    "<a>&x;</a>",
    "<a>&#xd800;</a>",
    "<a>&#0;</a>",
    "<a>a & b</a>",
    "<a",
    "",
    "<!DOCTYPE a><a/>",
  ])("refuses %s with MalformedInput", (text) =>
    expect(() => parseXml(text)).toThrow(expect.objectContaining({ code: "MalformedInput" })),
  );
});

describe("the JSON reader", () => {
  test("survives any value", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => survives(() => search(filter, parseJson(Buffer.from(text))))),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => survives(() => parseJson(Buffer.from(bytes)))));
    const condition: fc.Arbitrary<object> = fc.letrec<{ node: object }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom({}, { Not: null }, { And: "x" }, { Filter: {} }, { Filter: { X509AttributeFilter: [] } }),
        fc.record({ And: fc.array(tie("node"), { maxLength: 3 }) }),
        fc.record({ Not: tie("node") }),
      ),
    })).node;
    const asked = condition.map((node) => Buffer.from(JSON.stringify({ FilterStatement: node })));
    fc.assert(fc.property(asked, (body) => survives(() => search(filter, parseJson(body)))));
  });
  test("refuses what nests deeper than a hundred levels with SerializationException, brackets in strings apart", () => {
    const nested = (depth: number) => Buffer.from("[".repeat(depth) + "]".repeat(depth));
    expect(parseJson(nested(100))).toBeInstanceOf(Array);
    expect(() => parseJson(nested(101))).toThrow(expect.objectContaining({ code: "SerializationException" }));
    expect(parseJson(Buffer.from(`"${"[".repeat(500)}\\"["`))).toHaveLength(502);
    survives(() => parseJson(nested(500_000)));
    survives(() => parseJson(Buffer.from('"\\'.repeat(300_000))));
  });
  test("counts a thousand mistakes without telling them all", () => {
    const wrong = { FilterStatement: { And: Array.from({ length: 15 }, () => ({ Filter: { X: 1 } })) } };
    survives(() => search(filter, wrong));
    const rules = { CertificateArn: { min: 20 } };
    const many = { SortBy: "x", NextToken: "", ...Object.fromEntries([["MaxResults", 1]]) };
    survives(() => reader(jsonFormat(), rules, { invalidInput: "ValidationException" })(filter, many));
  });
});

describe("the CBOR reader", () => {
  test("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        survives(() => fromCbor(filter, parseCbor(Buffer.from(bytes)))),
      ),
      { numRuns: 500 },
    );
  });
  test("survives any byte of a good message changed", () => {
    const good = cbor
      .serialize({ FilterStatement: { And: [{ Not: { Filter: {} } }] }, MaxResults: 5, NextToken: "abc" })
      .slice();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(good);
        bytes[at] = byte;
        survives(() => fromCbor(filter, parseCbor(bytes)));
      }),
      { numRuns: 500 },
    );
  });
  test("allocates nothing on the word of a length", () => {
    for (const head of ["9b", "bb", "5b", "7b", "db"])
      survives(() => parseCbor(Buffer.from(`${head}001fffffffffffff`, "hex")));
    survives(() => parseCbor(Buffer.from("9a01ffffff".repeat(200_000), "hex")));
    survives(() => parseCbor(Buffer.from("9f".repeat(1_000_000), "hex")));
    survives(() => parseCbor(Buffer.from("c1".repeat(1_000_000), "hex")));
  });
  test("reads what the SDK writes", () => {
    const anything = fc.anything({
      maxDepth: 4,
      values: [fc.string(), fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null)],
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(JSON.stringify(parseCbor(Buffer.from(cbor.serialize(value))))).toBe(JSON.stringify(value));
      }),
    );
  });
  // RFC 8949 appendix A
  test.for<[string, unknown]>([
    ["00", 0],
    ["17", 23],
    ["1818", 24],
    ["1903e8", 1000],
    ["1a000f4240", 1_000_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["20", -1],
    ["3903e7", -1000],
    ["f90000", 0],
    ["f93c00", 1],
    ["f97bff", 65_504],
    ["f90001", 5.960464477539063e-8],
    ["f9c400", -4],
    ["fa47c35000", 100_000],
    ["fb3ff199999999999a", 1.1],
    ["f97c00", Number.POSITIVE_INFINITY],
    ["f4", false],
    ["f5", true],
    ["f6", null],
    ["6449455446", "IETF"],
    ["62c3bc", "ü"],
    ["80", []],
    ["83010203", [1, 2, 3]],
    ["a26161016162820203", { a: 1, b: [2, 3] }],
    ["7f657374726561646d696e67ff", "streaming"],
    ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
    ["bf61610161629f0203ffff", { a: 1, b: [2, 3] }],
  ])("reads %s as %o", ([bytes, value]) => expect(parseCbor(Buffer.from(bytes, "hex"))).toEqual(value));
  test.for(["", "18", "61", "8201", "a10102", "ff", "1c", "5f6161ff", "0000", "fb00", "1bffffffffffffffff", "f8ff"])(
    "refuses %s with SerializationException",
    (bytes) =>
      expect(() => parseCbor(Buffer.from(bytes, "hex"))).toThrow(
        expect.objectContaining({ code: "SerializationException" }),
      ),
  );
});

describe("the tree of query parameters", () => {
  const step = fc.constantFrom(
    "a",
    "member",
    "entry",
    "1",
    "2",
    "0",
    "999999999",
    "key",
    "value",
    "__proto__",
    "constructor",
    "",
    "LoadBalancerArn",
    "DefaultActions",
    "Port",
  );
  const name = fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => steps.join("."));
  test("survives any parameters", () => {
    const form = fc.array(fc.tuple(name, fc.string({ maxLength: 5 })), { maxLength: 20 });
    fc.assert(fc.property(form, (pairs) => survives(() => fromText(listener, queryTree(new URLSearchParams(pairs))))));
    expect(({} as { a?: 1 }).a).toBeUndefined();
  });
  test("survives any parameters of EC2's", () => {
    const words = [
      "IpPermissions",
      "1",
      "2",
      "IpRanges",
      "CidrIp",
      "FromPort",
      "GroupId",
      "TagSpecification",
      "Tag",
      "member",
    ];
    const place = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((path) => path.join("."));
    const form = fc.array(fc.tuple(place, fc.string({ maxLength: 5 })), { maxLength: 20 });
    fc.assert(fc.property(form, (pairs) => survives(() => fromEc2(ingress, queryTree(new URLSearchParams(pairs))))));
  });
  test.for([
    ["one deep name", `${"a.".repeat(500_000)}=1`],
    ["many names", Array.from({ length: 9_000 }, (_, i) => `a.${i}=`).join("&")],
    ["names that are all alike", "a&".repeat(500_000)],
    ["large numbers", Array.from({ length: 9_000 }, (_, i) => `a.member.${999_999_999 - i}=x`).join("&")],
  ])("takes little time for a megabyte of %s", ([, form = ""]) => survives(() => queryTree(readForm(form))));
  test("refuses more than ten thousand parameters with MalformedInput", () => {
    expect(() => queryTree(readForm("a&".repeat(10_002)))).toThrow(expect.objectContaining({ code: "MalformedInput" }));
    expect(queryTree(readForm(Array.from({ length: 10_000 }, (_, i) => `a.${i}=x`).join("&")))).toHaveProperty(
      "a.length",
      10_000,
    );
  });
  test("reads lists by their numbers, structures and maps by their names", () => {
    const form = new URLSearchParams("L.member.10=c&L.member.2=b&S.A.B=x&M.entry.1.key=k&M.entry.1.value=v&E=");
    const tree = JSON.parse(JSON.stringify(queryTree(form)));
    expect(tree).toEqual({
      L: { member: ["b", "c"] },
      S: { A: { B: "x" } },
      M: { entry: [{ key: "k", value: "v" }] },
      E: "",
    });
  });
});

describe("the reader of signatures", () => {
  const part = fc.constantFrom(
    "AWS4-HMAC-SHA256",
    "Credential=",
    "a/b/c/d/aws4_request",
    "SignedHeaders=",
    "host",
    "Signature=",
    "ab",
    ",",
    ";",
    " ",
    "=",
    "\t",
    "é",
  );
  test("survives any header and any query", () => {
    const headers = fc.record({
      authorization: fc.array(part, { maxLength: 30 }).map((parts) => parts.join("")),
      "x-amz-date": fc.string(),
    });
    fc.assert(
      fc.property(headers, (given) => survives(() => readClaim({ headers: given, query: new URLSearchParams() }))),
    );
    const names = fc.constantFrom(
      "Algorithm",
      "Credential",
      "Signature",
      "SignedHeaders",
      "Date",
      "Expires",
      "Security-Token",
    );
    const query = fc.array(fc.tuple(names, fc.oneof(part, fc.string(), fc.nat().map(String))), { maxLength: 8 });
    fc.assert(
      fc.property(query, (pairs) => {
        const asked = new URLSearchParams(pairs.map(([key, value]): [string, string] => [`X-Amz-${key}`, value]));
        survives(() => readClaim({ headers: {}, query: asked }));
      }),
    );
  });
});
