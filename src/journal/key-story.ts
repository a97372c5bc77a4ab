import { type KeyStory, keyStory } from "#domain/evidence/key-story.ts";
import type { LeafRecord } from "#domain/evidence/leaf.ts";
import { recordsAbout } from "#store/audit-records.ts";
import type { Db } from "#store/store.ts";

/** The life of a certificate's key, or of a master key, by its ARN. Reads as much as was done with it. */
export async function tellKey(db: Db, arn: string, onProgress: (records: number) => void): Promise<KeyStory> {
  const records: LeafRecord[] = [];
  for (const column of ["resource", "certificate"] as const) {
    for (let after = 0; ; ) {
      const page = await recordsAbout(db, { column, value: arn }, after, AT_ONCE);
      records.push(...page);
      onProgress(records.length);
      const last = page.at(-1);
      if (!last || page.length < AT_ONCE) break;
      after = last.id;
    }
  }
  return keyStory(
    arn,
    records.sort((a, b) => a.id - b.id),
  );
}

const AT_ONCE = 1_000;
