import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encode, integer, sequence, TRUE, taggedAscii } from "#lib/der.ts";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { openStore, type Store } from "#store/store.ts";
import {
  type AcmeClient,
  type Answered,
  acmeClient,
  csr,
  extension,
  externalBinding,
  newKey,
  newSigner,
  type Signer,
  signJws,
} from "../../../tests/support/acme-client.ts";
import { type AcmeWorld, acmeWorld } from "../../../tests/support/acme-world.ts";

let store: Store;
let acme: AcmeWorld;
let client: AcmeClient;
beforeAll(async () => {
  store = await openStore("file::memory:");
  acme = await acmeWorld(store, { CertificateTags: [{ Key: "team", Value: "web" }] });
  client = await acme.client();
  await acme.prove("shop.example");
});
afterAll(async () => {
  expect(acme.failures).toEqual([]);
  await store.destroy();
});

const typeOf = ({ json }: Answered): string => String(json?.type).replace("urn:ietf:params:acme:error:", "");
const problem = (answer: Answered): string => `${answer.status} ${typeOf(answer)}`;
const url = (name: string): string => client.directory[name] ?? "";

describe("the directory", () => {
  test("names every resource, and that an external account is required", async () => {
    const { status, json, headers, links } = await client.get(acme.directoryUrl);
    const at = (path: string): string => acme.directoryUrl.replace("directory", path);
    expect({ status, json, links }).toEqual({
      status: 200,
      json: {
        newNonce: at("new-nonce"),
        newAccount: at("new-account"),
        newOrder: at("new-order"),
        revokeCert: at("revoke-cert"),
        keyChange: at("key-change"),
        renewalInfo: at("renewal-info"),
        meta: { externalAccountRequired: true, caaIdentities: acme.world.deps.caaIdentities },
      },
      links: [],
    });
    expect(headers["content-type"]).toBe("application/json");
  });

  test("of an endpoint that is not there is 404, and so is a resource that is none", async () => {
    expect(
      problem(await client.get(acme.directoryUrl.replace(/[0-9a-f]{12}\/directory/, "000000000000/directory"))),
    ).toBe("404 malformed");
    expect(problem(await client.get(acme.directoryUrl.replace("directory", "nothing")))).toBe("404 malformed");
  });

  test("is fetched by GET only, and orders by POST only: 405 with what is allowed", async () => {
    const wrong = await client.get(acme.directoryUrl, "DELETE");
    expect([problem(wrong), wrong.headers["allow"]]).toEqual(["405 malformed", "GET, HEAD"]);
    const got = await client.get(url("newOrder"));
    expect([problem(got), got.headers["allow"]]).toEqual(["405 malformed", "POST"]);
  });
});

describe("a nonce", () => {
  test("comes by HEAD with 200 and by GET with 204, is never cached, and each is another one", async () => {
    const [head, get] = [await client.get(url("newNonce"), "HEAD"), await client.get(url("newNonce"))];
    expect([head.status, get.status]).toEqual([200, 204]);
    for (const { headers, links } of [head, get]) {
      expect(headers["replay-nonce"]).toMatch(/^[\w-]{40}$/);
      expect(headers["cache-control"]).toBe("no-store");
      expect(links).toEqual([`<${acme.directoryUrl}>;rel="index"`]);
    }
    expect(head.headers["replay-nonce"]).not.toBe(get.headers["replay-nonce"]);
  });

  test("works once: the second time it is badNonce, and the answer brings another one that works", async () => {
    const nonce = (await client.get(url("newNonce"), "HEAD")).headers["replay-nonce"] ?? "";
    expect((await client.post(client.kid ?? "", undefined, { nonce })).status).toBe(200);
    const again = await client.post(client.kid ?? "", undefined, { nonce });
    expect(problem(again)).toBe("400 badNonce");
    expect((await client.post(client.kid ?? "", undefined, { nonce: again.headers["replay-nonce"] })).status).toBe(200);
  });

  test("that nobody gave out, that was changed, or that is missing is badNonce", async () => {
    const real = (await client.get(url("newNonce"), "HEAD")).headers["replay-nonce"] ?? "";
    const changed = `${real.startsWith("A") ? "B" : "A"}${real.slice(1)}`;
    for (const nonce of [undefined, "", "bogus", changed, `${real}=`, `${real}A`]) {
      expect(problem(await client.post(client.kid ?? "", undefined, { nonce }))).toBe("400 badNonce");
    }
    expect((await client.post(client.kid ?? "", undefined, { nonce: real })).status).toBe(200);
  });

  test("still works after an hour and a half, and no more after two hours", async () => {
    const spare = async (): Promise<string> =>
      (await client.get(url("newNonce"), "HEAD")).headers["replay-nonce"] ?? "";
    const [one, two] = [await spare(), await spare()];
    acme.world.clock.advance(1.5 * HOUR);
    expect((await client.post(client.kid ?? "", undefined, { nonce: one })).status).toBe(200);
    acme.world.clock.advance(HOUR);
    expect(problem(await client.post(client.kid ?? "", undefined, { nonce: two }))).toBe("400 badNonce");
  });
});

