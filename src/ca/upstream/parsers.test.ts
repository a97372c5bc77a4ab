import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MINUTE } from "#lib/duration.ts";
import { Unreachable } from "./https-exchange.ts";
import { readIssuedChain, WronglyIssued } from "./issued-chain.ts";
import { parseLinks } from "./links.ts";
import { parseAccountStatus, parseAuthorization, parseDirectory, parseOrder, parseRenewalInfo } from "./objects.ts";
import { parseProblem, problemIn, tellProblem } from "./problem.ts";
import { parseRetryAfter } from "./retry-after.ts";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const DIRECTORY = {
  newNonce: "https://ca.example/nonce",
  newAccount: "https://ca.example/account",
  newOrder: "https://ca.example/order",
  revokeCert: "https://ca.example/revoke",
};
const ORDER = { status: "pending", authorizations: ["https://ca.example/a/1"], finalize: "https://ca.example/f/1" };

const OTHERS = "expires error meta challenges identifier suggestedWindow type detail subproblems";
const MEMBERS = [...Object.keys(DIRECTORY), ...Object.keys(ORDER), ...OTHERS.split(" ")];

describe("what a CA answers", () => {
  test("a directory with all that later documents add, and one with nothing", () => {
    const meta = {
      termsOfService: "https://ca.example/terms",
      externalAccountRequired: true,
      caaIdentities: ["ca.example"],
      profiles: { classic: "https://ca.example/classic", shortlived: "six days" },
    };
    expect(parseDirectory(json({ ...DIRECTORY, renewalInfo: "https://ca.example/ari", meta }))).toEqual({
      ...DIRECTORY,
      ...meta,
      renewalInfo: "https://ca.example/ari",
      profiles: ["classic", "shortlived"],
    });
    const plain = { renewalInfo: undefined, termsOfService: undefined, profiles: undefined };
    expect(parseDirectory(json(DIRECTORY))).toEqual({
      ...DIRECTORY,
      ...plain,
      externalAccountRequired: false,
      caaIdentities: [],
    });
  });

  test("an order that became invalid, with why", () => {
    const error = { type: "urn:ietf:params:acme:error:caa", detail: "CAA forbids it" };
    const expires = "2026-11-30T12:00:00Z";
    expect(parseOrder(json({ ...ORDER, status: "invalid", expires, error }))).toEqual({
      ...ORDER,
      status: "invalid",
      expires: new Date(expires),
      certificate: undefined,
      error: { type: "caa", detail: "CAA forbids it", parts: [] },
    });
  });

  test("an authorization whose token could leave its place is not read", () => {
    const challenge = { type: "http-01", url: "https://ca.example/c/1", status: "pending", token: "../../root" };
    const authorization = {
      status: "pending",
      identifier: { type: "dns", value: "*.Kiln.com" },
      challenges: [challenge],
    };
    expect(() => parseAuthorization(json(authorization))).toThrow(Unreachable);
    const read = parseAuthorization(json({ ...authorization, challenges: [{ ...challenge, token: "a-b_c" }] }));
    expect(read.name).toBe("kiln.com");
  });

  test("a window that ends before it begins is none, and an explanation is a page", () => {
    const window = (start: string, end: string, explanationURL?: string): Buffer =>
      json({ suggestedWindow: { start, end }, explanationURL });
    const [early, late] = ["2026-11-22T00:00:00Z", "2026-11-23T00:00:00.123456789+01:00"];
    expect(() => parseRenewalInfo(window(late, early))).toThrow("has no window");
    expect(() => parseRenewalInfo(window(early, "tomorrow"))).toThrow("has no window");
    expect(parseRenewalInfo(window(early, late, "javascript:alert(1)")).explanation).toBeUndefined();
    expect(parseRenewalInfo(window(early, late, "https://ca.example/why"))).toEqual({
      start: new Date(early),
      end: new Date("2026-11-22T23:00:00.123Z"),
      explanation: "https://ca.example/why",
    });
  });

  test("problems are told in one line, whatever stands in them", () => {
    const document = {
      type: "urn:ietf:params:acme:error:compound",
      detail: "several\n\u001b[31mproblems\u0000",
      subproblems: [
        { type: "urn:ietf:params:acme:error:caa", detail: "no", identifier: { type: "dns", value: "a.com" } },
        { type: "urn:ietf:params:acme:error:dns", identifier: { type: "dns", value: "b.com" } },
      ],
    };
    expect(tellProblem(parseProblem(json(document), 400))).toBe(
      "several [31mproblems (compound); a.com: no; b.com: dns",
    );
    expect(tellProblem(parseProblem(Buffer.from("<html>"), 502))).toBe("HTTP status 502");
    expect(parseProblem(json({ type: 7 }), 500)).toEqual({ type: "", detail: "HTTP status 500", parts: [] });
  });

  test("links are absolute, of the relation asked for, in both forms and in one header or several", () => {
    const base = "https://ca.example/cert/1";
    const header = [
      '<https://ca.example/dir>;rel="index", </cert/1/alt>; rel="alternate"; title="a, b"',
      '<2>; rel=alternate, <:// no>;rel="alternate"',
      '<https://other.example/3>;x=y;rel="up Alternate"',
    ];
    const found = ["https://ca.example/cert/1/alt", "https://ca.example/cert/2"];
    expect(parseLinks(header, "alternate", base).filter((url) => found.includes(url))).toEqual(found);
    expect(parseLinks(header, "alternate", base).at(-1)).toBe("https://other.example/3");
    expect(parseLinks(header.join(", "), "index", base)).toEqual(["https://ca.example/dir"]);
    expect(parseLinks(undefined, "alternate", base)).toEqual([]);
  });

  test("Retry-After in seconds and as a date, never in the past nor too far away", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    const at = (header: string | undefined): number | undefined => {
      const time = parseRetryAfter(header, now);
      return time && time.getTime() - now.getTime();
    };
    expect(at(" 60 ")).toBe(MINUTE);
    expect(at("Sun, 22 Nov 2026 12:01:00 GMT")).toBe(MINUTE);
    expect(at("Sun, 22 Nov 2020 12:01:00 GMT")).toBe(0);
    expect(at("999999999")).toBe(7 * 24 * 60 * MINUTE);
    for (const none of [undefined, "", "-1", "1.5", "soon", "Sun, 99 Nov 2026 12:01:00 GMT", "2026-11-22T12:01:00Z"]) {
      expect(at(none), none).toBeUndefined();
    }
  });
});

