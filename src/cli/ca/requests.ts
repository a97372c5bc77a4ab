import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { importRoot } from "#ca/hierarchies/import-root.ts";
import { type Installed, install } from "#ca/hierarchies/install.ts";
import { requestIntermediates } from "#ca/hierarchies/request.ts";
import { pem } from "#lib/pem.ts";
import { ConfigError } from "#main/config-error.ts";
import { writeSecretFile } from "#main/data-dir.ts";
import { readPemFiles, readText } from "./files.ts";
import { FAMILY_FLAG, familiesIn, HIERARCHY_FLAG, hierarchyIn, onCa } from "./operator.ts";

/** `sealkeeper ca import-root FILE`. */
export function importRootCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, HIERARCHY_FLAG, async (called, deps) => {
    const [path = ""] = called.words;
    const root = await importRoot(hierarchyIn(called), readText(path), deps);
    const text = [
      `The root is ${root.id} here. Compare its fingerprint with the transcript of the ceremony:`,
      `  ${root.fingerprint}`,
      ...(root.crossSignedBy.length === 0 ? [] : [`Cross-signed by ${root.crossSignedBy.join(", ")}.`]),
      ...(root.waitingFor.length === 0 ? [] : [`${root.waitingFor.join(", ")}: to cross-sign it in a ceremony.`]),
      `Next: sealkeeper ca request --root ${root.id} --out DIR`,
    ].join("\n");
    return { value: root, text };
  });
}

/** `sealkeeper ca request --root ROOT --out DIR`. */
export function requestCommand(args: readonly string[]): Promise<number> {
  const flags = { root: { type: "string" }, out: { type: "string" }, ...FAMILY_FLAG } as const;
  return onCa(args, 0, flags, async (called, deps) => {
    const { root, out } = called.own;
    if (root === undefined || out === undefined)
      throw new ConfigError("say of which root, and where to: --root ROOT --out DIR");
    mkdirSync(out, { recursive: true, mode: 0o700 });
    const requests = await requestIntermediates(root, familiesIn(called), deps);
    const files = requests.map(({ id, csr }) => {
      const path = join(out, `${id}.csr`);
      writeSecretFile(path, pem("CERTIFICATE REQUEST", csr));
      return path;
    });
    const text = `Bring these to the ceremony of ${root}, and what it signs back to ca install:\n${files.map((path) => `  ${path}`).join("\n")}`;
    return { value: { root, files }, text };
  });
}

/** `sealkeeper ca install FILE|DIR`. */
export function installCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, {}, async ({ words: [path = ""] }, deps) => {
    const installed = await install(readPemFiles(path), deps);
    return { value: installed, text: installed.map(tell).join("\n") };
  });
}

function tell(one: Installed): string {
  if (one.kind === "crl") return `CRL ${one.number} of ${one.id}, good until ${one.until.toISOString()}`;
  if (one.kind === "intermediate") return `${one.id} stands by: ca activate ${one.id}\n  ${one.fingerprint}`;
  return `${one.id}, cross-signed by ${one.by}\n  ${one.fingerprint}`;
}
