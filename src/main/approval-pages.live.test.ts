import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Call, Reply } from "#aws/call.ts";
import type { Pages } from "#aws/http-server.ts";
import { HOUR, later, MINUTE } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../tests/support/certificate-world.ts";
import { approvalPages, approvalsInClear } from "./approval-pages.ts";

let store: Store;
let world: CertificateWorld;
let pages: Pages;
let answers: number;
let arn: string;
/** The path of each letter's link. */
let paths: readonly string[];

beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
  answers = 0;
  pages = approvalPages({ ...world.deps, onAnswer: () => void (answers += 1) });
  arn = await world.request("shop.example", { ValidationMethod: "EMAIL", KeyAlgorithm: "EC_prime256v1" });
  paths = (await world.letters(arn)).map(({ link }) => new URL(link).pathname);
});
afterEach(() => store.destroy());

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const OWN = { host: "acm.example.com", "sec-fetch-site": "same-origin" };

async function open(path: string, more: Partial<Call> = {}): Promise<Reply & { readonly text: string }> {
  const body = more.body ?? Buffer.alloc(0);
  const query = new URLSearchParams();
  const call = { method: "GET", path, query, headers: {}, body, signedBody: body, remoteAddress: "192.0.2.1", ...more };
  const reply = await pages(call);
  if (!reply) throw new Error(`${path} is not served`);
  return { ...reply, text: String(reply.body ?? "") };
}

function submit(path: string, form = "decision=approve", headers: Call["headers"] = {}, more: Partial<Call> = {}) {
  return open(path, { method: "POST", body: Buffer.from(form), headers: { ...FORM, ...OWN, ...headers }, ...more });
}

const status = async (): Promise<string> => {
  await world.work();
  return (await world.describe(arn)).Status;
};

describe("the link of a letter", () => {
  test("shows the request with two buttons, and changes nothing however often it is opened", async () => {
    for (const method of ["GET", "HEAD"]) {
      for (const headers of [{}, { "sec-purpose": "prefetch;prerender" }, { purpose: "prefetch" }]) {
        const { status: code, text } = await open(paths[0]!, { method, headers });
        expect(code).toBe(200);
        expect(text).toContain("Issue a certificate for shop.example?");
        expect(text).toContain('<form method="post">');
        expect(text.match(/<button /g)).toHaveLength(2);
      }
    }
    expect(await status()).toBe("PENDING_VALIDATION");
    expect(answers).toBe(0);
  });

  test("comes with headers that keep it out of frames, caches, referrers and search engines, and run nothing", async () => {
    const { headers } = await open(paths[0]!);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "x-robots-tag": "noindex",
    });
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    const style = await open("/approvals/style.css");
    expect([style.status, style.headers["content-type"]]).toEqual([200, "text/css; charset=utf-8"]);
  });

  test("does not show its token again", async () => {
    expect((await open(paths[0]!)).text).not.toContain(paths[0]!.split("/").at(-1));
  });

  test("takes an approval by its form, once; the links of the other letters say so", async () => {
    const reply = await submit(paths[0]!);
    expect([reply.status, reply.headers["location"]]).toEqual([303, paths[0]]);
    expect(answers).toBe(1);
    expect(await status()).toBe("ISSUED");
    for (const path of paths) expect((await open(path)).text).toContain("This request was approved");
    expect((await submit(paths[1]!, "decision=refuse")).status).toBe(303);
    expect((await open(paths[1]!)).text).toContain("This request was approved");
    expect(await status()).toBe("ISSUED");
  });

  test.for([
    ["of a browser that hides where it is", { origin: "null" }],
    ["of one that tells nothing", {}],
    ["by the name of the port", { origin: "https://acm.example.com" }],
    ["behind a proxy", { origin: "http://127.0.0.1:4566", host: "10.0.0.1:4566" }],
  ] as const)("takes an approval by the form %s", async ([, headers]) => {
    await submit(paths[0]!, "decision=approve", { "sec-fetch-site": undefined, ...headers });
    expect(await status()).toBe("ISSUED");
  });

  test("takes a refusal", async () => {
    await submit(paths[0]!, "decision=refuse");
    expect((await open(paths[2]!)).text).toContain("This request was refused");
    expect(await world.describe(arn)).toMatchObject({ Status: "FAILED", FailureReason: "DOMAIN_VALIDATION_DENIED" });
  });

  test("is gone after 72 hours", async () => {
    world.clock.set(later(world.clock.now(), 73 * HOUR));
    const { status: code, text } = await open(paths[0]!);
    expect(code).toBe(410);
    expect(text).toContain("This link has expired");
    await submit(paths[0]!);
    expect(await status()).toBe("VALIDATION_TIMED_OUT");
  });
});

