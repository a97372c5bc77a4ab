import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, type FrontWorld, frontWorld, httpTarget } from "../../../../tests/support/application-front.ts";
import { doing } from "../../../../tests/support/edge-config.ts";
import { eventually } from "../../../../tests/support/edge-world.ts";
import type { JwtAction } from "./validator.ts";

const ISSUER = "https://issuer.test";
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let rsa: Pair;
let ec: Pair;

beforeAll(async () => {
  rsa = await generateKeyPair("RS256");
  ec = await generateKeyPair("ES256");
});

interface JwtWorld extends FrontWorld {
  readonly jwks: { keys: JWK[]; status: number; asked: number };
  readonly take: (token: string | undefined, scheme?: string) => Promise<Answer>;
}

async function jwtWorld(change: Partial<JwtAction> = {}): Promise<JwtWorld> {
  const jwks = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: "rsa", alg: "RS256" },
      { ...(await exportJWK(ec.publicKey)), kid: "ec", alg: "ES256" },
    ] as JWK[],
    status: 200,
    asked: 0,
  };
  const provider = await httpTarget((_, response) => {
    jwks.asked += 1;
    response.writeHead(jwks.status, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: jwks.keys }));
  });
  const world = await frontWorld({ secure: true });
  world.clock.set(new Date());
  const action: JwtAction = {
    type: "jwt-validation",
    jwksEndpoint: `http://127.0.0.1:${provider.port}/jwks`,
    issuer: ISSUER,
    additionalClaims: [],
    ...change,
  };
  world.configure({
    defaultRule: doing(action, { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "in" }),
  });
  const take = (token: string | undefined, scheme = "Bearer"): Promise<Answer> =>
    world.ask("/", token === undefined ? {} : { headers: { authorization: `${scheme} ${token}` } });
  return { ...world, jwks, take };
}

function token(claims: JWTPayload = {}, { key = rsa.privateKey, alg = "RS256", kid = "rsa" } = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: ISSUER, exp: now + 60, ...claims }).setProtectedHeader({ alg, kid }).sign(key);
}

test("a token of the issuer passes, and its keys are asked for once", async () => {
  const { take, jwks, counted, lines } = await jwtWorld();
  expect(await take(await token())).toMatchObject({ status: 200, body: "in" });
  expect(await take(await token({}, { key: ec.privateKey, alg: "ES256", kid: "ec" }), "bearer")).toMatchObject({
    status: 200,
  });
  expect(jwks.asked).toBe(1);
  expect(counted()).toMatchObject({ JWTValidationSuccessCount: 2 });
  await eventually("the line", async () => lines.find((line) => line.includes('"jwt-validation,fixed-response"')));
});

describe("401", () => {
  const past = Math.floor(Date.now() / 1000) - 60;
  test.for([
    ["an end in the past", { exp: past }, "JWTClaimValueInvalid"],
    ["no end", { exp: undefined }, "JWTClaimNotPresent"],
    ["another issuer", { iss: "https://other.test" }, "JWTClaimValueInvalid"],
    ["a beginning in the future", { nbf: past + 600 }, "JWTClaimValueInvalid"],
    ["a time of issue in the future", { iat: past + 600 }, "JWTClaimValueInvalid"],
    ["an end that is no number", { exp: "soon" as never }, "JWTClaimFormatInvalid"],
  ] as const)("for %s", async ([, claims, reason]) => {
    const { take, lines, counted } = await jwtWorld();
    const answer = await take(await token(claims as JWTPayload));
    expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
    await eventually("the reason", async () => lines.find((line) => line.includes(`"${reason}"`)));
    expect(counted()).toMatchObject({ JWTValidationFailureCount: 1, HTTPCode_ELB_4XX_Count: 1 });
  });

  test("without a token, with what is none, and with one that nobody or somebody else signed", async () => {
    const { take, ask } = await jwtWorld();
    expect(await take(undefined)).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
    const other = await generateKeyPair("RS256");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from("{}").toString("base64url")}.`;
    const shared = await new SignJWT({ iss: ISSUER, exp: past + 600 })
      .setProtectedHeader({ alg: "HS256", kid: "rsa" })
      .sign(new TextEncoder().encode(JSON.stringify(await exportJWK(rsa.publicKey))));
    const good = await token();
    for (const wrong of ["x", "a.b.c", none, shared, `${good.slice(0, -8)}AAAAAAAA`, `${good}.x`, `${good} ${good}`]) {
      expect(await take(wrong)).toMatchObject({ status: 401 });
    }
    expect(await take(await token({}, { key: other.privateKey }))).toMatchObject({ status: 401 });
    expect(await take(good, "Basic")).toMatchObject({ status: 401 });
    const twice = { authorization: [`Bearer ${good}`, `Bearer ${good}`] };
    expect((await ask("/", { headers: twice })).status).not.toBe(200);
    expect(await take(good)).toMatchObject({ status: 200 });
  });
});

test("additional claims must have all values, each in its format", async () => {
  const additionalClaims = [
    { name: "sub", format: "single-string", values: ["me"] },
    { name: "scope", format: "space-separated-values", values: ["read", "write"] },
    { name: "groups", format: "string-array", values: ["admins"] },
  ] as const;
  const { take } = await jwtWorld({ additionalClaims });
  const good = { sub: "me", scope: "write x read", groups: ["users", "admins"] };
  expect(await take(await token(good))).toMatchObject({ status: 200 });
  for (const wrong of [
    { sub: "you" },
    { sub: undefined },
    { scope: "read" },
    { scope: ["read", "write"] },
    { groups: "admins" },
    { groups: [] },
    { groups: ["admins", 1] },
  ]) {
    expect(await take(await token({ ...good, ...wrong } as JWTPayload))).toMatchObject({ status: 401 });
  }
});

test("500 when the keys cannot be had, or there are too many", async () => {
  const { take, jwks, lines } = await jwtWorld();
  jwks.status = 503;
  expect(await take(await token())).toMatchObject({ status: 500 });
  await eventually("the reason", async () => lines.find((line) => line.includes('"JWKSRequestFailed"')));
  jwks.status = 200;
  const [first] = jwks.keys;
  jwks.keys = Array.from({ length: 11 }, () => first ?? {});
  expect(await take(await token())).toMatchObject({ status: 500 });
  const gone = await jwtWorld({ jwksEndpoint: "http://127.0.0.1:1/" });
  expect(await gone.take(await token())).toMatchObject({ status: 500 });
});
