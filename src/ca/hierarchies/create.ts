import type { CaDeps } from "#ca/deps.ts";
import { INTERMEDIATES, ROOT_VALIDITY } from "#ca/profiles.ts";
import { KEY_FAMILIES } from "#domain/hierarchy/choose-issuer.ts";
import { type IssuancePurpose, issuerId, parseHierarchyName } from "#domain/hierarchy/names.ts";
import { recordIn } from "#journal/journal.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";
import { insertHierarchy } from "#store/hierarchies.ts";
import { HierarchyError } from "./error.ts";
import { caAct, generateKey, issuerRow, keepCas, makeIntermediate, makeRoot } from "./make.ts";
import { commonNameOf } from "./numbers.ts";

/** A hierarchy for an account, for a purpose, or for a purpose of an account; empty text stands for all. */
export interface NewHierarchy {
  readonly name: string;
  readonly account: string;
  readonly purpose: IssuancePurpose | "";
  /** Undefined where its root is made in a ceremony and brought here by `importRoot`. */
  readonly rootKey: KeyAlgorithm | undefined;
}

/**
 * Makes a hierarchy with a root and intermediates of its own; new leafs of its account and purpose stand under them from
 * now on. One whose root is to come begins to sign when the first intermediates of it are activated; until then the
 * shared hierarchy does. Throws HierarchyError.
 */
export async function createHierarchy(wanted: NewHierarchy, deps: CaDeps): Promise<void> {
  const { store, clock, ids, signers } = deps;
  const { name, account, purpose, rootKey } = wanted;
  if (parseHierarchyName(name) === undefined) {
    throw new HierarchyError(
      `"${name}" is no name for a hierarchy: it has 3 to 12 letters from a to z, and is not "shared"`,
    );
  }
  if (account === "" && purpose === "") throw new HierarchyError("say for which account or which purpose it is");
  const now = clock.now();
  const rows = rootKey === undefined ? [] : await wholeHierarchy(name, rootKey, ids.hex(2), now, signers);
  await store.transaction().execute(async (tx) => {
    const servingFrom = rootKey === undefined ? null : now.getTime();
    if (!(await insertHierarchy(tx, { id: name, account, purpose, createdAt: now.getTime(), servingFrom }))) {
      throw new HierarchyError(`there is a hierarchy ${name} already, or one for the same account and purpose`);
    }
    await recordIn(tx, { ...caAct("CreateHierarchy", `hierarchy:${name}`), account }, clock);
    if (!(await keepCas(tx, { issuers: rows, crosses: [] }, clock))) {
      throw new HierarchyError(`the name ${name} would give CAs ids that others have: choose another one`);
    }
  });
}

async function wholeHierarchy(
  name: string,
  rootKey: KeyAlgorithm,
  tag: string,
  now: Date,
  { caUrl, root: custody }: CaDeps["signers"],
): Promise<ReturnType<typeof issuerRow>[]> {
  const [key, ...keys] = await Promise.all(
    [rootKey, ...KEY_FAMILIES.map((family) => INTERMEDIATES[family].key)].map(generateKey),
  );
  if (!key) throw new Error("no key was made for the root");
  const profile = { id: issuerId(name, "r", 1), key: rootKey, validity: ROOT_VALIDITY };
  const root = makeRoot({ ...profile, commonName: commonNameOf(name, "Root R", 1, tag) }, key, now);
  const standing = { hierarchy: name, state: "active", activeFrom: now.getTime() } as const;
  const intermediates = KEY_FAMILIES.flatMap((family, index) => {
    const { kind, ...as } = INTERMEDIATES[family];
    const named = { ...as, id: issuerId(name, kind, 1), commonName: commonNameOf(name, family, 1, tag) };
    const own = keys[index];
    return own ? [makeIntermediate(named, own, root.issuer, now, caUrl)] : [];
  });
  return [root, ...intermediates].map((made) => issuerRow(made, standing, custody));
}
