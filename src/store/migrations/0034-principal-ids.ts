import { sql } from "kysely";
import { renamePrincipals } from "#domain/policies/principal-names.ts";
import { type Raw, run } from "./columns.ts";

/** Trust policies are kept with the unique ids of whom they name, which stood beside them. */
export async function up(db: Raw): Promise<void> {
  const roles = await db
    .selectFrom("iamEntities")
    .select(["id", "trustPolicy", "trusted"])
    .where("trusted", "is not", null)
    .execute();
  for (const { id, trustPolicy, trusted } of roles) {
    const ids = new Map(Object.entries(JSON.parse(String(trusted)) as Record<string, string>));
    const bound = renamePrincipals(String(trustPolicy), ids);
    await db.updateTable("iamEntities").set({ trustPolicy: bound }).where("id", "=", id).execute();
  }
  await run(db, [sql`alter table iam_entities drop column trusted`]);
}
