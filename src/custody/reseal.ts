import { findSealed, listBytesColumns, replaceSealed, type StoredSeal } from "#store/sealed-values.ts";
import type { Store } from "#store/store.ts";
import type { RootOfCustody } from "./root.ts";
import { readSeal, STORED_FORMS, sealPrefix } from "./seal-form.ts";

interface ResealDeps {
  readonly store: Store;
  readonly ring: { readonly root: RootOfCustody };
}

/**
 * Seals anew, under the custody key in force, all that the store has sealed under this one: in every column of byte
 * strings, as a sealed value says itself what it is. Answers how many there were; until it answers 0, look again.
 */
export async function resealAll(keyId: string, { store, ring: { root } }: ResealDeps): Promise<number> {
  const prefixes = STORED_FORMS.map((form) => sealPrefix(form, keyId));
  let count = 0;
  for (const column of await listBytesColumns(store)) {
    for await (const found of findSealed(store, column, prefixes)) {
      const anew: { readonly seal: StoredSeal; readonly sealed: Buffer }[] = [];
      for (const seal of found) {
        const sealed = await reseal(seal.value, root).catch((error: unknown) => {
          const where = `${column.table}.${column.column}`;
          throw new Error(`a value in ${where} does not open; sealkeeper root verify names all`, { cause: error });
        });
        if (sealed) anew.push({ seal, sealed });
      }
      await store.transaction().execute(async (tx) => {
        for (const { seal, sealed } of anew) await replaceSealed(tx, column, seal, sealed);
      });
      count += anew.length;
    }
  }
  return count;
}

/** A sealed value that does not open. */
export interface Unreadable {
  readonly table: string;
  readonly column: string;
  readonly purpose: string;
  readonly problem: string;
}

/** Opens every sealed value of the store. Answers how many opened, and tells of each that did not. */
export async function verifySealed(
  keyIds: readonly string[],
  tell: (unreadable: Unreadable) => void,
  { store, ring: { root } }: ResealDeps,
): Promise<{ readonly opened: number; readonly unreadable: number }> {
  let opened = 0;
  let unreadable = 0;
  const known = new Set(keyIds);
  for (const column of await listBytesColumns(store)) {
    for await (const found of findSealed(store, column, [sealPrefix("service", "").subarray(0, MAGIC)])) {
      for (const { value } of found) {
        const header = readSeal(value);
        if (!header || !STORED_FORMS.includes(header.form)) continue;
        try {
          if (!known.has(header.keyId)) throw new Error(`custody key ${header.keyId} is not there`);
          await reseal(value, root);
          opened++;
        } catch (error) {
          unreadable++;
          const problem = error instanceof Error ? error.message : String(error);
          tell({ ...column, purpose: header.purpose, problem });
        }
      }
    }
  }
  return { opened, unreadable };
}

async function reseal(value: Uint8Array, root: RootOfCustody): Promise<Buffer | undefined> {
  const header = readSeal(value);
  if (!header) return undefined;
  if (header.form === "material") return await root.vault.reseal(value);
  using opened = root.open(value, header.purpose);
  return root.seal(opened.bytes, header.purpose);
}

const MAGIC = 3;