describe("a request", () => {
  const refused: readonly [why: string, want: string, send: () => Promise<Answered>][] = [
    [
      "of another content type",
      "415 malformed",
      () => client.post(client.kid ?? "", undefined, { contentType: "application/json" }),
    ],
    ["that is no JSON", "400 malformed", () => client.post(client.kid ?? "", undefined, { change: () => "{" })],
    [
      "that is a list",
      "400 malformed",
      () => client.post(client.kid ?? "", undefined, { change: (jws) => JSON.stringify([jws]) }),
    ],
    [
      "with an unprotected header",
      "400 malformed",
      () =>
        client.post(client.kid ?? "", undefined, { change: (jws) => JSON.stringify({ ...jws, header: { kid: "x" } }) }),
    ],
    [
      "with several signatures",
      "400 malformed",
      () =>
        client.post(client.kid ?? "", undefined, { change: (jws) => JSON.stringify({ ...jws, signatures: [jws] }) }),
    ],
    [
      "whose JSON has a member twice",
      "400 malformed",
      () =>
        client.post(client.kid ?? "", undefined, {
          change: (jws) => JSON.stringify(jws).replace("{", '{"payload":"e30",'),
        }),
    ],
    [
      "with padded base64",
      "400 malformed",
      () =>
        client.post(
          client.kid ?? "",
          { a: 1 },
          { change: (jws) => JSON.stringify({ ...jws, payload: `${jws.payload}==` }) },
        ),
    ],
    [
      "whose signature does not hold",
      "400 malformed",
      () => client.post(client.kid ?? "", undefined, { change: (jws) => JSON.stringify({ ...jws, payload: "e30" }) }),
    ],
    ["that is too large", "413 malformed", () => client.post(client.kid ?? "", { a: "x".repeat(200_000) })],
    [
      "for another url",
      "403 unauthorized",
      () => client.post(url("newOrder"), undefined, { sendTo: client.kid ?? "" }),
    ],
    [
      "with a query",
      "403 unauthorized",
      () => client.post(client.kid ?? "", undefined, { sendTo: `${client.kid}?a=1` }),
    ],
    ["without url", "400 malformed", () => client.post(client.kid ?? "", undefined, { header: { url: undefined } })],
    [
      "with kid and jwk",
      "400 malformed",
      () => client.post(client.kid ?? "", undefined, { header: { jwk: client.key.jwk } }),
    ],
    [
      "with neither kid nor jwk",
      "400 malformed",
      () => client.post(client.kid ?? "", undefined, { header: { kid: undefined } }),
    ],
    [
      "with a critical header",
      "400 malformed",
      () => client.post(client.kid ?? "", undefined, { header: { crit: ["b64"], b64: false } }),
    ],
    [
      "signed by nobody known",
      "400 accountDoesNotExist",
      () => client.post(client.kid ?? "", undefined, { header: { kid: `${client.kid}0` } }),
    ],
    [
      "for which an account must sign, signed by a key",
      "400 malformed",
      () => client.post(url("newOrder"), {}, { by: { key: client.key } }),
    ],
    ["for which a key must sign, signed by an account", "400 malformed", () => client.post(url("newAccount"), {})],
    [
      "by no algorithm",
      "400 badSignatureAlgorithm",
      () => client.post(client.kid ?? "", undefined, { header: { alg: "none" } }),
    ],
    [
      "by HMAC",
      "400 badSignatureAlgorithm",
      () => client.post(client.kid ?? "", undefined, { header: { alg: "HS256" } }),
    ],
    [
      "by an algorithm of another kind of key",
      "400 badSignatureAlgorithm",
      () => client.post(client.kid ?? "", undefined, { header: { alg: "ES384" } }),
    ],
  ];
  test.for(refused)("%s is refused: %s", async ([, want, send]) => {
    const answer = await send();
    expect(problem(answer)).toBe(want);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.headers["replay-nonce"]).toBeDefined();
    expect(answer.links).toEqual([`<${acme.directoryUrl}>;rel="index"`]);
    expect(answer.json).toMatchObject({ detail: expect.any(String), status: answer.status });
    if (want.includes("badSignatureAlgorithm")) expect(answer.json.algorithms).toContain("ES256");
  });

  test("of several refused ones none has changed anything", async () => {
    expect((await client.post(client.kid ?? "")).json).toMatchObject({ status: "valid" });
  });
});

