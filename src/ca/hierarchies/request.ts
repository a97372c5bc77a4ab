import { caName } from "#ca/ca-certificate.ts";
import { writeCaRequest } from "#ca/ceremony/request.ts";
import type { CaDeps } from "#ca/deps.ts";
import { INTERMEDIATES } from "#ca/profiles.ts";
import { sealPurpose } from "#ca/signers.ts";
import { keyMadeAct } from "#custody/sealed-key-acts.ts";
import { KEY_FAMILIES, type KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import { recordIn } from "#journal/journal.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { keyIdentifier } from "#lib/x509-certificate.ts";
import { readCsr } from "#lib/x509-csr.ts";
import { insertIssuerRequest } from "#store/hierarchies.ts";
import { findIssuer } from "#store/issuers.ts";
import { HierarchyError } from "./error.ts";
import { caAct, generateKey } from "./make.ts";
import { commonNameOf, freeIds } from "./numbers.ts";

/** A request for the certificate of an intermediate, whose key was made here and stays here. */
export interface IntermediateRequest {
  /** The id that the intermediate will have. */
  readonly id: string;
  /** DER. */
  readonly csr: Buffer;
}

/** Makes the keys of new intermediates, and requests for a root whose key is kept offline. Throws HierarchyError. */
export async function requestIntermediates(
  rootId: string,
  families: readonly KeyFamily[],
  { store, clock, ids, signers }: CaDeps,
): Promise<readonly IntermediateRequest[]> {
  const root = await findIssuer(store, rootId);
  if (!root || root.parentId !== rootId) throw new HierarchyError(`there is no root ${rootId}: see ca list`);
  if (root.state === "distrusted") throw new HierarchyError(`the root ${rootId} is distrusted`);
  const free = await freeIds(store, root.hierarchy);
  const tag = ids.hex(2);
  const made = await Promise.all(
    KEY_FAMILIES.filter((family) => families.includes(family)).map(async (family) => {
      const { kind, key: algorithm } = INTERMEDIATES[family];
      const { id, number } = free(kind);
      const key = await generateKey(algorithm);
      const name = caName(commonNameOf(root.hierarchy, family, number, tag));
      const csr = writeCaRequest(name, key, { caUrl: signers.caUrl, id: rootId });
      using pkcs8 = new PlaintextKey(key.export({ type: "pkcs8", format: "der" }));
      const sealedKey = signers.root.seal(pkcs8.bytes, sealPurpose(id));
      return { id, family, csr, sealedKey };
    }),
  );
  await store.transaction().execute(async (tx) => {
    for (const { id, family, csr, sealedKey } of made) {
      const { subjectPublicKeyInfo: spki } = readCsr(csr);
      const keyId = keyIdentifier(spki).toString("hex");
      const request = { id, hierarchy: root.hierarchy, parentId: rootId, family, keyId, csr, sealedKey };
      if (!(await insertIssuerRequest(tx, { ...request, madeAt: clock.now().getTime() }))) {
        throw new HierarchyError("somebody else made a request of the same name a moment before: try again");
      }
      await recordIn(tx, keyMadeAct({ sealed: sealedKey, spki }), clock);
      await recordIn(tx, caAct("RequestIssuer", sealPurpose(id), { root: rootId }), clock);
    }
  });
  return made.map(({ id, csr }) => ({ id, csr }));
}
