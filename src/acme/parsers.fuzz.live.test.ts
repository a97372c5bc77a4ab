import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromBase64url } from "#lib/base64url.ts";
import { JsonError, parseJsonObject } from "#lib/strict-json.ts";
import { CsrError } from "#lib/x509-csr.ts";
import { openStore, type Store } from "#store/store.ts";
import { type AcmeClient, csrDer, newKey, signJws } from "../../tests/support/acme-client.ts";
import { type AcmeWorld, acmeWorld } from "../../tests/support/acme-world.ts";
import { readRequestedCertificate } from "./requested-certificate.ts";

let store: Store;
let acme: AcmeWorld;
let client: AcmeClient;
beforeAll(async () => {
  store = await openStore("file::memory:");
  acme = await acmeWorld(store);
  await acme.prove("shop.example");
  client = await acme.client();
});
afterAll(() => store.destroy());

/** Bytes of a text, some of them replaced, left out or put in. */
function mutated(bytes: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat(bytes.length - 1),
    kind: fc.constantFrom("replace", "remove", "insert"),
    byte: fc.nat(255),
  });
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) =>
    changes.reduce((now, { at, kind, byte }) => {
      const place = Math.min(at, now.length);
      const behind = kind === "insert" ? place : place + 1;
      const own = kind === "remove" ? [] : [byte];
      return Buffer.concat([now.subarray(0, place), Buffer.from(own), now.subarray(behind)]);
    }, bytes),
  );
}

describe("base64url", () => {
  test("has one text for each value", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const bytes = fromBase64url(text);
        return bytes === undefined || bytes.toString("base64url") === text;
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(fromBase64url(Buffer.from(bytes).toString("base64url"))).toEqual(Buffer.from(bytes));
      }),
    );
    for (const text of ["a", "aa=", "a+", "a/", "a b", "ab", "AAF"]) expect(fromBase64url(text), text).toBeUndefined();
  });
});

describe("a JSON object", () => {
  test("reads as JSON.parse reads it, or is refused", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })), fc.nat(3), (object, space) => {
        const text = JSON.stringify(object, undefined, space);
        expect(parseJsonObject(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("with a member that stands twice is refused, at any depth and however it is written", () => {
    const twice = ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":[{"a":{},"c":"}{","a":[]}]}', '{"":1,"":2}'];
    for (const text of twice) expect(() => parseJsonObject(text), text).toThrow(JsonError);
    const once = [
      '{"a":{"a":{"a":1}},"b":["a","a"]}',
      '{"a":"a","b":{"a":"\\"a\\":"}}',
      '{"x":"{\\"a\\":1,\\"a\\":2}"}',
    ];
    for (const text of once) expect(() => parseJsonObject(text), text).not.toThrow();
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 5 }), fc.nat(), (object, which) => {
        const members = Object.entries(object).map(
          ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
        );
        members.push(members[which % members.length] ?? "");
        expect(() => parseJsonObject(`{${members.join(",")}}`)).toThrow(JsonError);
      }),
    );
  });

  test("that is none, or is nested without end, is refused", () => {
    for (const text of ["", "1", "[]", "null", '"a"', "{", `${'{"a":'.repeat(40)}1${"}".repeat(40)}`]) {
      expect(() => parseJsonObject(text), text).toThrow(JsonError);
    }
  });
});

test("a CSR that was changed anywhere is refused with a reason, or still proves its key", () => {
  const key = newKey();
  const der = csrDer(key, ["shop.example", "*.shop.example"], { commonName: "shop.example" });
  expect(readRequestedCertificate(der).names).toEqual(["shop.example", "*.shop.example"]);
  fc.assert(
    fc.property(mutated(der), (bytes) => {
      try {
        const { names } = readRequestedCertificate(bytes);
        expect(names).toEqual(["shop.example", "*.shop.example"]); // the signature covers them
      } catch (error) {
        expect(error).toBeInstanceOf(CsrError);
      }
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(() => readRequestedCertificate(bytes)).toThrow(CsrError);
    }),
    { numRuns: 1_000 },
  );
});

test("no request breaks the server: each is answered with a problem, or done", async () => {
  const header = { kid: client.kid, url: client.kid, nonce: "AAAA" };
  const jws = Buffer.from(JSON.stringify(signJws(client.key, header, "{}")));
  const send = async (body: Buffer): Promise<void> => {
    const answer = await acme.transport({
      method: "POST",
      url: client.kid ?? "",
      contentType: "application/jose+json",
      body: body.toString("latin1"),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  };
  await fc.assert(fc.asyncProperty(mutated(jws), send), { numRuns: 1_500 });
  await fc.assert(
    fc.asyncProperty(
      fc.json().map((text) => Buffer.from(text)),
      send,
    ),
    { numRuns: 500 },
  );
  expect(acme.failures).toEqual([]);
});

test("no payload breaks an operation", async () => {
  const urls = ["newAccount", "newOrder", "revokeCert", "keyChange"].map((name) => client.directory[name] ?? "");
  const { json } = await client.newOrder(["shop.example"]);
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom("shop.example", "AAAA", -1, [], [null], [{ type: "dns" }]));
  const payload = fc.dictionary(
    fc.constantFrom(
      "identifiers",
      "contact",
      "csr",
      "certificate",
      "reason",
      "replaces",
      "notBefore",
      "notAfter",
      "onlyReturnExisting",
      "externalAccountBinding",
      "protected",
      "payload",
      "signature",
    ),
    value,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...urls, json.finalize as string, json.authorizations[0] as string),
      payload,
      async (url, body) => {
        const by = url === urls[0] ? { by: { key: client.key } } : {};
        const { status } = await client.post(url, body, by);
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: 600 },
  );
  expect(acme.failures).toEqual([]);
});
