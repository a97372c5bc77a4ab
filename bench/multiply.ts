import { DatabaseSync } from "node:sqlite";

/**
 * Makes `count` certificates of one, with everything that belongs to it, in the SQLite database of a product that does
 * not run: every row of every table that names the certificate is copied under another ARN, domain and serial number.
 */
export function multiplyCertificate(path: string, arn: string, count: number): void {
  using database = new DatabaseSync(path);
  // A copy that breaks off is thrown away, so there is nothing to roll back.
  database.exec(
    "pragma journal_mode = delete; pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -400000",
  );
  const uuid = arn.slice(arn.lastIndexOf("/") + 1);
  const { serial, domain } = database
    .prepare(
      `select v.serial as serial, c.domain_name as domain from certificates c
       join certificate_versions v on v.certificate_arn = c.arn and v.generation = c.generation where c.arn = ?`,
    )
    .get(arn) as { serial: string; domain: string };
  database.exec("begin");
  // Certificates first: the others refer to them.
  const tables = tablesOf(database).sort((a, b) => Number(b === "certificates") - Number(a === "certificates"));
  for (const table of tables) {
    const columns = columnsOf(database, table);
    const names = columns.find(({ name }) => ["arn", "certificate_arn", "subject", "resource"].includes(name))?.name;
    if (names === undefined) continue;
    const values = columns.map(({ name, type, key }) => {
      if (table === "certificates" && name === "request_key") return "null";
      if (table === "certificates" && name === "created_at") return `${name} - copies.n`;
      if (table === "jobs" && name === "run_at") return `${name} + copies.n * 1000`;
      if (type !== "text") return key && type === "integer" && name === "id" ? "null" : `t.${name}`;
      if (name === "id") return `printf('copy-%s-%08d', t.rowid, copies.n)`;
      return [
        [uuid, "printf('%08x-0000-4000-8000-000000000000', copies.n)"],
        [serial, "printf('%032x', copies.n)"],
        [domain, `printf('n%d.${domain}', copies.n)`],
      ].reduce((value, [from, to]) => `replace(${value}, '${from}', ${to})`, `t.${name}`);
    });
    database
      .prepare(
        `with recursive copies (n) as (select 1 union all select n + 1 from copies where n < ${count})
         insert into ${table} (${columns.map(({ name }) => name).join(", ")})
         select ${values.join(", ")} from copies cross join ${table} t where t.${names} = ?`,
      )
      .run(arn);
  }
  database.exec("commit; analyze");
}

function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like 'kysely%'",
    )
    .all()
    .map(({ name }) => String(name));
}

function columnsOf(database: DatabaseSync, table: string) {
  return database
    .prepare(`select name, lower(type) as type, pk from pragma_table_info('${table}')`)
    .all()
    .map(({ name, type, pk }) => ({ name: String(name), type: String(type), key: pk !== 0 }));
}
