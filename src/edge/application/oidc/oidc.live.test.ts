import { createPublicKey, verify } from "node:crypto";
import { jwtVerify } from "jose";
import { expect, test } from "vitest";
import { type FrontWorld, frontWorld, httpTarget } from "../../../../tests/support/application-front.ts";
import { type Arrived, type CookieBrowser, cookieBrowser } from "../../../../tests/support/cookie-browser.ts";
import { BALANCER, doing, FORWARD, targetGroup } from "../../../../tests/support/edge-config.ts";
import { eventually } from "../../../../tests/support/edge-world.ts";
import {
  type IdentityProvider,
  identityProvider,
  type ProviderOptions,
} from "../../../../tests/support/identity-provider.ts";
import type { OidcAction } from "./tokens.ts";

const HOME = "https://app.test/";
const BACK = "https://app.test/oauth2/idpresponse";

interface LoginWorld extends FrontWorld {
  readonly provider: IdentityProvider;
  readonly browser: CookieBrowser;
  readonly action: OidcAction;
  readonly seen: Record<string, string | undefined>[];
}

/** A load balancer that asks a real provider who its users are, in front of a target that remembers what it was told. */
async function loginWorld(change: Partial<OidcAction> = {}, more: Partial<ProviderOptions> = {}): Promise<LoginWorld> {
  const provider = await identityProvider({ redirectUri: BACK, ...more });
  const seen: Record<string, string | undefined>[] = [];
  const target = await httpTarget((request, response) => {
    seen.push(request.headers as Record<string, string | undefined>);
    response.end(`hello at ${request.url}`);
  });
  const world = await frontWorld({ secure: true, secrets: { "secret-1": provider.clientSecret } });
  world.clock.set(new Date());
  const action: OidcAction = {
    type: "authenticate-oidc",
    issuer: provider.issuer,
    ...provider.endpoints,
    clientId: provider.clientId,
    secret: "secret-1",
    sessionCookieName: "AWSELBAuthSessionCookie",
    scope: "openid profile",
    sessionTimeoutSeconds: 604_800,
    authenticationRequestExtraParams: { display: "page" },
    onUnauthenticatedRequest: "authenticate",
    ...change,
  };
  world.configure({ defaultRule: doing(action, ...FORWARD.actions) }, { targetGroups: [targetGroup([target.port])] });
  return { ...world, provider, action, seen, browser: cookieBrowser({ "app.test": world.port }) };
}

/** Through the provider's login and consent pages. */
async function logIn(browser: CookieBrowser, url: string = HOME, user = "jane"): Promise<Arrived> {
  const login = await browser.go(url);
  expect(login.body).toContain("login");
  const consent = await browser.submit(login, { prompt: "login", login: user, password: "any" });
  return browser.submit(consent, { prompt: "consent" });
}

test("a user logs in at the provider, comes back to the page that was asked for, and stays logged in", async () => {
  const { browser, provider, seen, clock, counted, lines } = await loginWorld();
  const page = await logIn(browser, `${HOME}deep/page?with=query`);
  expect(page).toMatchObject({
    status: 200,
    body: "hello at /deep/page?with=query",
    url: `${HOME}deep/page?with=query`,
  });

  const session = browser.setCookies.find((one) => one.startsWith("AWSELBAuthSessionCookie-0="));
  for (const part of ["Path=/", "Secure", "HttpOnly", "SameSite=None"]) expect(session).toContain(part);
  const ends = Date.parse(/Expires=([^;]+)/.exec(session ?? "")?.[1] ?? "");
  expect(Math.abs(ends - clock.now().getTime() - 604_800_000)).toBeLessThan(2_000);
  expect(browser.cookies.has("app.test AWSALBAuthNonce")).toBe(false);

  const asked = provider.asked.length;
  expect(await browser.go(`${HOME}again`)).toMatchObject({ status: 200, body: "hello at /again" });
  expect(provider.asked).toHaveLength(asked);
  expect(seen.at(-1)?.["x-amzn-oidc-identity"]).toBe("jane");
  expect(seen.at(-1)?.["x-amzn-oidc-accesstoken"]).toMatch(/^[\w-]{20,}$/);
  expect(counted()).toMatchObject({ ELBAuthSuccess: 1, ELBAuthLatency: expect.any(Number) });
  await eventually("lines", async () => (lines.length >= 4 ? true : undefined));
  expect(lines.map((line) => / "(authenticate[^"]*)" /.exec(line)?.[1])).toEqual([
    "authenticate",
    "authenticate",
    "authenticate,forward",
    "authenticate,forward",
  ]);
});

