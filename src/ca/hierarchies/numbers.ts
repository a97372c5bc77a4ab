import { issuerId, SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { listHierarchies, listIssuerRequests } from "#store/hierarchies.ts";
import { listIssuers } from "#store/issuers.ts";
import type { Db } from "#store/store.ts";
import { HierarchyError } from "./error.ts";

/** A name for a new CA of a hierarchy: the id that stands in URLs, and the number that tells it from its like. */
export interface FreeId {
  readonly id: string;
  readonly number: number;
}

/** Hands out ids that no CA and no request has. Of two who ask at once, the second one's insert is refused. */
export async function freeIds(db: Db, hierarchy: string): Promise<(kind: "r" | "rsa" | "ec") => FreeId> {
  const taken = new Set([...(await listIssuers(db)), ...(await listIssuerRequests(db))].map(({ id }) => id));
  return (kind) => {
    let number = 1;
    while (taken.has(issuerId(hierarchy, kind, number))) number += 1;
    const id = issuerId(hierarchy, kind, number);
    taken.add(id);
    return { id, number };
  };
}

/** The common name of a CA: `Sealkeeper Root R3 1f2e`, `Sealkeeper payments EC 1 1f2e`. */
export function commonNameOf(hierarchy: string, what: string, number: number, tag: string): string {
  const whose = hierarchy === SHARED_HIERARCHY ? "Sealkeeper" : `Sealkeeper ${hierarchy}`;
  return `${whose} ${what}${what.endsWith("R") ? "" : " "}${number} ${tag}`;
}

/** Throws HierarchyError where no hierarchy is called so. */
export async function expectHierarchy(db: Db, name: string): Promise<void> {
  if (name === SHARED_HIERARCHY) return;
  const known = (await listHierarchies(db)).map(({ id }) => id);
  if (!known.includes(name)) {
    throw new HierarchyError(`there is no hierarchy ${name}: it is one of ${[SHARED_HIERARCHY, ...known].join(", ")}`);
  }
}
