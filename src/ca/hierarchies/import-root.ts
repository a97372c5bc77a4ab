import { LABEL, readBlocks } from "#ca/ceremony/sealed-root.ts";
import type { CaDeps } from "#ca/deps.ts";
import { keyFamily } from "#lib/x509-algorithms.ts";
import { listTrustedRoots } from "#store/hierarchies.ts";
import { listIssuers } from "#store/issuers.ts";
import { HierarchyError } from "./error.ts";
import { keepCas, makeCross } from "./make.ts";
import { expectHierarchy, freeIds } from "./numbers.ts";
import { promiseChains } from "./promise.ts";
import { expectValid, isSignedBy, readCa } from "./read-ca.ts";
import { expectRoomForRoot } from "./rotate.ts";

/** A root that was brought here, and what is left to be done until clients of older roots find their way to it. */
export interface ImportedRoot {
  readonly id: string;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
  readonly crossSignedBy: readonly string[];
  /** Roots whose keys are offline: they cross-sign it in a ceremony of their own. */
  readonly waitingFor: readonly string[];
}

/**
 * Takes the certificate of a root that was made in a ceremony (PEM): its key stays there. The roots whose keys are here
 * cross-sign it at once. It stands by until intermediates below it are activated. Throws HierarchyError, and for the file
 * that holds the root's key, sealed as it is: that has no business on a machine that serves.
 */
export async function importRoot(hierarchy: string, text: string, deps: CaDeps): Promise<ImportedRoot> {
  const { store, clock, signers } = deps;
  await expectHierarchy(store, hierarchy);
  const now = clock.now();
  const blocks = readBlocks(text, 2);
  if (blocks.some(({ label }) => label === LABEL || label.includes("PRIVATE KEY"))) {
    throw new HierarchyError(
      "this file holds the key of the root: keep it offline, and bring the certificate alone (root.pem)",
    );
  }
  const [block] = blocks;
  if (blocks.length !== 1 || block?.label !== "CERTIFICATE")
    throw new HierarchyError("the file holds one CERTIFICATE, the root's");
  const root = readCa(block.der);
  if (!isSignedBy(root, root)) throw new HierarchyError("this is no root: it did not sign itself");
  if (root.pathLength !== undefined && root.pathLength < 1) {
    throw new HierarchyError("its pathLenConstraint is 0: no intermediate could stand under it");
  }
  expectValid(root, now);
  const known = (await listIssuers(store)).find(({ certificate }) => {
    const other = readCa(Buffer.from(certificate));
    return other.subjectPublicKeyInfo.equals(root.subjectPublicKeyInfo) || other.subject.equals(root.subject);
  });
  if (known) throw new HierarchyError(`its name or its key is that of ${known.id}, which is here already`);
  const before = await listTrustedRoots(store, hierarchy);
  expectRoomForRoot(before.length);
  const { id } = (await freeIds(store, hierarchy))("r");
  const notAfter = root.x509.validToDate;
  const subject = { id, name: root.subject, subjectPublicKeyInfo: root.subjectPublicKeyInfo, notAfter };
  const elders = await Promise.all(
    before.filter(({ keyState }) => keyState === "here").map((elder) => signers.issuer(store, elder.id)),
  );
  const crosses = elders.map((elder) => makeCross(subject, elder, now, signers.caUrl));
  const row = {
    id,
    parentId: id,
    serial: root.serial,
    certificate: root.der,
    sealedKey: null,
    notBefore: root.x509.validFromDate.getTime(),
    notAfter: notAfter.getTime(),
    hierarchy,
    family: keyFamily(root.keyAlgorithm),
    state: "standby",
    activeFrom: null,
    keyState: "away",
  } as const;
  await store.transaction().execute(async (tx) => {
    if (!(await keepCas(tx, { issuers: [row], crosses }, clock))) {
      throw new HierarchyError("somebody else brought a root a moment before: try again");
    }
    await promiseChains(tx, now);
  });
  return {
    id,
    fingerprint: root.x509.fingerprint256,
    crossSignedBy: elders.map((elder) => elder.id),
    waitingFor: before.filter(({ keyState }) => keyState !== "here").map((elder) => elder.id),
  };
}
