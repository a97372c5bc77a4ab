import { execFile } from "node:child_process";

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ChangeResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { expect, test } from "vitest";
import { type ApiError, openApiClient } from "#cli/rehearse/api-client.ts";
import { systemClock } from "#lib/clock.ts";
import { showHostPort } from "#main/addresses.ts";
import { testProduct } from "../support/product.ts";
import { describe as describeCertificate, openShop } from "../support/shop.ts";

const BIN = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;

/** Runs `sealkeeper` as a person does. */
function sealkeeper(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], (failure, out, error) => {
      resolve({ code: typeof failure?.code === "number" ? failure.code : 0, out, error });
    });
  });
}

test("rehearse says what would be renewed, asks the running product or else its database, and changes neither", async () => {
  const product = await testProduct();
  const settings = ["--data-dir", product.dataDir, "--listen", showHostPort(product.listen)];
  expect(await sealkeeper("rehearse", ...settings)).toMatchObject({
    code: 0,
    out: expect.stringContaining("no certificate"),
  });

  const { clients, zoneId, certificateArn } = await openShop(product);
  const fine = await sealkeeper("rehearse", ...settings);
  expect(fine).toMatchObject({ code: 0, out: expect.stringContaining("1 certificate: 0 would not renew") });

  const { DomainValidationOptions = [] } = await describeCertificate(clients, certificateArn);
  const { Name, Value } = DomainValidationOptions[0]?.ResourceRecord ?? {};
  const ResourceRecordSet = { Name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value }] };
  const ChangeBatch = { Changes: [{ Action: "DELETE" as const, ResourceRecordSet }] };
  await clients.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
  const lost = await sealkeeper("rehearse", ...settings);
  expect(lost).toMatchObject({ code: 1, out: expect.stringContaining(`write: ${Name?.replace(/\.$/, "")} CNAME`) });
  expect(await sealkeeper("rehearse", ...settings, "--owner", "nobody")).toMatchObject({ code: 0 });
  const inFull = await sealkeeper("rehearse", certificateArn, ...settings);
  expect(inFull.out).toMatch(/FAILED +validation: .*no CNAME record/);
  const unknown = await sealkeeper("rehearse", `${certificateArn.slice(0, -4)}0000`, ...settings);
  expect(unknown).toMatchObject({ code: 1, error: expect.stringContaining("Could not find certificate") });

  const api = openApiClient(product.endpoint, product.credentials, { clock: systemClock });
  const { Rehearsals } = await api.call("ListRehearsals", { Verdict: "WOULD_NOT_RENEW" }, "eu-west-1");
  expect(Rehearsals).toMatchObject([{ CertificateArn: certificateArn, RehearsedAt: expect.any(Date) }]);
  const refused = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: ApiError) => error.code,
    );
  const wrong = { CertificateArn: "arn:aws:acm:eu-west-1:123456789012:listener/1" };
  expect(await refused(api.call("RehearseCertificate", wrong, "eu-west-1"))).toBe("InvalidArnException");
  expect(await refused(api.call("ListRehearsals", { NextToken: "x" }, "eu-west-1"))).toBe("InvalidNextTokenException");
  expect(await refused(api.call("RehearseCertificates", { MaxResults: 26 }, "eu-west-1"))).toBe("ValidationException");

  await product.stop();
  const before = contentOf(join(product.dataDir, "sealkeeper.db"));
  const offline = await sealkeeper("rehearse", ...settings, "--json");
  expect(offline.code).toBe(1);
  expect(JSON.parse(offline.out)).toMatchObject({
    counts: { WOULD_NOT_RENEW: 1 },
    rehearsals: [{ CertificateArn: certificateArn, Record: { Type: "CNAME" } }],
  });
  expect(contentOf(join(product.dataDir, "sealkeeper.db"))).toEqual(before);
  const nowhere = await sealkeeper("rehearse", "--endpoint-url", product.endpoint, "--data-dir", product.dataDir);
  expect(nowhere).toMatchObject({ code: 1, error: expect.stringContaining("nobody answers") });
});

/** All rows but the journal's, which tells of the CA's key that a rehearsal opens. */
function contentOf(path: string): Readonly<Record<string, unknown>> {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'audit%' and name not like 'sqlite%'",
    )
    .all();
  const rows = tables.map(({ name }) => [String(name), database.prepare(`select * from "${String(name)}"`).all()]);
  database.close();
  return Object.fromEntries(rows) as Readonly<Record<string, unknown>>;
}
