import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { showHostPort } from "#main/addresses.ts";
import { application } from "../support/application.ts";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

const run = promisify(execFile);

test("the README's first certificate by hand works as it stands, with Debian's AWS CLI", async () => {
  debian("awscli", "curl", "bind9-dnsutils");
  const product = await testProduct();
  const port = await application();
  const commands = readmeCommands()
    .replaceAll("$PWD/.sealkeeper", product.dataDir)
    .replaceAll("127.0.0.1:4566", showHostPort(product.listen))
    .replaceAll("-p 10053", `-p ${product.dns.port}`)
    .replaceAll("Port=8000", `Port=${port}`);
  expect(commands).toContain(product.endpoint);
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", `aws() { /usr/bin/aws "$@"; }\n${commands}`], {
    cwd: product.dataDir,
    timeout: 110_000,
  });
  expect(stdout).toContain("hello from the application");
});

/** The shell block behind the marker. */
function readmeCommands(): string {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const block = /runs this block -->\n```sh\n(.*?)```/s.exec(readme)?.[1];
  if (block === undefined) throw new Error("the README has no marked block");
  return block;
}