describe("any bytes", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.jsonValue({ maxDepth: 4 }).map(json),
    fc
      .dictionary(
        fc.constantFrom(...MEMBERS),
        fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant("https://ca.example/")),
      )
      .map(json),
  );

  test("are an object that was asked for, or Unreachable", () => {
    const parsers = [parseDirectory, parseOrder, parseAuthorization, parseAccountStatus, parseRenewalInfo];
    fc.assert(
      fc.property(bytes, fc.constantFrom(...parsers), (body, parse) => {
        try {
          parse(body);
        } catch (error) {
          expect(error).toBeInstanceOf(Unreachable);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("are told as a problem of one bounded, printable line", () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 0, max: 999 }), (body, status) => {
        const told = tellProblem(parseProblem(body, status));
        expect(told.length).toBeLessThanOrEqual(2000);
        expect(told).toMatch(/^[^\p{C}]+$/u);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.anything(), (value) => void problemIn(value)));
  });

  test("are links to follow, or none", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom("<", ">", ";", ",", "=", '"', " ", "rel", "alternate", "/") }),
        ),
        (header) => {
          for (const url of parseLinks(header, "alternate", "https://ca.example/"))
            expect(URL.canParse(url)).toBe(true);
        },
      ),
    );
    const long = `<a>;${"x=y;".repeat(100_000)}`;
    const start = performance.now();
    parseLinks(long, "alternate", "https://ca.example/");
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("are a chain of certificates' bytes, or WronglyIssued", () => {
    const pem = fc
      .array(
        fc.constantFrom(
          "-----BEGIN CERTIFICATE-----",
          "-----END CERTIFICATE-----",
          "AAAA",
          "-----BEGIN X-----",
          " ",
          "é",
        ),
      )
      .map((lines) => Buffer.from(lines.join("\n")));
    fc.assert(
      fc.property(fc.oneof(bytes, pem), (body) => {
        try {
          readIssuedChain(body);
        } catch (error) {
          expect(error).toBeInstanceOf(WronglyIssued);
        }
      }),
    );
  });

  test("are a time within a week, or none", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (header) => {
          const time = parseRetryAfter(header, now)?.getTime() ?? now.getTime();
          expect(time).toBeGreaterThanOrEqual(now.getTime());
          expect(time).toBeLessThanOrEqual(now.getTime() + 7 * 24 * 60 * MINUTE);
        },
      ),
    );
  });
});
