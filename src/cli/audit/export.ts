import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { exportJournal } from "#journal/export.ts";
import { ConfigError } from "#main/config-error.ts";
import { atOneMoment } from "#store/audit-stream.ts";
import { endWithReader } from "../end-with-reader.ts";
import { readSettings } from "../settings.ts";
import { openThere, trustedSigner } from "./source.ts";

/** `sealkeeper audit export`: the whole journal as lines of JSON, which `verify --file` verifies anywhere. */
export async function exportAll(args: readonly string[]): Promise<number> {
  const { config, own } = readSettings(args, 0, { output: { type: "string" } });
  endWithReader();
  const store = await openThere(config);
  try {
    const trusted = await trustedSigner(store, undefined, config);
    if (!trusted) throw new ConfigError("the journal has no tree yet: it begins with the first `sealkeeper serve`");
    const file = own["output"];
    const output = file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600, flags: "wx" });
    if (file !== undefined) await once(output, "open").catch((error: unknown) => refuse(error, file));
    await atOneMoment(store, async (db) => {
      for await (const lines of exportJournal(db, trusted.verifier)) {
        if (lines.length > 0 && !output.write(`${lines.join("\n")}\n`)) await once(output, "drain");
      }
    });
    if (file !== undefined) {
      output.end();
      await once(output, "finish");
    }
    return 0;
  } finally {
    await store.destroy();
  }
}

function refuse(error: unknown, file: string): never {
  throw new ConfigError(`--output: ${error instanceof Error ? error.message : file}`);
}
