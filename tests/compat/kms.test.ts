import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

const run = promisify(execFile);

test("AWS's documented examples of KMS's operations, sent by boto3, are answered as documented", async () => {
  const { replayed, skipped } = JSON.parse(await python("kms_examples.py")) as { replayed: number; skipped: string[] };
  expect(replayed).toBeGreaterThan(45);
  expect(skipped.filter((title) => !title.includes("custom key store"))).toEqual([]);
});

test("boto3 uses keys of every spec that it knows, with OpenSSL's cryptography on the other side", async () => {
  expect(await python("kms_story.py")).toContain("the whole story held");
});

async function python(file: string): Promise<string> {
  debian("python3-boto3", "python3-cryptography");
  const product = await testProduct();
  const script = new URL(`./${file}`, import.meta.url).pathname;
  const { stdout } = await run("/usr/bin/python3", [script, product.endpoint, join(product.dataDir, "credentials")], {
    timeout: 110_000,
  });
  return stdout;
}