test("the claims are signed: the key is where its id says, and AWS's own sample can take the token apart", async () => {
  const { browser, seen, provider, action } = await loginWorld();
  await logIn(browser);
  const token = seen.at(-1)?.["x-amzn-oidc-data"] ?? "";
  const parts = token.split(".");
  expect(parts.every((part) => part.length % 4 === 0)).toBe(true); // padded, as ALB does
  const header = JSON.parse(Buffer.from(parts[0] ?? "", "base64").toString()) as Record<string, unknown>;
  expect(header).toMatchObject({
    alg: "ES256",
    iss: provider.issuer,
    client: action.clientId,
    signer: BALANCER,
    kid: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const key = await browser.go(`${HOME}oauth2/public-keys/${String(header["kid"])}`);
  expect(key.status).toBe(200);
  const plain = parts.map((part) => part.replace(/=+$/, ""));
  // The signature is over the padded parts.
  await expect(jwtVerify(plain.join("."), createPublicKey(key.body))).rejects.toThrow();
  const signature = Buffer.from(parts[2] ?? "", "base64url");
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  expect(verify("sha256", signed, { key: createPublicKey(key.body), dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
  const claims = JSON.parse(Buffer.from(parts[1] ?? "", "base64").toString()) as object;
  expect(claims).toMatchObject({ sub: "jane", email: "user@example.com", name: "Ünïcode User" });
  // Any other id is a path like every other.
  expect((await browser.go(`${HOME}oauth2/public-keys/00000000-0000-0000-0000-000000000000`)).body).toContain("hello");
});

test("what a client says of itself does not reach the target", async () => {
  const { ask, seen } = await loginWorld({ onUnauthenticatedRequest: "allow" });
  const headers = { "x-amzn-oidc-identity": "admin", "X-Amzn-Oidc-Data": "e30.e30.", "x-amzn-oidc-accesstoken": "x" };
  expect(await ask("/", { host: "app.test", headers })).toMatchObject({ status: 200 });
  expect(Object.keys(seen.at(-1) ?? {}).filter((name) => name.includes("oidc"))).toEqual([]);
});

test("deny answers 401, and a cookie that was tampered with is none", async () => {
  const { browser, ask, lines, counted } = await loginWorld();
  await logIn(browser);
  const value = browser.cookies.get("app.test AWSELBAuthSessionCookie-0") ?? "";
  const middle = value.length >> 1;
  const forged = `${value.slice(0, middle)}${value[middle] === "A" ? "B" : "A"}${value.slice(middle + 1)}`;
  const asked = await ask("/", { host: "app.test", headers: { cookie: `AWSELBAuthSessionCookie-0=${forged}` } });
  expect(asked.status).toBe(302);
  await eventually("the reason", async () => lines.find((line) => line.includes('"AuthInvalidCookie"')));
  expect(counted()).toMatchObject({ ELBAuthFailure: 1 });
  const denying = await loginWorld({ onUnauthenticatedRequest: "deny" });
  expect(await denying.ask("/", { host: "app.test" })).toMatchObject({ status: 401 });
});

test("a login is bound to the browser that began it, to its host and to 15 minutes", async () => {
  const { browser, ask, clock, lines } = await loginWorld();
  const login = await browser.go(HOME);
  const consent = await browser.submit(login, { prompt: "login", login: "jane", password: "any" });
  const page = await browser.submit(consent, { prompt: "consent" }, BACK);
  const target = (page.headers.location ?? "").slice("https://app.test".length);
  const nonce = `AWSALBAuthNonce=${browser.cookies.get("app.test AWSALBAuthNonce")}`;
  const come = (more: object): Promise<{ status: number }> => ask(target, { host: "app.test", ...more });
  expect(await come({})).toMatchObject({ status: 401 });
  expect(await come({ headers: { cookie: "AWSALBAuthNonce=AAAAAAAAAAAAAAAAAAAAAA" } })).toMatchObject({ status: 401 });
  expect(await come({ host: "other.test", headers: { cookie: nonce } })).toMatchObject({ status: 401 });
  clock.advance(16 * 60_000);
  expect(await come({ headers: { cookie: nonce } })).toMatchObject({ status: 401 });
  clock.advance(-16 * 60_000);
  expect(await come({ headers: { cookie: nonce } })).toMatchObject({ status: 302 });
  // The code was redeemed.
  expect(await come({ headers: { cookie: nonce } })).toMatchObject({ status: 561 });
  for (const state of ["", "?state=nonsense&code=x", "?code=x"]) {
    expect(await ask(`/oauth2/idpresponse${state}`, { host: "app.test" })).toMatchObject({ status: 401 });
  }
  await eventually("all reasons", async () => (lines.length >= 10 ? true : undefined));
  const reasons = lines.map((line) => /"(Auth\w+)" /.exec(line)?.[1]).filter((one) => one !== undefined);
  expect(reasons).toEqual([
    "AuthMissingAWSALBAuthNonce",
    "AuthInvalidAWSALBAuthNonce",
    "AuthInvalidStateParam",
    "AuthInvalidStateParam",
    "AuthInvalidGrantError",
    "AuthMissingStateParam",
    "AuthInvalidStateParam",
    "AuthMissingStateParam",
  ]);
});

test("an access token that ended is refreshed once, however many ask, and the cookie is set anew", async () => {
  const { browser, provider, clock, seen, counted } = await loginWorld({}, { accessLife: 60 });
  await logIn(browser);
  const first = seen.at(-1)?.["x-amzn-oidc-accesstoken"];
  const cookie = browser.cookies.get("app.test AWSELBAuthSessionCookie-0");
  clock.advance(61_000);
  const before = provider.asked.filter((url) => url === "/token").length;
  const pages = await Promise.all([browser.go(HOME), browser.go(HOME), browser.go(HOME)]);
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(provider.asked.filter((url) => url === "/token")).toHaveLength(before + 1);
  expect(seen.at(-1)?.["x-amzn-oidc-accesstoken"]).not.toBe(first);
  expect(browser.cookies.get("app.test AWSELBAuthSessionCookie-0")).not.toBe(cookie);
  expect(counted()).toMatchObject({ ELBAuthRefreshTokenSuccess: 1 });
});

test("a user whom the provider does not know any more must log in again", async () => {
  const { browser, provider, clock } = await loginWorld({}, { accessLife: 60 });
  await logIn(browser);
  provider.revokeAll();
  expect(await browser.go(HOME)).toMatchObject({ status: 200 });
  clock.advance(61_000);
  expect((await browser.go(HOME, provider.issuer)).status).toBe(302);
});

test("a session ends when its time is over, and a new secret ends all", async () => {
  const { browser, clock, configure, action, provider } = await loginWorld({ sessionTimeoutSeconds: 60 });
  await logIn(browser);
  expect((await browser.go(HOME)).status).toBe(200);
  clock.advance(61_000);
  expect((await browser.go(HOME, provider.issuer)).status).toBe(302);
  clock.advance(-61_000);
  expect((await browser.go(HOME)).status).toBe(200);
  const other = await frontWorld({ secure: true, secrets: { "secret-1": "another" } });
  other.clock.set(clock.now());
  other.configure({
    defaultRule: doing(action, { type: "fixed-response", statusCode: 200, contentType: "", body: "" }),
  });
  const cookie = `AWSELBAuthSessionCookie-0=${browser.cookies.get("app.test AWSELBAuthSessionCookie-0")}`;
  expect((await other.ask("/", { headers: { cookie } })).status).toBe(302);
  configure({});
});

test("large claims take several cookies, and too large ones are refused", async () => {
  const claims = { note: "x".repeat(6_000) };
  const { browser, seen } = await loginWorld({}, { claims });
  expect(await logIn(browser)).toMatchObject({ status: 200 });
  const shards = [...browser.cookies.keys()].filter((key) => key.includes("AWSELBAuthSessionCookie"));
  expect(shards.length).toBeGreaterThan(1);
  for (const line of browser.setCookies) expect(line.length).toBeLessThan(4_096);
  expect(seen.at(-1)?.["x-amzn-oidc-data"]?.length).toBeGreaterThan(8_000);

  const tooLarge = await loginWorld({}, { claims: { note: "x".repeat(12_000) } });
  expect(await logIn(tooLarge.browser)).toMatchObject({ status: 401 });
  expect(tooLarge.counted()).toMatchObject({ ELBAuthUserClaimsSizeExceeded: 1 });
});

test("a provider that cannot be asked is 500, one that says no is 561", async () => {
  const { browser, configure, action, lines } = await loginWorld();
  configure({ defaultRule: doing({ ...action, tokenEndpoint: "http://127.0.0.1:1/token" }, ...FORWARD.actions) });
  expect(await logIn(browser)).toMatchObject({ status: 500 });
  await eventually("the reason", async () => lines.find((line) => line.includes('"AuthTokenEpRequestTimeout"')));
  const wrong = await loginWorld();
  wrong.configure({
    defaultRule: doing({ ...wrong.action, userInfoEndpoint: `${wrong.provider.issuer}/nowhere` }, ...FORWARD.actions),
  });
  expect(await logIn(wrong.browser)).toMatchObject({ status: 561 });
  const clear = await loginWorld({ tokenEndpoint: "http://192.0.2.1/token" });
  expect(await logIn(clear.browser)).toMatchObject({ status: 500 });
});