describe("newAccount", () => {
  const register = async (key: Signer, payload: object): Promise<Answered> => {
    const fresh = await acmeClient(acme.directoryUrl, acme.transport, key);
    return await fresh.post(url("newAccount"), payload, { by: { key } });
  };
  const bind = (key: Signer, header: object = {}, credentials = acme.credentials): object => ({
    externalAccountBinding: externalBinding(credentials, url("newAccount"), key.jwk, header),
  });

  test.for(["ES256", "ES384", "ES512", "EdDSA", "RS256"] as const)(
    "takes keys that sign with %s",
    async (algorithm) => {
      const key = newSigner(algorithm);
      const answer = await register(key, { contact: ["mailto:me@shop.example"], ...bind(key) });
      expect(answer.status).toBe(201);
      expect(answer.json).toEqual({
        status: "valid",
        contact: ["mailto:me@shop.example"],
        orders: `${answer.headers["location"]}/orders`,
      });
      const again = await register(key, { onlyReturnExisting: true });
      expect([again.status, again.headers["location"]]).toEqual([200, answer.headers["location"]]);
    },
  );

  test("shows the account to the endpoint's owner, with its binding and thumbprint", async () => {
    const key = newSigner();
    const answer = await register(key, { contact: ["mailto:own@shop.example"], ...bind(key) });
    const { AcmeAccount } = await acme.call("DescribeAcmeAccount", {
      AcmeEndpointArn: acme.endpointArn,
      AccountUrl: answer.headers["location"],
    });
    expect(AcmeAccount).toMatchObject({
      AccountUrl: answer.headers["location"],
      PublicKeyThumbprint: expect.stringMatching(/^[\w-]{43}$/),
      Status: "VALID",
      AcmeExternalAccountBindingArn: acme.bindingArn,
      Contacts: ["mailto:own@shop.example"],
    });
    const { ExternalAccountBinding } = await acme.call("DescribeAcmeExternalAccountBinding", {
      AcmeExternalAccountBindingArn: acme.bindingArn,
    });
    expect(ExternalAccountBinding.LastUsedAt).toBe(acme.world.clock.now().getTime() / 1000);
  });

  test("without a binding is externalAccountRequired", async () => {
    expect(problem(await register(newSigner(), {}))).toBe("403 externalAccountRequired");
  });

  test("with onlyReturnExisting makes nothing: accountDoesNotExist", async () => {
    const key = newSigner();
    expect(problem(await register(key, { onlyReturnExisting: true, ...bind(key) }))).toBe("400 accountDoesNotExist");
  });

  const wrong: readonly [why: string, want: string, payload: (key: Signer) => object][] = [
    [
      "of an unknown KeyId",
      "403 unauthorized",
      (key) => bind(key, {}, { ...acme.credentials, keyId: "11111111-1111-4111-8111-111111111111" }),
    ],
    ["by another MacKey", "403 unauthorized", (key) => bind(key, {}, { ...acme.credentials, macKey: "A".repeat(43) })],
    ["for another key", "400 malformed", () => bind(newSigner())],
    ["for another url", "400 malformed", (key) => bind(key, { url: url("newOrder") })],
    ["with a nonce", "400 malformed", (key) => bind(key, { nonce: "AAAA" })],
    [
      "by ES256",
      "400 malformed",
      (key) => ({
        externalAccountBinding: signJws(
          key,
          { kid: acme.credentials.keyId, url: url("newAccount") },
          JSON.stringify(key.jwk),
        ),
      }),
    ],
    ["by HS512", "400 badSignatureAlgorithm", (key) => bind(key, { alg: "HS512" })],
    ["that is no object", "400 malformed", () => ({ externalAccountBinding: "x" })],
  ];
  test.for(wrong)("with a binding %s is refused: %s", async ([, want, payload]) => {
    const key = newSigner();
    expect(problem(await register(key, payload(key)))).toBe(want);
    expect(problem(await register(key, { onlyReturnExisting: true }))).toBe("400 accountDoesNotExist");
  });

  const contacts: readonly [why: string, want: string, contact: unknown][] = [
    ["that is no list", "400 malformed", "mailto:me@shop.example"],
    ["that is no text", "400 malformed", [1]],
    ["that is no e-mail address", "400 unsupportedContact", ["tel:+123456789"]],
    ["without a domain", "400 invalidContact", ["mailto:me"]],
    ["with two addresses in one", "400 invalidContact", ["mailto:a@shop.example,b@shop.example"]],
    ["with header fields", "400 invalidContact", ["mailto:a@shop.example?subject=x"]],
    ["eleven times", "400 invalidContact", Array.from({ length: 11 }, (_, index) => `mailto:a${index}@shop.example`)],
  ];
  test.for(contacts)("with a contact %s is refused: %s", async ([, want, contact]) => {
    const key = newSigner();
    expect(problem(await register(key, { contact, ...bind(key) }))).toBe(want);
  });

  const keys: readonly [why: string, jwk: () => object][] = [
    ["a private key", () => newKey().export({ format: "jwk" })],
    ["a weak RSA key", () => generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" })],
    ["a symmetric key", () => ({ kty: "oct", k: "AAAA" })],
    ["a point that is not on its curve", () => ({ ...newSigner().jwk, y: newSigner().jwk["x"] })],
    [
      "a key on another curve",
      () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({ format: "jwk" }),
    ],
  ];
  test.for(keys)("with %s is badPublicKey", async ([, jwk]) => {
    const key = newSigner();
    const fresh = await acmeClient(acme.directoryUrl, acme.transport, key);
    const answer = await fresh.post(url("newAccount"), {}, { by: { key }, header: { jwk: jwk() } });
    expect(problem(answer)).toBe("400 badPublicKey");
  });

  test("by a binding that expired, was revoked or deleted is refused; its accounts go on", async () => {
    const RoleArn = "arn:aws:iam::123456789012:role/acme";
    const fresh = async (more: object = {}) => {
      const { ExternalAccountBinding } = await acme.call("CreateAcmeExternalAccountBinding", {
        AcmeEndpointArn: acme.endpointArn,
        RoleArn,
        ...more,
      });
      const AcmeExternalAccountBindingArn = ExternalAccountBinding.AcmeExternalAccountBindingArn;
      const { KeyId, MacKey } = await acme.call("GetAcmeExternalAccountBindingCredentials", {
        AcmeExternalAccountBindingArn,
      });
      return { AcmeExternalAccountBindingArn, credentials: { keyId: KeyId, macKey: MacKey } };
    };
    const expiring = await fresh({ Expiration: { Value: 1, Type: "HOURS" } });
    const [revoked, deleted] = [await fresh(), await fresh()];
    const before = await acmeClient(acme.directoryUrl, acme.transport);
    expect((await before.register(revoked.credentials)).status).toBe(201);
    acme.world.clock.advance(HOUR);
    await acme.call("RevokeAcmeExternalAccountBinding", {
      AcmeExternalAccountBindingArn: revoked.AcmeExternalAccountBindingArn,
    });
    await acme.call("DeleteAcmeExternalAccountBinding", {
      AcmeExternalAccountBindingArn: deleted.AcmeExternalAccountBindingArn,
    });
    for (const { credentials } of [expiring, revoked, deleted]) {
      const key = newSigner();
      expect(problem(await register(key, bind(key, {}, credentials)))).toBe("403 unauthorized");
    }
    expect((await before.post(before.kid ?? "")).status).toBe(200);
  });

  test("at an endpoint that wants a contact needs one: invalidContact", async () => {
    const strict = await acmeWorld(await openStore("file::memory:"), { Contact: "REQUIRED" });
    const fresh = await acmeClient(strict.directoryUrl, strict.transport);
    expect(problem(await fresh.register(strict.credentials))).toBe("400 invalidContact");
    expect((await fresh.register(strict.credentials, { contact: ["mailto:me@shop.example"] })).status).toBe(201);
    expect(problem(await fresh.post(fresh.kid ?? "", { contact: [] }))).toBe("400 invalidContact");
    await strict.world.store.destroy();
  });
});

describe("an account", () => {
  test("changes its contacts, shows itself, and is nobody else's", async () => {
    const own = await acme.client();
    const answer = await own.post(own.kid ?? "", { contact: ["mailto:new@shop.example"] });
    expect(answer.json).toMatchObject({ status: "valid", contact: ["mailto:new@shop.example"] });
    expect((await own.post(own.kid ?? "")).json.contact).toEqual(["mailto:new@shop.example"]);
    expect(problem(await own.post(client.kid ?? ""))).toBe("403 unauthorized");
  });

  test("that is deactivated can do nothing any more, and its key cannot register again", async () => {
    const own = await acme.client();
    expect((await own.post(own.kid ?? "", { status: "deactivated" })).json.status).toBe("deactivated");
    expect(problem(await own.newOrder(["shop.example"]))).toBe("403 unauthorized");
    expect(problem(await own.register(acme.credentials))).toBe("403 unauthorized");
  });

  test("that the endpoint's owner revokes can do nothing any more", async () => {
    const own = await acme.client();
    await acme.call("RevokeAcmeAccount", { AcmeEndpointArn: acme.endpointArn, AccountUrl: own.kid });
    expect(problem(await own.newOrder(["shop.example"]))).toBe("403 unauthorized");
  });

  test("gets another key when both keys say so", async () => {
    const own = await acme.client();
    const fresh = newSigner("RS256");
    const inner = (payload: object, header: object = {}): object =>
      signJws(fresh, { jwk: fresh.jwk, url: url("keyChange"), ...header }, JSON.stringify(payload));
    const wanted = { account: own.kid, oldKey: own.key.jwk };
    const change = (payload: object): Promise<Answered> => own.post(url("keyChange"), payload);
    expect(problem(await change(inner({ ...wanted, account: client.kid })))).toBe("400 malformed");
    expect(problem(await change(inner({ ...wanted, oldKey: fresh.jwk })))).toBe("400 malformed");
    expect(problem(await change(inner(wanted, { url: url("newOrder") })))).toBe("400 malformed");
    expect(problem(await change(inner(wanted, { nonce: "AAAA" })))).toBe("400 malformed");
    const taken = signJws(client.key, { jwk: client.key.jwk, url: url("keyChange") }, JSON.stringify(wanted));
    const conflict = await change(taken);
    expect([problem(conflict), conflict.headers["location"]]).toEqual(["409 malformed", client.kid]);

    expect((await change(inner(wanted))).status).toBe(200);
    expect(problem(await own.post(own.kid ?? ""))).toBe("400 badSignatureAlgorithm");
    expect((await own.post(own.kid ?? "", undefined, { by: { key: fresh, kid: own.kid } })).status).toBe(200);
  });

  test("lists its orders in pages", async () => {
    const own = await acme.client();
    for (let index = 0; index < 101; index += 1) expect((await own.newOrder(["shop.example"])).status).toBe(201);
    const first = await own.post(`${own.kid}/orders`);
    expect(first.json.orders).toHaveLength(100);
    const [, next = ""] = /<([^>]+)>;rel="next"/.exec(first.links.join()) ?? [];
    const second = await own.post(next);
    expect(second.json.orders).toHaveLength(1);
    expect(new Set([...first.json.orders, ...second.json.orders]).size).toBe(101);
    expect(second.links.join()).not.toContain("next");
  });
});

describe("newOrder", () => {
  test("of names that are proven is ready at once, with authorizations that are valid", async () => {
    const names = ["shop.example", "*.shop.example", "a.b.shop.example"];
    const order = await client.newOrder(names);
    expect(order.status).toBe(201);
    expect(order.headers["location"]).toMatch(/\/order\/[0-9a-f-]{36}$/);
    expect(order.json).toEqual({
      status: "ready",
      expires: later(acme.world.clock.now(), DAY).toISOString().replace(".000Z", "Z"),
      identifiers: names.map((value) => ({ type: "dns", value })),
      authorizations: names.map((_, index) => `${order.headers["location"]?.replace("/order/", "/authz/")}/${index}`),
      finalize: `${order.headers["location"]}/finalize`,
    });
    const wildcard = await client.post(order.json.authorizations[1]);
    expect(wildcard.json).toEqual({
      identifier: { type: "dns", value: "shop.example" },
      status: "valid",
      expires: order.json.expires,
      challenges: [],
      wildcard: true,
    });
    expect((await client.post(order.headers["location"] ?? "")).json).toEqual(order.json);
  });

  test("folds names that are the same", async () => {
    const { json } = await client.newOrder(["shop.example", "SHOP.example"]);
    expect(json.identifiers).toEqual([{ type: "dns", value: "shop.example" }]);
  });

  test("of names that nobody proved names each and says what is missing: rejectedIdentifier", async () => {
    await acme.prove("exact.example", { ExactDomain: "ENABLED", Subdomains: "DISABLED", Wildcards: "DISABLED" });
    const names = ["shop.example", "www.exact.example", "*.exact.example", "nobody.example", "*.a.shop.example"];
    const { json, status } = await client.newOrder(names);
    expect(status).toBe(403);
    expect(json.type).toBe("urn:ietf:params:acme:error:rejectedIdentifier");
    expect(
      json.subproblems.map(({ identifier, detail }: { identifier: { value: string }; detail: string }) => [
        identifier.value,
        detail,
      ]),
    ).toEqual([
      ["www.exact.example", "The domain validation of exact.example has Subdomains DISABLED."],
      ["*.exact.example", "The domain validation of exact.example has Wildcards DISABLED."],
      ["nobody.example", "No domain validation of this endpoint is for nobody.example or a domain above it."],
      ["*.a.shop.example", "The domain validation of shop.example covers *.shop.example, but no deeper wildcard."],
    ]);
  });

  const dns = (...names: readonly string[]): object => ({
    identifiers: names.map((value) => ({ type: "dns", value })),
  });
  const ip = { type: "ip", value: "192.0.2.1" };
  const refused: readonly [why: string, want: string, payload: object][] = [
    ["nothing", "400 malformed", {}],
    ["no identifier", "400 malformed", dns()],
    ["identifiers that are no list", "400 malformed", { identifiers: "shop.example" }],
    ["an identifier without a value", "400 malformed", { identifiers: [{ type: "dns" }] }],
    ["a name with a dot at its end", "400 malformed", dns("shop.example.")],
    ["a name with an underscore", "400 malformed", dns("under_score.shop.example")],
    ["an IP address", "400 unsupportedIdentifier", { identifiers: [ip] }],
    ["two that are wrong differently", "400 compound", { identifiers: [ip, { type: "dns", value: "-" }] }],
    ["101 names", "400 malformed", dns(...Array.from({ length: 101 }, (_, index) => `a${index}.shop.example`))],
    ["a life until tomorrow", "400 malformed", { ...dns("shop.example"), notAfter: "tomorrow" }],
    ["a successor of nothing", "400 malformed", { ...dns("shop.example"), replaces: "AAAA.AAAA" }],
    ["a successor of a number", "400 malformed", { ...dns("shop.example"), replaces: 1 }],
  ];
  test.for(refused)("of %s is refused: %s", async ([, want, payload]) => {
    expect(problem(await client.post(url("newOrder"), payload))).toBe(want);
  });

  test("can wish for a shorter life, and not for a longer one", async () => {
    const now = acme.world.clock.now();
    const at = (days: number): string =>
      new Date(Math.floor(later(now, days * DAY).getTime() / 1000) * 1000).toISOString();
    expect(problem(await client.newOrder(["shop.example"], { notAfter: at(46) }))).toBe("400 malformed");
    expect(problem(await client.newOrder(["shop.example"], { notBefore: at(-3) }))).toBe("400 malformed");
    expect(problem(await client.newOrder(["shop.example"], { notBefore: at(0.5), notAfter: at(0.4) }))).toBe(
      "400 malformed",
    );
    const notAfter = at(7);
    const { der, order } = await client.obtain(["short.shop.example"], { order: { notAfter } });
    expect(order.json.notAfter).toBe(notAfter.replace(".000Z", "Z"));
    expect(new X509Certificate(der).validToDate.toISOString()).toBe(notAfter);
    const later_ = await client.obtain(["later.shop.example"], { order: { notBefore: at(0.5), notAfter } });
    expect(new X509Certificate(later_.der).validFromDate.toISOString()).toBe(at(0.5));
  });

  test("for a life that is over when it is finalized comes to nothing", async () => {
    const own = await acme.client();
    const notAfter = new Date(Math.ceil(later(acme.world.clock.now(), 2 * HOUR).getTime() / 1000) * 1000);
    const order = await own.newOrder(["shop.example"], { notAfter: notAfter.toISOString() });
    acme.world.clock.advance(3 * HOUR);
    const late = await own.post(order.json.finalize, { csr: csr(newKey(), ["shop.example"]) });
    expect(problem(late)).toBe("400 malformed");
    expect(late.json.detail).toContain("ended");
  });

  test("expires after a day: then it is invalid and cannot be finalized", async () => {
    const own = await acme.client();
    const order = await own.newOrder(["shop.example"]);
    acme.world.clock.advance(DAY);
    expect((await own.post(order.headers["location"] ?? "")).json.status).toBe("invalid");
    const payload = { csr: csr(newKey(), ["shop.example"]) };
    expect(problem(await own.post(order.json.finalize, payload))).toBe("403 orderNotReady");
    acme.world.clock.advance(DAY);
    await own.newOrder(["shop.example"]);
    expect(problem(await own.post(order.headers["location"] ?? ""))).toBe("404 malformed");
  });

  test("is its own account's only", async () => {
    const other = await acme.client();
    const { headers, json } = await client.newOrder(["shop.example"]);
    for (const resource of [headers["location"] ?? "", json.authorizations[0], json.finalize]) {
      expect(problem(await other.post(resource, resource === json.finalize ? { csr: "" } : undefined))).toBe(
        "404 malformed",
      );
    }
  });

  test("dies with an authorization that its client gives up", async () => {
    const order = await client.newOrder(["shop.example"]);
    const [authorization] = order.json.authorizations;
    expect(problem(await client.post(authorization, { status: "valid" }))).toBe("400 malformed");
    expect((await client.post(authorization, { status: "deactivated" })).json.status).toBe("deactivated");
    const { json } = await client.post(order.headers["location"] ?? "");
    expect(json).toMatchObject({ status: "invalid", error: { type: "urn:ietf:params:acme:error:unauthorized" } });
  });
});

describe("finalize", () => {
  const order = async (names: readonly string[] = ["shop.example"]): Promise<string> =>
    (await client.newOrder(names)).json.finalize;
  const finalize = async (text: string, names?: readonly string[]): Promise<Answered> =>
    await client.post(await order(names), { csr: text });

  test("issues a certificate of 45 days at once, an ordinary one of ACM", async () => {
    const { pem, der, order: done } = await client.obtain(["www.shop.example", "shop.example"]);
    expect(done.json).toMatchObject({ status: "valid", certificate: expect.stringContaining("/cert/") });
    const leaf = new X509Certificate(der);
    expect(leaf.subject).toBe("CN=www.shop.example");
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime() + 1000).toBe(45 * DAY);
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    const { CertificateSummaryList } = await acme.call("ListCertificates", {
      CertificateKeyPairOrigins: ["ACME"],
      Includes: { keyTypes: ["EC_prime256v1"] },
    });
    const summary = CertificateSummaryList.find((one: { DomainName: string }) => one.DomainName === "www.shop.example");
    const certificate = await acme.world.describe(summary.CertificateArn);
    expect(certificate).toMatchObject({
      Status: "ISSUED",
      Type: "AMAZON_ISSUED",
      DomainName: "www.shop.example",
      SubjectAlternativeNames: ["www.shop.example", "shop.example"],
      KeyAlgorithm: "EC-prime256v1",
      Serial: leaf.serialNumber.toLowerCase().replaceAll(/..(?!$)/g, "$&:"),
      CertificateKeyPairOrigin: "ACME",
      AcmeEndpointArn: acme.endpointArn,
      RenewalEligibility: "INELIGIBLE",
      InUseBy: [],
    });
    expect(client.kid).toContain(certificate.AcmeAccountId);
    const tags = await acme.call("ListTagsForCertificate", { CertificateArn: summary.CertificateArn });
    expect(tags.Tags).toEqual([{ Key: "team", Value: "web" }]);
    const got = await acme.call("GetCertificate", { CertificateArn: summary.CertificateArn });
    expect(`${got.Certificate}${got.CertificateChain}`).toBe(pem);
  });

  test("offers the shorter chain as an alternate", async () => {
    const { pem, certificateUrl } = await client.obtain(["alternate.shop.example"]);
    const { links, headers } = await client.post(certificateUrl);
    expect(headers["content-type"]).toBe("application/pem-certificate-chain");
    const [, alternate = ""] = /<([^>]+)>;rel="alternate"/.exec(links.join()) ?? [];
    const other = await client.post(alternate);
    expect(other.body.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(pem.startsWith(other.body)).toBe(true);
    expect(problem(await client.post(`${certificateUrl}/2`))).toBe("404 malformed");
  });

  test("lets the common name lead", async () => {
    const names = ["a.shop.example", "b.shop.example"];
    const { json } = await finalize(csr(newKey(), ["a.shop.example"], { commonName: "b.shop.example" }), names);
    const { body } = await client.post(json.certificate);
    expect(new X509Certificate(body).subject).toBe("CN=b.shop.example");
  });

  const refused: readonly [why: string, csr: () => string, detail: RegExp][] = [
    ["names another domain", () => csr(newKey(), ["other.shop.example"]), /the order is for shop\.example/],
    [
      "names more than the order",
      () => csr(newKey(), ["shop.example", "a.shop.example"]),
      /the order is for shop\.example/,
    ],
    ["names nobody", () => csr(newKey(), []), /names no domain/],
    ["names a domain twice", () => csr(newKey(), ["shop.example", "shop.example"]), /twice/],
    [
      "has a foreign common name",
      () => csr(newKey(), ["shop.example"], { commonName: "x.example" }),
      /the order is for/,
    ],
    [
      "has a common name that is none",
      () => csr(newKey(), ["shop.example"], { commonName: "Shop" }),
      /"Shop" is no domain name/,
    ],
    [
      "has a weak key",
      () => csr(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey, ["shop.example"]),
      /cannot be certified/,
    ],
    ["has the account's key", () => csr(client.key.privateKey, ["shop.example"]), /account's own/],
    [
      "asks for a CA",
      () => csr(newKey(), ["shop.example"], { extensions: [extension(OID.basicConstraints, encode(sequence(TRUE)))] }),
      /CA certificate/,
    ],
    [
      "asks for must-staple",
      () =>
        csr(newKey(), ["shop.example"], {
          extensions: [extension("1.3.6.1.5.5.7.1.24", encode(sequence(integer(5))))],
        }),
      /must-staple/,
    ],
    [
      "asks for an e-mail address",
      () =>
        csr(newKey(), [], {
          extensions: [extension(OID.subjectAltName, encode(sequence(taggedAscii(1, "a@shop.example"))))],
        }),
      /something else than domain names/,
    ],
    ["is signed by another key", () => tampered(), /signature does not hold/],
    [
      "is cut off",
      () =>
        Buffer.from(csr(newKey(), ["shop.example"]), "base64url")
          .subarray(0, 100)
          .toString("base64url"),
      /./,
    ],
    ["is nothing", () => "AA", /./],
  ];
  test.for(refused)("refuses a CSR that %s with badCSR, and the order stays ready", async ([, text, detail]) => {
    const at = await order();
    const answer = await client.post(at, { csr: text() });
    expect(problem(answer)).toBe("400 badCSR");
    expect(answer.json.detail).toMatch(detail);
    expect((await client.post(at.replace("/finalize", ""))).json.status).toBe("ready");
  });
  function tampered(): string {
    const der = Buffer.from(csr(newKey(), ["shop.example"]), "base64url");
    const other = Buffer.from(csr(newKey(), ["shop.example"]), "base64url");
    const at = der.indexOf(createPublicKey(newKey()).export({ type: "spki", format: "der" }).subarray(0, 26));
    other.copy(der, at, at, at + 91);
    return der.toString("base64url");
  }

  test.for([{}, { csr: 1 }, { csr: "a=" }])("of %j is malformed", async (payload) => {
    expect(problem(await client.post(await order(), payload))).toBe("400 malformed");
  });

  test("permits the endpoint's key algorithms only, and names them", async () => {
    const CertificateAuthority = { PublicCertificateAuthority: { AllowedKeyAlgorithms: ["RSA_2048", "EC_secp384r1"] } };
    await acme.call("UpdateAcmeEndpoint", { AcmeEndpointArn: acme.endpointArn, CertificateAuthority });
    const answer = await finalize(csr(newKey(), ["shop.example"]));
    expect(problem(answer)).toBe("400 badCSR");
    expect(answer.json.detail).toContain("permits RSA_2048, EC_secp384r1");
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    expect((await finalize(csr(rsa, ["shop.example"]))).json.status).toBe("valid");
    await acme.call("UpdateAcmeEndpoint", {
      AcmeEndpointArn: acme.endpointArn,
      CertificateAuthority: { PublicCertificateAuthority: {} },
    });
  });

  test("happens once: the second time it is orderNotReady", async () => {
    const at = await order();
    expect((await client.post(at, { csr: csr(newKey(), ["shop.example"]) })).json.status).toBe("valid");
    expect(problem(await client.post(at, { csr: csr(newKey(), ["shop.example"]) }))).toBe("403 orderNotReady");
  });

  test("refuses names whose proof was taken away meanwhile: unauthorized", async () => {
    const { arn: AcmeDomainValidationArn } = await acme.prove("gone.example");
    const at = await order(["gone.example"]);
    await acme.call("DeleteAcmeDomainValidation", { AcmeDomainValidationArn });
    const answer = await client.post(at, { csr: csr(newKey(), ["gone.example"]) });
    expect(problem(answer)).toBe("403 unauthorized");
    expect(answer.json.subproblems[0]).toMatchObject({ identifier: { type: "dns", value: "gone.example" } });
  });

  test("of the same names and kind of key is another version of the same ARN, in whatever order", async () => {
    const arnsOf = async (names: readonly string[], certificateKey = newKey()): Promise<string> => {
      const { der } = await client.obtain(names, { certificateKey });
      const { Results } = await acme
        .call("ListCertificates", {
          CertificateKeyPairOrigins: ["ACME"],
          Includes: { keyTypes: ["EC_prime256v1", "EC_secp384r1"] },
        })
        .then(({ CertificateSummaryList }) => ({ Results: CertificateSummaryList }));
      const serial = new X509Certificate(der).serialNumber.toLowerCase().replaceAll(/..(?!$)/g, "$&:");
      for (const { CertificateArn } of Results) {
        if ((await acme.world.describe(CertificateArn)).Serial === serial) return CertificateArn;
      }
      throw new Error("no certificate has this serial number");
    };
    const first = await arnsOf(["x.shop.example", "y.shop.example"]);
    expect(await arnsOf(["y.shop.example", "x.shop.example"])).toBe(first);
    expect(await arnsOf(["x.shop.example"])).not.toBe(first);
    const large = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey;
    expect(await arnsOf(["x.shop.example", "y.shop.example"], large)).not.toBe(first);
  });
});

describe("the certificate of an ACME client", () => {
  const obtained = async (
    name: string,
  ): Promise<{ arn: string; der: Buffer; serial: string; key: ReturnType<typeof newKey> }> => {
    const { der, certificateKey: key } = await client.obtain([name]);
    const { CertificateSummaryList } = await acme.call("ListCertificates", {
      CertificateKeyPairOrigins: ["ACME"],
      Includes: { keyTypes: ["EC_prime256v1"] },
    });
    const summary = CertificateSummaryList.find(
      (one: { DomainName: string; Status: string }) => one.DomainName === name && one.Status === "ISSUED",
    );
    return { arn: summary.CertificateArn, der, serial: new X509Certificate(der).serialNumber.toLowerCase(), key };
  };

  test("cannot be attached, exported, renewed, revoked or deleted by ACM", async () => {
    const { arn } = await obtained("kept.shop.example");
    await expect(acme.world.attach(arn)).rejects.toThrow("it was issued to an ACME client");
    const Passphrase = Buffer.from("long enough").toString("base64");
    for (const [operation, more, error] of [
      ["ExportCertificate", { Passphrase }, "ValidationException"],
      ["RenewCertificate", {}, "ValidationException"],
      ["RevokeCertificate", { RevocationReason: "SUPERSEDED" }, "ValidationException"],
      ["DeleteCertificate", {}, "ConflictException"],
    ] as const) {
      expect((await acme.world.call(operation, { CertificateArn: arn, ...more })).error, operation).toBe(error);
    }
  });

  test("is revoked by its account, once, and its ARN is REVOKED; the next order gets another ARN", async () => {
    const { arn, der } = await obtained("revoked.shop.example");
    const revoke = (payload: object): Promise<Answered> => client.post(url("revokeCert"), payload);
    const certificate = der.toString("base64url");
    expect(problem(await revoke({ certificate, reason: 8 }))).toBe("400 badRevocationReason");
    expect(problem(await revoke({ certificate, reason: "1" }))).toBe("400 badRevocationReason");
    expect(problem(await revoke({ certificate: "AAAA" }))).toBe("400 malformed");
    expect(problem(await revoke({}))).toBe("400 malformed");
    expect(await revoke({ certificate, reason: 4 })).toMatchObject({ status: 200, body: "" });
    expect(problem(await revoke({ certificate }))).toBe("400 alreadyRevoked");
    expect(await acme.world.describe(arn)).toMatchObject({ Status: "REVOKED", RevocationReason: "SUPERSEDED" });
    expect((await obtained("revoked.shop.example")).arn).not.toBe(arn);
  });

  test("is revoked by whoever has its key, and that key is certified never again", async () => {
    const { der, key, arn } = await obtained("stolen.shop.example");
    const { d: _, ...jwk } = key.export({ format: "jwk" });
    const by = { key: { algorithm: "ES256", privateKey: key, jwk: { ...jwk } } };
    const payload = { certificate: der.toString("base64url"), reason: 1 };
    expect(problem(await client.post(url("revokeCert"), payload, { by: { key: newSigner() } }))).toBe(
      "403 unauthorized",
    );
    expect((await client.post(url("revokeCert"), payload, { by })).status).toBe(200);
    expect(await acme.world.describe(arn)).toMatchObject({ Status: "REVOKED", RevocationReason: "KEY_COMPROMISE" });
    const { json } = await client.newOrder(["stolen.shop.example"]);
    const answer = await client.post(json.finalize, { csr: csr(key, ["stolen.shop.example"]) });
    expect([problem(answer), answer.json.detail]).toEqual(["400 badCSR", expect.stringContaining("compromised")]);
  });

  test("is revoked by another account that may order its names, and by no other", async () => {
    const other = await acme.client();
    const { arn: AcmeDomainValidationArn } = await acme.prove("shared.example");
    const { der } = await client.obtain(["shared.example"]);
    await acme.call("DeleteAcmeDomainValidation", { AcmeDomainValidationArn });
    await acme.world.work();
    const payload = { certificate: der.toString("base64url") };
    expect(problem(await other.post(url("revokeCert"), payload))).toBe("403 unauthorized");
    const { der: open } = await obtained("open.shop.example");
    expect((await other.post(url("revokeCert"), { certificate: open.toString("base64url") })).status).toBe(200);
  });

  test("says when it wants to be renewed: in its last third, at once when revoked", async () => {
    const { der } = await obtained("ari.shop.example");
    const leaf = new X509Certificate(der);
    const issuer = await acme.world.deps.signers.issuer(store, "ec1");
    const id = `${issuer.keyId.toString("base64url")}.${Buffer.from(leaf.serialNumber, "hex").toString("base64url")}`;
    const { status, json, headers } = await client.get(`${url("renewalInfo")}/${id}`);
    expect([status, headers["retry-after"]]).toEqual([200, "21600"]);
    const [start, end] = [json.suggestedWindow.start, json.suggestedWindow.end].map((text) => new Date(text).getTime());
    const third = leaf.validToDate.getTime() - (45 * DAY) / 3;
    expect(start).toBeLessThan(third);
    expect(end).toBeGreaterThan(third);
    for (const wrong of [
      "AAAA.AAAA",
      "x",
      `${id}.AAAA`,
      id.replace(/^./, (first) => (first === "_" ? "-" : "_")),
      `${id}=`,
    ]) {
      expect(problem(await client.get(`${url("renewalInfo")}/${wrong}`)), wrong).toBe("404 malformed");
    }
    const renewed = await client.newOrder(["ari.shop.example"], { replaces: id });
    expect(renewed.json.replaces).toBe(id);
    await client.post(renewed.json.finalize, { csr: csr(newKey(), ["ari.shop.example"]) });
    expect(problem(await client.newOrder(["ari.shop.example"], { replaces: id }))).toBe("409 alreadyReplaced");
    expect(problem(await client.newOrder(["shop.example"], { replaces: id }))).toBe("400 malformed");
    await client.post(url("revokeCert"), { certificate: der.toString("base64url") });
    const past = (await client.get(`${url("renewalInfo")}/${id}`)).json.suggestedWindow;
    expect(new Date(past.end).getTime()).toBeLessThan(acme.world.clock.now().getTime());
  });

  test("expires, can then be deleted or reissued under its ARN, and is removed a year later", async () => {
    const { arn } = await obtained("year.shop.example");
    const { arn: other } = await obtained("deleted.shop.example");
    await acme.world.liveUntil(later(acme.world.clock.now(), 46 * DAY));
    expect((await acme.world.describe(arn)).Status).toBe("EXPIRED");
    await acme.call("DeleteCertificate", { CertificateArn: other });
    expect((await obtained("year.shop.example")).arn).toBe(arn);
    expect((await acme.world.describe(arn)).Status).toBe("ISSUED");
    await acme.world.liveUntil(later(acme.world.clock.now(), 45 * DAY + 360 * DAY));
    expect((await acme.world.describe(arn)).Status).toBe("EXPIRED");
    await acme.world.liveUntil(later(acme.world.clock.now(), 10 * DAY));
    expect((await acme.world.call("DescribeCertificate", { CertificateArn: arn })).error).toBe(
      "ResourceNotFoundException",
    );
    expect(acme.world.failures).toEqual([]);
  });
});
