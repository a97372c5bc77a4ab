import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { recordIn } from "#journal/journal.ts";
import type { HeadSigner } from "#journal/tree.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { checkpointText, type NoteVerifier, noteVerifier, signNote } from "#lib/signed-note.ts";
import { findSigner, insertSigner, type StoredSigner } from "#store/audit-tree.ts";
import type { Store } from "#store/store.ts";
import type { RootOfCustody } from "./root.ts";
import { keyMadeAct } from "./sealed-key-acts.ts";

/** What the sealed key of the signer is sealed for. */
export const SIGNER_PURPOSE = "journal:signer";

/**
 * The signer of this installation's journal: an Ed25519 key that is made on the first start and kept sealed by the root of
 * custody. Of several nodes that start at once one makes it, and the others use its work.
 */
export async function openHeadSigner({
  store,
  root,
  clock,
  ids,
}: {
  readonly store: Store;
  readonly root: RootOfCustody;
  readonly clock: Clock;
  readonly ids: Ids;
}): Promise<HeadSigner & { readonly verifier: NoteVerifier }> {
  const stored = (await findSigner(store)) ?? (await makeSigner({ store, root, clock, ids }));
  using pkcs8 = root.open(stored.sealedKey, SIGNER_PURPOSE);
  const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
  const verifier = noteVerifier(stored.name, stored.publicKey);
  return {
    verifier,
    sign({ size, root: treeRoot, at }) {
      const head = { origin: stored.name, size, root: Buffer.from(treeRoot), extensions: [`time ${at.toISOString()}`] };
      return signNote(checkpointText(head), verifier, (message) => sign(null, message, key));
    },
  };
}

/** Whether the public key that stands beside a sealed signer is really its own: only the root of custody can tell. */
export function isOwnKey({ publicKey, sealedKey }: StoredSigner, root: RootOfCustody): boolean {
  using pkcs8 = root.open(sealedKey, SIGNER_PURPOSE);
  const own = createPublicKey(createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" }));
  return own.export({ format: "der", type: "spki" }).subarray(-RAW_BYTES).equals(publicKey);
}

async function makeSigner({ store, root, clock, ids }: Parameters<typeof openHeadSigner>[0]): Promise<StoredSigner> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { format: "der", type: "spki" },
    privateKeyEncoding: { format: "der", type: "pkcs8" },
  });
  using pkcs8 = new PlaintextKey(privateKey);
  const signer = {
    // The random part tells the journals of two installations apart.
    name: `sealkeeper.journal/${ids.hex(8)}`,
    publicKey: publicKey.subarray(-RAW_BYTES),
    sealedKey: root.seal(pkcs8.bytes, SIGNER_PURPOSE),
  };
  await store.transaction().execute(async (tx) => {
    if (!(await insertSigner(tx, signer, clock.now()))) return;
    await recordIn(tx, keyMadeAct({ sealed: signer.sealedKey, spki: publicKey }), clock);
  });
  const first = await findSigner(store);
  if (!first) throw new Error("the store lost the journal's signer that was just kept");
  return first;
}

const RAW_BYTES = 32;
