import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  CreateRuleCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { debian } from "../support/debian.ts";
import { identityProvider } from "../support/identity-provider.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { selfSigned } from "../support/self-signed.ts";
import { openShop } from "../support/shop.ts";

test("Chromium logs in at a provider through a load balancer, and the access log tells of it", async () => {
  debian("chromium");
  const now = Date.now();
  const period = { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 86_400_000) };
  const tls = await selfSigned({ names: ["localhost"], ...period });
  const place = await testPlace();
  writeFileSync(join(place.dataDir, "provider-roots.pem"), tls.certificate, { mode: 0o600 });
  const product = await testProduct({}, place);
  const shop = await openShop(product, { domain: "login.example" });
  const { elbv2 } = shop.clients;
  const home = `https://${shop.host}${shop.port === 443 ? "" : `:${shop.port}`}`;
  const provider = await identityProvider({ redirectUri: `${home}/oauth2/idpresponse`, tls });

  const switches = { "access_logs.s3.enabled": "true", "access_logs.s3.bucket": "web-logs" };
  await elbv2.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: shop.loadBalancerArn,
      Attributes: Object.entries(switches).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: shop.listenerArn,
      Priority: 7,
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/private(/|$)"] } }],
      Actions: [
        {
          Type: "authenticate-oidc",
          Order: 1,
          AuthenticateOidcConfig: {
            Issuer: provider.issuer,
            AuthorizationEndpoint: provider.endpoints.authorizationEndpoint,
            TokenEndpoint: provider.endpoints.tokenEndpoint,
            UserInfoEndpoint: provider.endpoints.userInfoEndpoint,
            ClientId: provider.clientId,
            ClientSecret: provider.clientSecret,
            Scope: "openid profile",
          },
        },
        { Type: "forward", Order: 2, TargetGroupArn: shop.targetGroupArn },
      ],
    }),
  );

  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", `--host-resolver-rules=MAP ${shop.host} ${shop.address}`],
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await until("the rule", async () => {
    await page.goto(`${home}/private/page?a=b`);
    return page.url().startsWith(provider.issuer) ? true : undefined;
  });
  await page.fill("input[name=login]", "jane");
  await page.fill("input[name=password]", "any");
  await page.click("button[type=submit]");
  await page.waitForLoadState();
  await page.click("button[type=submit]");
  await page.waitForURL(`${home}/private/page?a=b`);
  expect(await page.innerText("body")).toContain("hello");
  const cookies = await context.cookies(home);
  const session = cookies.find(({ name }) => name === "AWSELBAuthSessionCookie-0");
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "None" });
  await page.goto(`${home}/private/again`);
  expect(page.url()).toBe(`${home}/private/again`);

  // Another redirect for everybody else, to see a change take effect.
  const DefaultActions = [
    { Type: "redirect" as const, RedirectConfig: { Path: "/private", StatusCode: "HTTP_302" as const } },
  ];
  await elbv2.send(new ModifyListenerCommand({ ListenerArn: shop.listenerArn, DefaultActions }));
  await until("the redirect", async () => {
    await page.goto(`${home}/`);
    return page.url().endsWith("/private") ? true : undefined;
  });

  await browser.close();
  await product.stop();
  const lines = logsIn(join(place.dataDir, "logs", "web-logs")).split("\n");
  const authenticated = lines.filter((line) => line.includes('"authenticate,forward"'));
  expect(authenticated.length).toBeGreaterThanOrEqual(3);
  expect(authenticated[0]).toMatch(
    /^h2 \S+ app\/login\/[0-9a-f]{16} .* 200 200 \d+ \d+ "GET https:\/\/www\.login\.example:443\/private\//,
  );
  expect(authenticated[0]).toContain(`"www.login.example" "${shop.certificateArn}" 7 `);
  expect(lines.some((line) => line.includes('"redirect" "https://www.login.example:'))).toBe(true);
  expect(lines.join("\n")).not.toContain(provider.clientSecret);
});

/** All lines of all log files below a directory. */
function logsIn(directory: string): string {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".log.gz"),
  );
  return files.map((name) => gunzipSync(readFileSync(join(directory, name))).toString()).join("");
}
