import { X509Certificate } from "node:crypto";
import { writeRevoked } from "#ca/ceremony/revoked.ts";
import { openSealedRoot, readSealedRoot, sealRoot, writeSealedRoot } from "#ca/ceremony/sealed-root.ts";
import { LONGEST_ROOT_CRL, signRootCrl } from "#ca/ceremony/sign.ts";
import type { CrlEntry } from "#ca/crl-entries.ts";
import type { CaDeps } from "#ca/deps.ts";
import { type LeafIssuer, sealPurpose } from "#ca/signers.ts";
import { recordIn } from "#journal/journal.ts";
import { SECOND } from "#lib/duration.ts";
import { listRevokedBy, moveIssuerKey, type OfflineCrlRow, putOfflineCrl } from "#store/hierarchies.ts";
import { findIssuer } from "#store/issuers.ts";
import { HierarchyError } from "./error.ts";
import { caAct } from "./make.ts";

/** Where the file of a root is written to, and read again from. */
export interface RootFile {
  readonly write: (text: string) => void;
  readonly read: () => string;
  /** Puts the list of what the root has revoked beside it. */
  readonly writeRevoked: (text: string) => void;
}

/**
 * Takes the key of a root out of this installation, into a file sealed under a passphrase.
 *
 * 1. The intent is recorded: the key is `leaving`.
 * 2. The file is written to the disk, read again, and opened: it must hold the root's own key. What the root has revoked
 *    is written beside it, since the CRLs of its ceremony must list it, too.
 * 3. A CRL that lives for most of a year is signed, the last thing this installation signs with the key.
 * 4. The key is destroyed here, with its line in the journal. It was never open in another process for longer than one
 *    signature: see signers.ts.
 *
 * Whoever is killed in between calls again: the same is done from the start, and the key is destroyed only after a file
 * that opens was read. Throws HierarchyError.
 */
export async function takeOffline(
  id: string,
  passphrase: Uint8Array,
  file: RootFile,
  deps: CaDeps,
): Promise<{ readonly fingerprint: string; readonly crlUntil: Date }> {
  const { store, clock, signers } = deps;
  const row = await findIssuer(store, id);
  if (!row || row.parentId !== id) throw new HierarchyError(`there is no root ${id}: see ca list`);
  if (row.keyState === "away") throw new HierarchyError(`the key of ${id} is offline already`);
  if (row.keyState === "here") {
    const intended = await store.transaction().execute(async (tx) => {
      if (!(await moveIssuerKey(tx, id, "here", "leaving"))) return false;
      await recordIn(tx, caAct("TakeRootOffline", sealPurpose(id)), clock);
      return true;
    });
    if (!intended) throw new HierarchyError(`the key of ${id} is being taken offline by somebody else`);
  }
  const root = await signers.issuer(store, id);
  file.write(writeSealedRoot(sealRoot(row.certificate, root.key, passphrase)));
  const kept = openSealedRoot(readSealedRoot(file.read()), passphrase, { id, caUrl: signers.caUrl });
  if (!kept.subjectPublicKeyInfo.equals(root.subjectPublicKeyInfo))
    throw new HierarchyError("the file holds another key");
  const revoked = await listRevokedBy(store, id);
  file.writeRevoked(writeRevoked(revoked));
  const crl = lastCrl(kept, revoked, clock.now());
  const destroyed = await store.transaction().execute(async (tx) => {
    if (!(await moveIssuerKey(tx, id, "leaving", "away"))) return false;
    await putOfflineCrl(tx, crl);
    await recordIn(tx, caAct("DestroyRootKey", sealPurpose(id)), clock);
    return true;
  });
  if (!destroyed) throw new HierarchyError(`the key of ${id} was taken offline by somebody else, into another file`);
  const { fingerprint256 } = new X509Certificate(row.certificate);
  return { fingerprint: fingerprint256, crlUntil: new Date(crl.nextUpdate) };
}

function lastCrl(root: LeafIssuer, entries: readonly CrlEntry[], now: Date): OfflineCrlRow {
  // Above every number that was counted while the key was here.
  const number = Math.floor(now.getTime() / SECOND);
  const crl = signRootCrl({ number, life: LONGEST_ROOT_CRL, entries }, root, now);
  return { issuerId: root.id, number, crl, nextUpdate: number * SECOND + LONGEST_ROOT_CRL };
}
