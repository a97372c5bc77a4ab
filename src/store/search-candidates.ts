import { type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { Attribute, Criterion, Search, TextMatch, TimeRange } from "#domain/certificate/search.ts";
import type { Owner } from "#domain/names.ts";
import type { Db } from "./store.ts";
import type { Tables } from "./tables.ts";

/** ARNs, as an index holds them. */
export type Arns = SelectQueryBuilder<Tables, keyof Tables, { arn: CertificateArn }>;

/**
 * Among which certificates all matches must be: one list for each condition that every match has to fulfil, and that an
 * index answers. Any of them will do, the shorter the better. The partial indexes of migration 10 serve where their own
 * condition is repeated word by word.
 */
export function candidates(db: Db, owner: Owner, search: Search): readonly Arns[] {
  const demanded = search.kind === "and" ? search.of : [search];
  return demanded.flatMap((one) =>
    one.kind === "and" || one.kind === "or" || one.kind === "not" ? [] : (indexed(db, owner, one) ?? []),
  );
}

/** The first ARN that can be an owner's, and the first one behind all of them. */
export function arnRange({ account, region }: Owner): readonly [from: CertificateArn, to: CertificateArn] {
  const before = `arn:aws:acm:${region}:${account}:certificate`;
  return [`${before}/` as CertificateArn, `${before}0` as CertificateArn]; // "0" comes behind "/"
}

function indexed(db: Db, owner: Owner, criterion: Criterion): Arns | undefined {
  const own = ownArns(db, owner);
  const [from, to] = arnRange(owner);
  switch (criterion.kind) {
    case "arn":
      return own.where("arn", "=", criterion.arn) as Arns;
    case "serial":
      return db
        .selectFrom("certificateVersions")
        .select("certificateArn as arn")
        .where("serial", "=", criterion.serial)
        .where("certificateArn", ">", from)
        .where("certificateArn", "<", to) as Arns;
    case "in-use":
      if (!criterion.is) return undefined;
      return db
        .selectFrom("certificateAssociations")
        .select("certificateArn as arn")
        .distinct()
        .where("certificateArn", ">", from)
        .where("certificateArn", "<", to) as Arns;
    case "exported":
      return criterion.is ? (own.where("exportedAt", "is not", null) as Arns) : undefined;
    case "common-name":
      return named(own, criterion.match);
    case "not-before":
      return within(own, "notBefore", criterion.range);
    case "not-after":
      return within(own, "notAfter", criterion.range);
    case "attribute":
      return withAttribute(own, criterion);
    default:
      return undefined;
  }
}

function ownArns(db: Db, { account, region }: Owner): Own {
  return db.selectFrom("certificates").select("arn").where("account", "=", account).where("region", "=", region);
}

type Own = SelectQueryBuilder<Tables, "certificates", { arn: CertificateArn }>;

function named(own: Own, { operator, value }: TextMatch): Arns | undefined {
  if (operator !== "EQUALS") return undefined;
  return own.where("commonName", "is not", null).where("commonName", "=", value.toLowerCase()) as Arns;
}

function within(own: Own, column: "notBefore" | "notAfter", { start, end }: TimeRange): Arns {
  let query = own.where(column, "is not", null);
  if (start) query = query.where(column, ">=", start.getTime());
  if (end) query = query.where(column, "<=", end.getTime());
  return query as Arns;
}

function withAttribute(own: Own, { name, value }: Attribute): Arns | undefined {
  switch (name) {
    case "type":
      return own.where("type", "=", value) as Arns;
    case "status":
      if (value === "ISSUED") return undefined;
      return own.where(sql<SqlBool>`status <> 'ISSUED'`).where("status", "=", value) as Arns;
    case "renewal":
      if (value === "SUCCESS") return undefined;
      return own.where(sql<SqlBool>`renewal not in ('NONE', 'SUCCESS')`).where("renewal", "=", value) as Arns;
    case "acmeEndpointArn":
    case "acmeAccountId":
      return own.where(name, "is not", null).where(name, "=", value) as Arns;
    default:
      return undefined;
  }
}
