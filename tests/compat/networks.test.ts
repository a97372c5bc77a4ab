import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { showHostPort } from "#main/addresses.ts";
import { application } from "../support/application.ts";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

const run = promisify(execFile);
const PROGRAM = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;

test("docs/networks.md works as it stands: a security group that lets nobody in, then everybody, and a host by its instance id", async () => {
  debian("awscli", "curl", "bind9-dnsutils");
  const product = await testProduct();
  const port = await application();
  const commands = documented()
    .replaceAll("$PWD/.sealkeeper", product.dataDir)
    .replaceAll("127.0.0.1:4566", showHostPort(product.listen))
    .replaceAll("-p 10053", `-p ${product.dns.port}`)
    .replaceAll("--port 8000", `--port ${port}`);
  expect(commands).toContain(product.endpoint);
  const functions = [
    `aws() { /usr/bin/aws "$@"; }`,
    `sealkeeper() { ${process.execPath} ${PROGRAM} "$@" --data-dir ${product.dataDir} --endpoint-url ${product.endpoint}; }`,
  ];
  const { stdout, stderr } = await run("bash", ["-euo", "pipefail", "-c", [...functions, commands].join("\n")], {
    cwd: product.dataDir,
    timeout: 170_000,
  });
  expect(stdout).toContain("127.0.0.1");
  expect(stdout).toContain("hello from the application");
  expect(stdout).toMatch(/^ELB app\/web\/[0-9a-f]{16}\tELB app\/web\/[0-9a-f]{16}$/m);
  expect(stderr).toContain("DependencyViolation");
});

test("sealkeeper hosts says what is refused, and why", async () => {
  const product = await testProduct();
  const hosts = (...args: string[]) =>
    run(process.execPath, [
      PROGRAM,
      "hosts",
      ...args,
      "--region",
      "eu-west-1",
      "--data-dir",
      product.dataDir,
      "--endpoint-url",
      product.endpoint,
    ]);
  const { stdout } = await hosts("add", "192.0.2.1", "--id", "i-0123456789abcdef0", "--zone", "eu-west-1b");
  expect(stdout).toBe("i-0123456789abcdef0 is 192.0.2.1, in eu-west-1b\n");
  expect((await hosts("list")).stdout).toMatch(/^INSTANCE .*\ni-0123456789abcdef0 {2}192\.0\.2\.1 {2}eu-west-1b /);
  const refused = (...args: string[]) =>
    hosts(...args).then(
      () => [0, ""],
      ({ code, stderr }: { code: number; stderr: string }) => [code, stderr],
    );
  expect(await refused("add", "192.0.2.1")).toEqual([
    1,
    expect.stringContaining("is that of another host: i-0123456789abcdef0"),
  ]);
  expect(await refused("add", "web.example")).toEqual([1, expect.stringContaining("is not the IPv4 address")]);
  expect(await refused("remove", "i-00000000")).toEqual([1, expect.stringContaining("does not exist")]);
  expect(await refused("forget", "i-00000000")).toEqual([2, expect.stringContaining("add, remove, list")]);
  expect((await hosts("remove", "i-0123456789abcdef0")).stdout).toContain("forgotten");
});

/** The shell block behind the marker. */
function documented(): string {
  const page = readFileSync(new URL("../../docs/networks.md", import.meta.url), "utf8");
  const block = /runs this block -->\n```sh\n(.*?)```/s.exec(page)?.[1];
  if (block === undefined) throw new Error("docs/networks.md has no marked block");
  return block;
}
