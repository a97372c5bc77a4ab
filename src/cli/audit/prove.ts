import { proveRecord } from "#journal/prove.ts";
import { ConfigError } from "#main/config-error.ts";
import { atOneMoment } from "#store/audit-stream.ts";
import { findTree } from "#store/audit-tree.ts";
import { readSettings } from "../settings.ts";
import { openThere, trustedSigner } from "./source.ts";

/** `sealkeeper audit prove INDEX`: one record, and what proves that it is in the journal. */
export async function prove(args: readonly string[]): Promise<number> {
  const { config, words } = readSettings(args, 1);
  const [word = ""] = words;
  if (!/^\d{1,15}$/.test(word))
    throw new ConfigError(`"${word}" is not the place of a record: a number, counted from 0`);
  const store = await openThere(config);
  try {
    const trusted = await trustedSigner(store, undefined, config);
    const proof = trusted && (await atOneMoment(store, (db) => proveRecord(db, Number(word), trusted.verifier)));
    if (typeof proof === "object") {
      process.stdout.write(`${JSON.stringify(proof, undefined, 2)}\n`);
      return 0;
    }
    process.stderr.write(`sealkeeper: ${proof ?? "the journal has no tree yet"}\n`);
    return 1;
  } finally {
    await store.destroy();
  }
}

/** `sealkeeper audit checkpoint`: the newest signed head, for a witness to keep. */
export async function checkpoint(args: readonly string[]): Promise<number> {
  const { config } = readSettings(args, 0);
  const store = await openThere(config);
  try {
    const head = await findTree(store);
    if (head.checkpoint !== undefined) process.stdout.write(head.checkpoint);
    else process.stderr.write("sealkeeper: the journal has no signed head yet\n");
    return head.checkpoint === undefined ? 1 : 0;
  } finally {
    await store.destroy();
  }
}
