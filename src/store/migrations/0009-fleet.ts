import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  columns(db);
  await run(db, []);
}
