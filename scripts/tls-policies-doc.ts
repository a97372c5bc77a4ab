import { readFileSync, writeFileSync } from "node:fs";
import { DEFAULT_TLS_POLICY, TLS_POLICIES } from "#domain/tls/policies.ts";

// Writes docs/tls-policies.md from the table that the edge and DescribeSSLPolicies use; --check only compares.
const FILE = new URL("../docs/tls-policies.md", import.meta.url);

const page = [
  "# Security policies",
  "",
  "Written by `scripts/tls-policies-doc.ts` from `src/domain/tls/policies.ts`, the table that the edge serves and",
  `\`DescribeSSLPolicies\` answers. A listener that names no policy gets \`${DEFAULT_TLS_POLICY}\`, as with AWS's API.`,
  "",
  "| policy | TLS | FIPS | post-quantum | ciphers, in the server's order | groups | for |",
  "|---|---|---|---|---|---|---|",
  ...[...TLS_POLICIES.values()].map(
    (policy) =>
      `| ${[
        `\`${policy.name}\``,
        policy.versions.map((version) => (version === "TLSv1" ? "1.0" : version.slice("TLSv".length))).join(" "),
        policy.fips ? "yes" : "",
        policy.postQuantum ? "yes" : "",
        policy.ciphers.join("<br>"),
        policy.groups.join("<br>"),
        policy.balancers.join(", "),
      ].join(" | ")} |`,
  ),
  "",
].join("\n");

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, page);
} else if (readFileSync(FILE, "utf8") !== page) {
  console.error("docs/tls-policies.md is not what the table says: run node scripts/tls-policies-doc.ts");
  process.exitCode = 1;
}
