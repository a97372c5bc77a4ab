import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { CaDeps } from "#ca/deps.ts";
import { CA_PATH } from "#ca/urls.ts";
import { keyMadeAct } from "#custody/sealed-key-acts.ts";
import { recordIn } from "#journal/journal.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { findLog, insertLog } from "#store/transparency.ts";
import { logIdOf } from "./structures.ts";

export type LogDeps = Pick<CaDeps, "store" | "clock" | "signers">;

/** Our own log, ready to sign. */
export interface TransparencyLog {
  readonly id: Buffer;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** Signs with ECDSA on P-256 over SHA-256. */
  sign(input: Buffer): Buffer;
}

/** The own log, which is begun when it is first asked for; nodes share its key. */
export async function ownLog({ store, clock, signers }: LogDeps): Promise<TransparencyLog> {
  if (signers.ownLog) return signers.ownLog;
  if (!(await findLog(store))) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
    const sealedKey = signers.root.seal(pkcs8.bytes, SEALED_FOR);
    const spki = publicKey.export({ type: "spki", format: "der" });
    await store.transaction().execute(async (tx) => {
      if (!(await insertLog(tx, { sealedKey, publicKey: spki }))) return;
      await recordIn(tx, keyMadeAct({ sealed: sealedKey, spki }), clock);
    });
  }
  const row = await findLog(store);
  if (!row) throw new Error("there is no log");
  signers.ownLog = logWith(signers.openKey(row.sealedKey, SEALED_FOR));
  return signers.ownLog;
}

/** The log's name in checkpoints: where it is, without the scheme. */
export function originOf(caUrl: string): string {
  return `${caUrl.replace(/^https?:\/\//, "")}${CA_PATH}/ct`;
}

function logWith(key: KeyObject): TransparencyLog {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  return { id: logIdOf(publicKey), publicKey, sign: (input) => sign("sha256", input, key) };
}

const SEALED_FOR = "ct:own";
