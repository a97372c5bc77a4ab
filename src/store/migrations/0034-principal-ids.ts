import { sql } from "kysely";
import { servicePolicy } from "#domain/keys/key-policy.ts";
import type { Owner } from "#domain/names.ts";
import { renamePrincipals } from "#domain/policies/principal-names.ts";
import { type Raw, run } from "./columns.ts";

/**
 * Trust policies are kept with the unique ids of whom they name, which stood beside them; the key that KMS manages for
 * load balancers has a policy of its own.
 */
export async function up(db: Raw): Promise<void> {
  const roles = await db.selectFrom("iamEntities").select(["id", "trustPolicy", "trusted"]).execute();
  for (const { id, trustPolicy, trusted } of roles) {
    if (trusted === null) continue;
    const ids = new Map(Object.entries(JSON.parse(String(trusted)) as Record<string, string>));
    const bound = renamePrincipals(String(trustPolicy), ids);
    await db.updateTable("iamEntities").set({ trustPolicy: bound }).where("id", "=", id).execute();
  }
  const alias = "alias/aws/elasticloadbalancing";
  const keys = await db
    .selectFrom("keyAliases")
    .select(["account", "region", "keyId"])
    .where("name", "=", alias)
    .execute();
  for (const { keyId, ...owner } of keys) {
    const policy = servicePolicy(alias, owner as Owner);
    await db.updateTable("masterKeys").set({ policy }).where("id", "=", keyId).execute();
  }
  await run(db, [sql`alter table iam_entities drop column trusted`]);
}
