import { KEY_FAMILIES } from "#domain/hierarchy/choose-issuer.ts";
import { SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { findIssuer, type NewIssuer } from "#store/issuers.ts";
import type { CaDeps } from "./deps.ts";
import { generateKey, issuerRow, keepCas, makeCross, makeIntermediate, makeRoot } from "./hierarchies/make.ts";
import { INTERMEDIATES, OLDER_ROOT, ROOTS } from "./profiles.ts";

/**
 * Makes the CA on the first start: every key, sealed, together with its certificates, in one transaction. Where a
 * hierarchy stands already it does nothing; of several nodes that start at once one wins and the others use its work.
 */
export async function ensureHierarchy({ store, clock, ids, signers }: CaDeps): Promise<void> {
  if (await findIssuer(store, OLDER_ROOT)) return;
  const now = clock.now();
  // The tag tells the hierarchies of two installations apart where both are trusted.
  const tag = ids.hex(2);
  const [olderKey, currentKey, ...keys] = await Promise.all(
    [ROOTS.older.key, ROOTS.current.key, ...KEY_FAMILIES.map((family) => INTERMEDIATES[family].key)].map(generateKey),
  );
  if (!olderKey || !currentKey) throw new Error("no keys were made for the roots");
  const older = makeRoot({ ...ROOTS.older, commonName: `${ROOTS.older.commonName} ${tag}` }, olderKey, now);
  const current = makeRoot({ ...ROOTS.current, commonName: `${ROOTS.current.commonName} ${tag}` }, currentKey, now);
  const cross = makeCross(current.issuer, older.issuer, now, signers.caUrl);
  const row = (made: typeof older, state: NewIssuer["state"]): NewIssuer =>
    issuerRow(made, { hierarchy: SHARED_HIERARCHY, state, activeFrom: made.issuer.notBefore.getTime() }, signers.root);
  const intermediates = KEY_FAMILIES.flatMap((family, index) => {
    const profile = INTERMEDIATES[family];
    const named = { ...profile, id: `${profile.kind}1`, commonName: `${profile.commonName} 1 ${tag}` };
    const key = keys[index];
    return key ? [row(makeIntermediate(named, key, current.issuer, now, signers.caUrl), "active")] : [];
  });
  const issuers = [row(older, "retired"), row(current, "active"), ...intermediates];
  await store.transaction().execute(async (tx) => {
    if (await findIssuer(tx, OLDER_ROOT)) return;
    await keepCas(tx, { issuers, crosses: [cross] }, clock);
  });
}
