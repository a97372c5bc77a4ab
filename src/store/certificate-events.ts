import type { Selectable } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { FailureReason } from "#domain/certificate/certificate.ts";
import type { EndingCertificate, Noticed } from "#domain/events/notices.ts";
import type { DomainName, Owner } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { CertificateTables } from "./tables/certificates.ts";
import type { EpochMillis } from "./tables/types.ts";

/** A certificate as events tell of it, and what decides whether there is something to tell. */
export interface EventfulCertificate extends EndingCertificate, Owner {
  readonly arn: CertificateArn;
  readonly failureReason: FailureReason | null;
}

/**
 * Reads what events tell of a certificate and holds it, as `holdCertificate` does, so that its events are published in
 * the order of what happens. Undefined when it is gone.
 */
export async function holdForEvent(tx: Tx, arn: CertificateArn): Promise<EventfulCertificate | undefined> {
  const [row] = await hold(tx, arn);
  return row && eventful(row, (await userOf(tx, arn)).length > 0);
}

const hold = prepared((db, arn: CertificateArn) =>
  db
    .updateTable("certificates")
    .set((own) => ({ generation: own.ref("generation") }))
    .where("arn", "=", arn)
    .returning(EVENTFUL),
);

const userOf = prepared((db, arn: CertificateArn) =>
  db.selectFrom("certificateAssociations").select("resourceArn").where("certificateArn", "=", arn).limit(1),
);

/** A place in the order of ends. */
export interface EndingPlace {
  readonly notAfter: EpochMillis;
  readonly arn: string;
}

/** The certificates of an owner whose end is near, those that end first first, with what was said of them. */
export async function endingCertificates(
  db: Db,
  { account, region }: Owner,
  after: EndingPlace,
  until: EpochMillis,
  limit: number,
): Promise<readonly { readonly certificate: EventfulCertificate; readonly said: Noticed | undefined }[]> {
  const rows = await db
    .selectFrom("certificates")
    .leftJoin("certificateNotices", "certificateNotices.certificateArn", "certificates.arn")
    .select(EVENTFUL.map((column) => `certificates.${column}` as const))
    .select(["certificateNotices.generation as said", "approaching", "action", "overdue"])
    .select((own) =>
      own
        .exists(
          own
            .selectFrom("certificateAssociations")
            .select("certificateAssociations.resourceArn")
            .whereRef("certificateAssociations.certificateArn", "=", "certificates.arn"),
        )
        .as("inUse"),
    )
    .where("account", "=", account)
    .where("region", "=", region)
    .where((row) => row(row.refTuple("notAfter", "arn"), ">", row.tuple(after.notAfter, after.arn as CertificateArn)))
    .where("notAfter", "<=", until)
    .orderBy("notAfter")
    .orderBy("arn")
    .limit(limit)
    .execute();
  return rows.map(({ inUse, said, approaching, action, overdue, ...row }) => ({
    certificate: eventful(row, Boolean(inUse)),
    said: said === null ? undefined : { generation: said, approaching, action, overdue: overdue === 1 },
  }));
}

/** The end of the first certificate that ends after a time; undefined when none does. */
export async function firstEnd(
  db: Db,
  { account, region }: Owner,
  after: EpochMillis,
): Promise<EpochMillis | undefined> {
  const row = await db
    .selectFrom("certificates")
    .select("notAfter")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("notAfter", ">", after)
    .orderBy("notAfter")
    .limit(1)
    .executeTakeFirst();
  return row?.notAfter ?? undefined;
}

/** What was said of a certificate already. */
export async function readNoticed(db: Db, arn: CertificateArn): Promise<Noticed | undefined> {
  const row = await db
    .selectFrom("certificateNotices")
    .select(["generation", "approaching", "action", "overdue"])
    .where("certificateArn", "=", arn)
    .executeTakeFirst();
  return row && { ...row, overdue: row.overdue === 1 };
}

/** Writes down what was said, in the transaction that says it. The certificate is held. */
export async function writeNoticed(tx: Tx, arn: CertificateArn, { overdue, ...noticed }: Noticed): Promise<void> {
  const row = { ...noticed, overdue: overdue ? (1 as const) : (0 as const) };
  await tx
    .insertInto("certificateNotices")
    .values({ certificateArn: arn, ...row })
    .onConflict((conflict) => conflict.column("certificateArn").doUpdateSet(row))
    .execute();
}

const EVENTFUL = [
  "arn",
  "account",
  "region",
  "status",
  "generation",
  "type",
  "keyPairOrigin",
  "acmeAccountId",
  "acmeEndpointArn",
  "validationMethod",
  "domainName",
  "names",
  "exportOption",
  "exportedAt",
  "createdAt",
  "issuedAt",
  "notBefore",
  "notAfter",
  "renewAt",
  "renewal",
  "renewalReason",
  "failureReason",
] as const;

function eventful(
  { names, exportedAt, ...facts }: Pick<Selectable<CertificateTables["certificates"]>, (typeof EVENTFUL)[number]>,
  inUse: boolean,
): EventfulCertificate {
  return { ...facts, names: JSON.parse(names) as readonly DomainName[], inUse, exported: exportedAt !== null };
}
