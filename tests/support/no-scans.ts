import { DatabaseSync, type StatementSync } from "node:sqlite";
import { afterAll, expect } from "vitest";

/**
 * Vitest's set-up of the tests that speak with a store: whatever SQLite is asked must find its rows by an index. A
 * statement that walks through a whole table costs more with every certificate that is stored.
 */
const scans = new Set<string>();
const seen = new Set<string>();
// oxlint-disable-next-line typescript/unbound-method -- it is given its database at every call
const { prepare } = DatabaseSync.prototype;

DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
  const statement = prepare.call(this, sql);
  if (!seen.has(sql) && /^\s*(select|insert|update|delete|with)\b/i.test(sql)) {
    seen.add(sql);
    for (const { detail } of prepare.call(this, `explain query plan ${sql}`).all()) {
      const [, table] = /^SCAN (\w+)/.exec(String(detail)) ?? [];
      if (table !== undefined && GROWING.test(table) && !EXCEPT.test(sql)) scans.add(`${String(detail)}: ${sql}`);
    }
  }
  return statement;
};

afterAll(() => {
  expect([...scans], "statements that walk through a whole table").toEqual([]);
  scans.clear();
});

/**
 * Bounded by a limit; a new CA, whose foreign keys are checked once; the migration that lets all records wait for the tree;
 * or a test that looks at all rows there are, as an audit does.
 */
const EXCEPT =
  /\blimit\b|^insert into audit_pending select|^insert into "ca_issuers"|^select [^]* from "\w+"( order by [^]*)?$/i;
/** Tables with a row, or several, for each certificate, call or event. */
const GROWING =
  /^(certificate|listener_|balancer_|trust_store|targets|target_groups|load_balancers|domain_validations|ca_issuances|ca_revocations|ca_crls|ca_crl_places|ct_|jobs|audit_records|leaf_keys|grants|letters|approvals|events|acme_|pca_|private_ca|upstream_|edge_changes|rehearsal|campaign_|zone_changes|record_sets|vpcs|subnets|security_group|route|hosts|host_groups|network_|internet_gateways|load_balancer_groups|metric_|iam_|access_keys|account_aliases)/;
