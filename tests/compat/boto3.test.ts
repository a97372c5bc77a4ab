import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { application } from "../support/application.ts";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

test("boto3 lives the whole story", async () => {
  debian("python3-boto3", "bind9-dnsutils");
  const product = await testProduct();
  const story = new URL("./story.py", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(
    "/usr/bin/python3",
    [story, product.endpoint, join(product.dataDir, "credentials"), `${await application()}`, `${product.dns.port}`],
    { timeout: 110_000 },
  );
  expect(stdout).toContain("the whole story held");
});