describe("nothing is answered", () => {
  test.for<[string, string, Call["headers"]]>([
    ["by another site", "decision=approve", { "sec-fetch-site": "cross-site" }],
    ["by a neighbouring site", "decision=approve", { "sec-fetch-site": "same-site" }],
    [
      "by another origin of an old browser",
      "decision=approve",
      { "sec-fetch-site": undefined, origin: "https://evil.example" },
    ],
  ])("%s", async ([, form, headers]) => {
    const { status: code } = await submit(paths[0]!, form, headers);
    expect(code).toBe(403);
    expect(await status()).toBe("PENDING_VALIDATION");
  });

  test.for<[string, string, Call["headers"]]>([
    ["without a decision", "", {}],
    ["with another word", "decision=perhaps", {}],
    ["with both words", "decision=approve&decision=refuse", {}],
    ["with more than a form", `decision=approve&x=${"x".repeat(2000)}`, {}],
    ["in JSON", '{"decision":"approve"}', { "content-type": "application/json" }],
    ["as plain text", "decision=approve", { "content-type": "text/plain" }],
  ])("%s", async ([, form, headers]) => {
    expect((await submit(paths[0]!, form, headers)).status).toBe(400);
    expect(await status()).toBe("PENDING_VALIDATION");
  });

  test("by PUT, DELETE or a query", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const reply = await open(paths[0]!, { method, headers: OWN });
      expect([reply.status, reply.headers["allow"]]).toEqual([405, "GET, HEAD, POST"]);
    }
    await open(paths[0]!, { query: new URLSearchParams("decision=approve") });
    expect(await status()).toBe("PENDING_VALIDATION");
  });

  test("by a token that nobody was sent, however it looks", async () => {
    let now = world.clock.now().getTime();
    const clock = { now: () => new Date((now += MINUTE)) };
    pages = approvalPages({ ...world.deps, clock, onAnswer: () => void (answers += 1) });
    const forged = fc.oneof(
      fc.constant("").map(() => randomBytes(32).toString("base64url")),
      fc.string(),
      fc.constantFrom("", "style.css/", "../x", "%00", "a".repeat(10_000), `${paths[0]!.split("/").at(-1)}=`),
      fc.constant(paths[0]!.split("/").at(-1)!.toLowerCase()),
    );
    await fc.assert(
      fc.asyncProperty(forged, fc.constantFrom("GET", "POST"), async (token, method) => {
        const path = `/approvals/${token}`;
        const reply = method === "POST" ? await submit(path) : await open(path);
        expect(reply.status).toBe(404);
      }),
    );
    expect(answers).toBe(0);
    expect(await status()).toBe("PENDING_VALIDATION");
  });

  test("to somebody who asks too often; others are heard", async () => {
    for (let count = 0; count < 120; count += 1) await open("/approvals/nothing");
    const reply = await open(paths[0]!);
    expect([reply.status, reply.headers["retry-after"]]).toEqual([429, "60"]);
    expect((await open(paths[0]!, { remoteAddress: "192.0.2.2" })).status).toBe(200);
    world.clock.advance(MINUTE);
    expect((await open(paths[0]!)).status).toBe(200);
  });

  test("in clear from elsewhere: the link asks for HTTPS", async () => {
    const clear = (remoteAddress: string, path = paths[0]!) =>
      approvalsInClear({
        method: "GET",
        path,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.alloc(0),
        signedBody: Buffer.alloc(0),
        remoteAddress,
      });
    expect((await clear("192.0.2.1"))?.status).toBe(403);
    expect(await clear("127.0.0.1")).toBeUndefined();
    expect(await clear("192.0.2.1", "/ca/root.pem")).toBeUndefined();
  });
});

test("other paths are others' affair", async () => {
  await expect(open("/approvalsx")).rejects.toThrow("not served");
  await expect(open("/_sealkeeper/health")).rejects.toThrow("not served");
});
