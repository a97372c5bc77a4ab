/**
 * Writes docs/parity/<service>.md from the tables of operations, so that it cannot lie: which operations the SDK knows
 * are performed here, and which answer 501. What stands below the marker is written by hand and kept.
 * usage: node scripts/parity.ts [--check]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mount, type Service } from "#aws/service.ts";

const MARKER = "<!-- What follows is written by hand. -->";
const BY_HAND = "\n\n## Gaps\n\n## By design\n\n## Client quirks\n";
const root = new URL("../", import.meta.url);

const check = process.argv.includes("--check");
const pages = await Promise.all(serviceNames().map(page));
const stale = pages.filter(({ path, text }) => read(path) !== text);
for (const { path, text } of stale) {
  if (!check) writeFileSync(new URL(path, root), text);
  console.log(check ? `${path} is out of date: npm run generate` : `wrote ${path}`);
}
if (check && stale.length > 0) process.exitCode = 1;

/** Every folder of src/services that has a table of contents. */
function serviceNames(): readonly string[] {
  const names = readdirSync(new URL("src/services", root)).sort();
  return names.filter((name) => existsSync(new URL(`src/services/${name}/index.ts`, root)));
}

async function page(name: string): Promise<{ readonly path: string; readonly text: string }> {
  const exported = (await import(`#services/${name}/index.ts`)) as Record<string, Service<object, unknown> | undefined>;
  const constant = name.replaceAll(/-./g, (letter) => letter.slice(1).toUpperCase());
  const service = exported[constant];
  if (!service) throw new Error(`src/services/${name}/index.ts exports no "${constant}"`);
  const known = [...mount(service, undefined).operations.keys()].sort();
  const performed = new Set(Object.keys(service.operations));
  const path = `docs/parity/${name}.md`;
  const byHand = read(path)?.split(MARKER)[1] ?? BY_HAND;
  return { path, text: `${table(name, known, performed)}\n${MARKER}${byHand}` };
}

function table(name: string, known: readonly string[], performed: ReadonlySet<string>): string {
  const missing = known.filter((operation) => !performed.has(operation));
  const lines = (operations: readonly string[]): string =>
    operations.length > 0 ? operations.map((operation) => `- ${operation}\n`).join("") : "None.\n";
  return `# ${name}: operations

<!-- Written by scripts/parity.ts from src/services/${name}/index.ts. -->

${known.length - missing.length} of the ${known.length} operations that the SDK knows are performed. The others answer 501 with the service's NotImplemented error.

## Performed

${lines(known.filter((operation) => performed.has(operation)))}
## Not implemented

${lines(missing)}`;
}

function read(path: string): string | undefined {
  const url = new URL(path, root);
  return existsSync(url) ? readFileSync(url, "utf8") : undefined;
}
