import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RequestCertificateCommand, ResendValidationEmailCommand } from "@aws-sdk/client-acm";
import { ChangeResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { leavePlace, newPlace, type Place, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { debian } from "../support/debian.ts";
import { answered, type MailServer, startMailServer } from "../support/mail-server.ts";
import { killControl } from "../support/product.ts";
import type { ReceivedLetter } from "../support/received-letter.ts";
import { selfSigned } from "../support/self-signed.ts";
import { type Clients, clientsOf, makeZone, describe as see } from "../support/shop.ts";

let mail: MailServer;
let place: Place;
let settings: Record<string, string>;
let product: Product;
let browser: Browser;

beforeAll(async () => {
  debian("chromium");
  const now = Date.now();
  const period = { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 86_400_000) };
  const { certificate, privateKey } = await selfSigned({ names: ["localhost"], ...period });
  // As the mail server of a company: STARTTLS, a login, and a root of its own.
  mail = await startMailServer({
    key: privateKey,
    cert: certificate,
    authOptional: false,
    onAuth: ({ username, password }, _, done) =>
      username === "acm@example.com" && password === "correct horse"
        ? done(null, { user: username })
        : done(answered("535 5.7.8 wrong")),
  });
  place = await newPlace();
  writeFileSync(join(place.dataDir, "smtp-password"), "correct horse\n", { mode: 0o600 });
  writeFileSync(join(place.dataDir, "smtp-ca.pem"), certificate);
  settings = {
    "log-level": "warn",
    edge: "false",
    smtp: `smtp://acm%40example.com@localhost:${mail.port}`,
    "smtp-password-file": join(place.dataDir, "smtp-password"),
    "smtp-ca": join(place.dataDir, "smtp-ca.pem"),
    "mail-from": "Certificates <acm@example.com>",
  };
  product = await startProduct(place, settings);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await mail?.close();
  if (place) leavePlace(place);
});

/** A domain of ours that takes mail, and a certificate for it that waits for an approval. */
async function requested(clients: Clients, domain: string): Promise<{ arn: string; letters: ReceivedLetter[] }> {
  const zoneId = await makeZone(clients, domain);
  const mx = { Name: domain, Type: "MX" as const, TTL: 60, ResourceRecords: [{ Value: `10 mx.${domain}` }] };
  const Changes = [{ Action: "CREATE" as const, ResourceRecordSet: mx }];
  await clients.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
  // No ValidationMethod: e-mail is what ACM does then.
  const names = { DomainName: domain, SubjectAlternativeNames: [`*.${domain}`] };
  const both = [domain, `*.${domain}`].map((DomainName) => ({ DomainName, ValidationDomain: domain }));
  const request = new RequestCertificateCommand({
    ...names,
    DomainValidationOptions: both,
    KeyAlgorithm: "EC_prime256v1",
  });
  const { CertificateArn: arn = "" } = await clients.acm.send(request);
  return { arn, letters: await lettersAbout(arn, 5) };
}

function lettersAbout(arn: string, count: number): Promise<ReceivedLetter[]> {
  return until(`${count} letters about ${arn}`, () => {
    const letters = mail.letters.filter(({ text }) => text.includes(arn));
    return Promise.resolve(letters.length >= count ? letters : undefined);
  });
}

async function openPage(link: string | undefined, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
  const page = await browser.newPage({ javaScriptEnabled: false, ...options });
  onTestFinished(() => page.close());
  await page.goto(link ?? "");
  return page;
}

const statusOf = async (clients: Clients, arn: string): Promise<string | undefined> => (await see(clients, arn)).Status;
const becomes = (clients: Clients, arn: string, status: string): Promise<true> =>
  until(`${arn} is ${status}`, async () => ((await statusOf(clients, arn)) === status ? true : undefined));

describe("approval letters in a real mailbox and a real browser", () => {
  test("the letter comes over TLS with a login; its link shows the request; Approve issues at once", async () => {
    const clients = clientsOf(product);
    const { arn, letters } = await requested(clients, "yes.example");
    expect(mail.sessions.at(-1)).toEqual({ secure: true, user: "acm@example.com" });
    expect(letters.map(({ to }) => to).sort()).toEqual(
      ["admin", "administrator", "hostmaster", "postmaster", "webmaster"].map((box) => `${box}@yes.example`),
    );
    const detail = await see(clients, arn);
    expect(detail.DomainValidationOptions?.[0]?.ValidationEmails).toHaveLength(5);

    const page = await openPage(letters[0]?.link);
    expect(await page.title()).toBe("Issue a certificate for yes.example and 1 more name?");
    const shown = await page.innerText("main");
    for (const said of ["yes.example", "*.yes.example", "123456789012", "eu-west-1", arn, ":root"]) {
      expect(shown).toContain(said);
    }
    await page.getByRole("button", { name: "Approve" }).click();
    expect(await page.innerText("h1")).toBe("This request was approved");
    expect(page.url()).toBe(letters[0]?.link);
    await becomes(clients, arn, "ISSUED");

    await page.reload(); // nothing is sent again
    expect(await page.innerText("h1")).toBe("This request was approved");
    const other = await openPage(letters[4]?.link);
    expect(await other.innerText("main")).toContain(letters[0]?.to);
    expect(await other.getByRole("button").count()).toBe(0);
  });

  test("Refuse ends the request", async () => {
    const clients = clientsOf(product);
    const { arn, letters } = await requested(clients, "no.example");
    const page = await openPage(letters[1]?.link);
    await page.getByRole("button", { name: "Refuse" }).click();
    expect(await page.innerText("h1")).toBe("This request was refused");
    await becomes(clients, arn, "FAILED");
    expect((await see(clients, arn)).FailureReason).toBe("DOMAIN_VALIDATION_DENIED");
  });

  test("programs that follow links in mail approve nothing", async () => {
    const clients = clientsOf(product);
    const { arn, letters } = await requested(clients, "scanned.example");
    for (const { link, html } of letters) {
      for (const method of ["HEAD", "GET", "GET"]) expect((await fetch(link, { method })).status).toBe(200);
      // A reader that shows the letter's HTML fetches nothing by itself.
      const page = await browser.newPage();
      const fetched: string[] = [];
      page.on("request", (request) => fetched.push(request.url()));
      await page.setContent(html, { waitUntil: "load" });
      expect(fetched).toEqual([]);
      await page.close();
    }
    expect(await statusOf(clients, arn)).toBe("PENDING_VALIDATION");
  });

  test("another site cannot answer, not even with the link", async () => {
    const clients = clientsOf(product);
    const { arn, letters } = await requested(clients, "forged.example");
    const [letter] = letters;
    const page = await browser.newPage();
    await page.setContent(
      `<form method="post" action="${letter?.link}"><button name="decision" value="approve">Win a prize</button></form>`,
    );
    await page.getByRole("button").click();
    expect(await page.innerText("h1")).toBe("This did not come from the page");
    await page.close();
    const framed = await browser.newPage();
    await framed.setContent(`<iframe src="${letter?.link}"></iframe>`);
    const frame = framed.frames().at(1);
    await frame?.waitForLoadState().catch(() => {});
    expect(await frame?.getByRole("button", { name: "Approve" }).count()).toBe(0);
    await framed.close();
    expect(await statusOf(clients, arn)).toBe("PENDING_VALIDATION");
  });

  test("a phone shows all of it without scrolling sideways, by keyboard it can be answered, in light and in dark", async () => {
    const clients = clientsOf(product);
    const { arn, letters } = await requested(clients, "phone.example");
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await openPage(letters[0]?.link, {
        viewport: { width: 320, height: 640 },
        colorScheme,
        javaScriptEnabled: true, // for measuring only
      });
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(320);
      const button = await page.getByRole("button", { name: "Approve" }).boundingBox();
      expect(button?.height).toBeGreaterThanOrEqual(44); // WCAG 2.5.5
      const styled = await page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor");
      expect(styled).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(29, 39, 51)");
      if (colorScheme === "light") continue;
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(letters[0]?.link ?? "");
      await becomes(clients, arn, "ISSUED");
    }
  });

  test("ResendValidationEmail sends new links; earlier ones stay good", async () => {
    const clients = clientsOf(product);
    const { arn, letters } = await requested(clients, "again.example");
    await clients.acm.send(
      new ResendValidationEmailCommand({
        CertificateArn: arn,
        Domain: "*.again.example",
        ValidationDomain: "again.example",
      }),
    );
    expect(new Set((await lettersAbout(arn, 10)).map(({ link }) => link)).size).toBe(10);
    const page = await openPage(letters[2]?.link);
    await page.getByRole("button", { name: "Approve" }).click();
    await becomes(clients, arn, "ISSUED");
  });

  test("what was answered, and what waits to be sent, outlives kill -9", async () => {
    let clients = clientsOf(product);
    mail.refusals.set("admin@killed.example", "451 4.7.1 later");
    const zone = requested(clients, "killed.example");
    const { arn } = await Promise.race([
      zone,
      lettersOf("killed.example", 4).then(([letter]) => ({
        arn: /arn:aws:acm:\S+/.exec(letter?.text ?? "")?.[0] ?? "",
      })),
    ]);
    zone.catch(() => {}); // it waits for the fifth letter
    const [letter] = await lettersOf("killed.example", 4);
    const page = await openPage(letter?.link);
    await page.getByRole("button", { name: "Approve" }).click();
    await killControl(product);
    product = await startProduct(place, settings);
    clients = clientsOf(product);
    await becomes(clients, arn, "ISSUED");
    await page.reload();
    expect(await page.innerText("h1")).toBe("This request was approved");
  });
});

function lettersOf(domain: string, count: number): Promise<ReceivedLetter[]> {
  return until(`${count} letters to ${domain}`, () => {
    const letters = mail.letters.filter(({ to }) => to.endsWith(`@${domain}`));
    return Promise.resolve(letters.length >= count ? letters : undefined);
  });
}
