import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

const run = promisify(execFile);

test("the AWS CLI does what docs/access.md says, command by command", async () => {
  debian("awscli");
  const { endpoint, dataDir } = await testProduct();
  const where = mkdtempSync(join(tmpdir(), "sealkeeper-access-"));
  onTestFinished(() => rmSync(where, { recursive: true, force: true }));
  const document = readFileSync(new URL("../../docs/access.md", import.meta.url), "utf8");
  const story = [...document.matchAll(/^```sh\n([^]*?)^```/gm)]
    .map(([, commands = ""]) => commands)
    .join("\n")
    .replaceAll("$PWD/.sealkeeper", dataDir)
    .replaceAll(" .sealkeeper/", ` ${dataDir}/`);
  const program = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  const { stdout } = await run(
    "bash",
    [
      "-euo",
      "pipefail",
      "-c",
      `aws() { /usr/bin/aws --endpoint-url ${endpoint} "$@"; }
       sealkeeper() { ${process.execPath} ${program} "$@" --data-dir ${dataDir}; }
       ${story}
       unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
       aws --profile 111122223333 sts get-caller-identity --query Arn --output text
       sealkeeper account create 111122223333 2>&1 || true
       sealkeeper account list
       aws iam create-access-key --user-name web-team --query AccessKey.[AccessKeyId,SecretAccessKey] --output text > web
       export AWS_ACCESS_KEY_ID=$(cut -f1 web) AWS_SECRET_ACCESS_KEY=$(cut -f2 web)
       request() { aws acm request-certificate --validation-method "$2" --domain-name "$1" --query CertificateArn --output text 2>&1; }
       request shop.example.com DNS
       request shop.example.org DNS || true
       request shop.example.com EMAIL || true
      `,
    ],
    { cwd: where, env: { PATH: process.env["PATH"], HOME: where, AWS_PAGER: "" } },
  );
  const lines = stdout.trim().split("\n");
  expect(stdout).toContain("arn:aws:sts::123456789012:assumed-role/deploy/build-42");
  expect(stdout).toContain("arn:aws:iam::111122223333:root");
  expect(stdout).toContain("sealkeeper: The account 111122223333 is there already.");
  expect(lines.filter((line) => line.startsWith("arn:aws:acm:eu-west-1:123456789012:certificate/"))).toHaveLength(1);
  const denials = lines.filter((line) => line.includes("(AccessDeniedException)"));
  expect(denials).toHaveLength(2);
  expect(denials[0]).toContain(
    "User: arn:aws:iam::123456789012:user/web-team is not authorized to perform: acm:RequestCertificate on resource: arn:aws:acm:eu-west-1:123456789012:certificate/* because no identity-based policy allows the acm:RequestCertificate action",
  );
});
