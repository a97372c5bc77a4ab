import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ExportCertificateCommand } from "@aws-sdk/client-acm";
import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { DeleteListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateKeyCommand, DescribeKeyCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { openShop } from "../support/shop.ts";

const PROGRAM = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;

/** What `sealkeeper audit …` says, and its exit code. */
function audit(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, "audit", ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr });
    });
  });
}

const regional = ({ endpoint, credentials }: Product) => ({ region: "eu-west-1", endpoint, credentials });

test("a certificate's life is told, proved, looked up and verified, and a changed line is found", async () => {
  const product = await testProduct();
  const shop = await openShop(product);
  await expect(
    shop.clients.acm.send(
      new ExportCertificateCommand({ CertificateArn: shop.certificateArn, Passphrase: Buffer.from("1234") }),
    ),
  ).rejects.toThrow();
  await shop.clients.elbv2.send(new DeleteListenerCommand({ ListenerArn: shop.listenerArn }));

  const trail = new CloudTrailClient(regional(product));
  const look = async (input: LookupEventsCommandInput) =>
    (await trail.send(new LookupEventsCommand(input))).Events ?? [];
  const by = (
    AttributeKey: "EventName" | "ResourceName" | "Username" | "EventSource" | "ReadOnly" | "EventId",
    AttributeValue: string,
  ) => ({
    LookupAttributes: [{ AttributeKey, AttributeValue }],
  });
  // What was done last is found last.
  await until("the listener's end is found", async () => {
    const found = await look(by("EventName", "DeleteListener"));
    return found.length > 0 ? found : undefined;
  });
  const [request] = await look(by("EventName", "RequestCertificate"));
  const body = JSON.parse(request?.CloudTrailEvent ?? "") as Record<string, unknown>;
  expect(body).toMatchObject({
    eventVersion: "1.08",
    userIdentity: { type: "Root", arn: "arn:aws:iam::123456789012:root", accountId: "123456789012" },
    eventSource: "acm.amazonaws.com",
    eventName: "RequestCertificate",
    awsRegion: "eu-west-1",
    sourceIPAddress: "127.0.0.1",
    userAgent: expect.stringContaining("aws-sdk-js") as string,
    readOnly: false,
    eventID: request?.EventId,
    resources: [{ ARN: shop.certificateArn, type: "AWS::ACM::Certificate" }],
  });
  expect(await look(by("EventId", request?.EventId ?? ""))).toMatchObject([{ EventName: "RequestCertificate" }]);
  expect(await look(by("EventId", "00000000-0000-4000-8000-000000000000"))).toEqual([]);
  expect((await look(by("ResourceName", shop.certificateArn))).map(({ EventName }) => EventName)).toContain(
    "CertificateIssued",
  );
  expect(await look(by("Username", "root"))).toContainEqual(expect.objectContaining({ EventName: "CreateListener" }));
  for (const { EventSource } of await look(by("EventSource", "route53.amazonaws.com")))
    expect(EventSource).toBe("route53.amazonaws.com");
  for (const { ReadOnly } of await look(by("ReadOnly", "true"))) expect(ReadOnly).toBe("true");
  expect(await look({ StartTime: new Date(0), EndTime: new Date(1e9) })).toEqual([]);

  const seen: (string | undefined)[] = [];
  const EndTime = new Date();
  let NextToken: string | undefined;
  do {
    const page = await trail.send(new LookupEventsCommand({ MaxResults: 3, EndTime, NextToken }));
    seen.push(...(page.Events ?? []).map(({ EventId }) => EventId));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(seen.length).toBeGreaterThan(10);
  expect(new Set(seen).size).toBe(seen.length);
  await expect(look({ MaxResults: 51 })).rejects.toThrow(/MaxResults/);
  await expect(look({ NextToken: "x" })).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  await expect(look({ StartTime: new Date(2e9), EndTime: new Date(1e9) })).rejects.toMatchObject({
    name: "InvalidTimeRangeException",
  });

  const witness = join(product.dataDir, "witness");
  writeFileSync(
    witness,
    await fetch(`${product.endpoint}/_sealkeeper/journal/checkpoint`).then((answer) => answer.text()),
  );
  const key = await fetch(`${product.endpoint}/_sealkeeper/journal/key`).then((answer) => answer.text());
  expect(readFileSync(join(product.dataDir, "journal-key"), "utf8")).toBe(key);
  const tile = await fetch(`${product.endpoint}/_sealkeeper/journal/tile/0/000.p/5`);
  expect((await tile.arrayBuffer()).byteLength).toBe(5 * 32);
  await product.stop();

  const data = ["--data-dir", product.dataDir];
  const good = await audit("verify", "--checkpoint", witness, ...data);
  expect(good.out).toContain("every record is as it was written");
  expect(good.out).toContain("sealed by the root of custody");
  expect(good.code).toBe(0);

  const story = JSON.parse((await audit("key", shop.certificateArn, "--json", ...data)).out) as {
    grants: { grantee: string; uses: number; to?: string }[];
    events: { what: string }[];
    masterKeys: string[];
  };
  expect(story.masterKeys).toHaveLength(1);
  expect(story.grants).toMatchObject([{ grantee: shop.loadBalancerArn, to: expect.any(String) as string }]);
  expect(story.grants[0]?.uses).toBeGreaterThan(0);
  expect(story.events.map(({ what }) => what)).toEqual(
    expect.arrayContaining(["wrapped", "made", "certified", "granted", "opened", "grant ended"]),
  );
  expect((await audit("key", shop.certificateArn, ...data)).out).toContain("who could read it");
  const issuer = (await audit("key", "--issuer", "ec1", ...data)).out;
  expect(issuer).toMatch(
    /made +CreateSealedKey by custody.sealkeeper \(algorithm EC_prime256v1, .*sealedUnder [0-9a-f]{16}\)/,
  );
  expect(issuer).toMatch(/opened +OpenSealedKey by custody.sealkeeper \(by node [0-9a-f]{8} on \S+\)/);
  expect(issuer).toMatch(/certified +CreateIssuer/);
  expect(issuer).toContain("control planes of this installation only");
  expect((await audit("key", "--sealed", "journal:signer", ...data)).out).toContain("algorithm ED25519");
  expect(await audit("key", "--issuer", "ec99", ...data)).toMatchObject({ code: 1 });
  expect(await audit("key", "arn:aws:s3:::bucket", ...data)).toMatchObject({ code: 2 });
  expect(JSON.parse((await audit("prove", "3", ...data)).out)).toMatchObject({ index: 3 });

  const file = join(product.dataDir, "journal.jsonl");
  expect((await audit("export", "--output", file, ...data)).code).toBe(0);
  expect((await audit("verify", "--file", file, "--key", key.trim(), "--checkpoint", witness)).code).toBe(0);
  writeFileSync(file, readFileSync(file, "utf8").replace("RequestCertificate", "RequestCertificatf"));
  const badFile = await audit("verify", "--file", file, "--key", key.trim());
  expect([badFile.code, badFile.out]).toEqual([1, expect.stringMatching(/changed +record \d+ was changed, 2/)]);

  const db = new DatabaseSync(join(product.dataDir, "sealkeeper.db"));
  db.exec(
    "update audit_records set principal = 'nobody' where event_name = 'RequestCertificate' and source_ip is not null",
  );
  const bad = await audit("verify", ...data);
  expect([bad.code, bad.out]).toEqual([1, expect.stringMatching(/changed +record \d+ was changed, 2\d{3}-/)]);

  for (const table of ["signers", "leaves", "tiles", "checkpoints"]) db.exec(`delete from audit_${table}`);
  db.exec("update audit_trees set size = 0, signed_at = null, checkpoint = null");
  const wiped = await audit("verify", "--checkpoint", witness, ...data);
  expect([wiped.code, wiped.out]).toEqual([1, expect.stringMatching(/head +the key that signs heads is gone/)]);
  expect(wiped.out).toContain("NOT INTACT 3 problems");
  db.exec("delete from audit_records");
  db.exec("delete from audit_pending");
  db.close();
  const empty = await audit("verify", ...data);
  expect([empty.code, empty.out]).toEqual([1, expect.stringMatching(/removed +the witness \S+ is of \d+ records/)]);
  const other = await audit("verify", "--key", key.trim(), ...data);
  expect([other.code, other.out]).toEqual([1, expect.stringMatching(/head +the key .* is not the one you gave/)]);
});

test("what was acknowledged before a kill -9 is in the tree afterwards", async () => {
  const place = await testPlace();
  const product = await testProduct({ edge: "false" }, place);
  const kms = new KMSClient({ ...regional(product), maxAttempts: 1 });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId ?? "";
  const acknowledged: string[] = [];
  const caller = async (): Promise<void> => {
    for (;;) {
      const { $metadata } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }));
      acknowledged.push($metadata.requestId ?? "");
    }
  };
  const calls = Promise.allSettled(Array.from({ length: 8 }, caller));
  await until("some calls", () => Promise.resolve(acknowledged.length > 300 ? true : undefined), 60);
  await killControl(product);
  await calls;

  const again = await testProduct({ edge: "false" }, place);
  await new KMSClient(regional(again)).send(new DescribeKeyCommand({ KeyId }));
  await again.stop();
  const file = join(product.dataDir, "journal.jsonl");
  expect((await audit("export", "--output", file, "--data-dir", product.dataDir)).code).toBe(0);
  const text = readFileSync(file, "utf8");
  expect(acknowledged.filter((id) => !text.includes(id))).toEqual([]);
  const { code, out } = await audit("verify", "--data-dir", product.dataDir);
  expect([code, out]).toEqual([0, expect.stringContaining("every record is as it was written")]);
});
