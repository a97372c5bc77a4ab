import { readFileSync, writeFileSync } from "node:fs";
import { EVERY_TLS_POLICY } from "#domain/tls/every-policy.ts";
import { DEFAULT_TLS_POLICY, TLS_POLICIES, type TlsPolicy } from "#domain/tls/policies.ts";

// Writes docs/tls-policies.md from the table that the edge and DescribeSSLPolicies use; --check only compares.
const FILE = new URL("../docs/tls-policies.md", import.meta.url);

const page = [
  "# Security policies",
  "",
  "Written by `scripts/tls-policies-doc.ts` from `src/domain/tls/`, the table that the edge serves,",
  "`DescribeSSLPolicies` answers and `tests/compat/tls-policies.test.ts` tries, suite by suite, against OpenSSL.",
  `A listener that names no policy gets \`${DEFAULT_TLS_POLICY}\`, as with AWS's API. Suites and groups stand in the`,
  "server's order of preference, which decides. TLS 1.0 and 1.1 are served where a policy has them.",
  "",
  "## Elastic Load Balancing",
  "",
  ...table([...TLS_POLICIES.values()]),
  "",
  "## CloudFront",
  "",
  ...table(EVERY_TLS_POLICY.filter(({ users }) => users.includes("cloudfront"))),
  "",
  "## API Gateway",
  "",
  ...table(EVERY_TLS_POLICY.filter(({ users }) => users.some((user) => user.startsWith("apigateway")))),
  "",
].join("\n");

function table(policies: readonly TlsPolicy[]): string[] {
  return [
    "| policy | TLS | FIPS | post-quantum | ciphers | groups | not served | for |",
    "|---|---|---|---|---|---|---|---|",
    ...policies.map(
      (policy) =>
        `| ${[
          `\`${policy.name}\``,
          policy.versions.map((version) => (version === "TLSv1" ? "1.0" : version.slice("TLSv".length))).join(" "),
          policy.fips ? "yes" : "",
          policy.postQuantum ? "yes" : "",
          policy.ciphers.join("<br>"),
          policy.groups.join("<br>"),
          policy.unserved.join("<br>"),
          policy.users.join(", "),
        ].join(" | ")} |`,
    ),
  ];
}

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, page);
} else if (readFileSync(FILE, "utf8") !== page) {
  console.error("docs/tls-policies.md is not what the table says: run node scripts/tls-policies-doc.ts");
  process.exitCode = 1;
}
