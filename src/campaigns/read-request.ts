import { subjectNamesOf } from "#ca/issuer-names.ts";
import {
  CONCURRENCIES,
  DEADLINES,
  type Limits,
  RATES,
  revocationTime,
  STANDARD_CONCURRENCY,
  STANDARD_RATE,
} from "#domain/campaign/campaign.ts";
import type { Selection, Span, WantedIssuer } from "#domain/campaign/selection.ts";
import { KEY_ALGORITHMS } from "#domain/certificate/key-algorithms.ts";
import type { CrlReason } from "#domain/certificate/revocation.ts";
import { CERTIFICATE_STATUSES, type CertificateStatus } from "#domain/certificate/status.ts";
import { parseAccountId, parseRegion } from "#domain/names.ts";
import { parsePrivateCaArn } from "#domain/private-ca/arns.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Millis } from "#lib/duration.ts";
import { type CrossCertificateRow, listCrossCertificates } from "#store/hierarchies.ts";
import { type IssuerRow, listIssuers } from "#store/issuers.ts";
import { findPrivateCa } from "#store/private-cas.ts";
import type { Db } from "#store/store.ts";

/** Which certificates, as an operator says it. */
export interface AskedSelection {
  /** The id, serial number, name or common name of an issuer, or the ARN of a private CA. */
  readonly issuer?: string | undefined;
  /** SHA-256 of a SubjectPublicKeyInfo in hexadecimal, with or without colons. */
  readonly key?: string | undefined;
  readonly keyAlgorithms?: readonly string[] | undefined;
  readonly signatureAlgorithms?: readonly string[] | undefined;
  readonly issuedFrom?: Date | undefined;
  readonly issuedBefore?: Date | undefined;
  readonly expiresFrom?: Date | undefined;
  readonly expiresBefore?: Date | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
}

/** How a campaign goes; undefined: as usual. */
export interface AskedManner {
  readonly deadline?: Millis | undefined;
  readonly revokeAtDeadline?: boolean | undefined;
  readonly rate?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly sameIssuer?: boolean | undefined;
}

/** Reads a selection. Throws `campaign-input-invalid` with what is wrong. */
export async function readSelection(db: Db, asked: AskedSelection): Promise<Selection> {
  const given = Object.values(asked).filter((value) => value !== undefined);
  if (given.length === 0) {
    throw invalid("Say which certificates: by their issuer, key, algorithm, dates, status, account or region.");
  }
  const { issuer, key, keyAlgorithms, signatureAlgorithms, statuses, accounts, regions } = asked;
  return {
    issuer: issuer === undefined ? undefined : await readIssuer(db, issuer),
    key: key === undefined ? undefined : readFingerprint(key),
    keyAlgorithms: keyAlgorithms && each(keyAlgorithms, (one) => Object.hasOwn(KEY_ALGORITHMS, one), "a key algorithm"),
    signatureAlgorithms:
      signatureAlgorithms && each(signatureAlgorithms, (one) => /^[\w-]{3,40}$/.test(one), "a signature algorithm"),
    issued: readSpan("issued", asked.issuedFrom, asked.issuedBefore),
    expires: readSpan("expires", asked.expiresFrom, asked.expiresBefore),
    statuses:
      statuses &&
      (each(
        statuses,
        (one) => (CERTIFICATE_STATUSES as readonly string[]).includes(one),
        "a status of certificates",
      ) as readonly CertificateStatus[]),
    accounts: accounts && each(accounts, (one) => parseAccountId(one) !== undefined, "an account"),
    regions: regions && each(regions, (one) => parseRegion(one) !== undefined, "a region"),
  };
}

/** What a campaign is carried out with, complete. Throws `campaign-input-invalid`. */
export function readManner(asked: AskedManner, reason: CrlReason): Required<{ [Name in keyof Manner]: Manner[Name] }> {
  return {
    deadlineAfter: within(asked.deadline ?? revocationTime(reason), DEADLINES, "The deadline, in milliseconds,"),
    revokeAtDeadline: asked.revokeAtDeadline === true ? 1 : 0,
    rate: within(asked.rate ?? STANDARD_RATE, RATES, "The rate"),
    concurrency: within(asked.concurrency ?? STANDARD_CONCURRENCY, CONCURRENCIES, "The concurrency"),
    sameIssuer: asked.sameIssuer === true ? 1 : 0,
  };
}

/** The same where a campaign stands already: only what is said changes. */
export function readChanges(asked: AskedManner, before: Manner): Manner {
  const { deadline = before.deadlineAfter, rate = before.rate, concurrency = before.concurrency } = asked;
  const { revokeAtDeadline = before.revokeAtDeadline === 1, sameIssuer = before.sameIssuer === 1 } = asked;
  return readManner({ deadline, rate, concurrency, revokeAtDeadline, sameIssuer }, "unspecified");
}

/** As the columns of a campaign have it. */
export interface Manner {
  readonly deadlineAfter: Millis;
  readonly revokeAtDeadline: number;
  readonly rate: number;
  readonly concurrency: number;
  readonly sameIssuer: number;
}

/** An issuer, with everything below it: what is against a root is against its intermediates. */
async function readIssuer(db: Db, text: string): Promise<WantedIssuer> {
  const ca = parsePrivateCaArn(text);
  if (ca) {
    const found = await findPrivateCa(db, ca.id);
    if (found?.account !== ca.owner.account || found.region !== ca.owner.region) {
      throw invalid(`There is no private CA ${text}.`);
    }
    return { kind: "private-ca", arn: text };
  }
  if (text.startsWith("arn:")) throw invalid(`"${text}" is not the ARN of a private CA.`);
  const issuers = await listIssuers(db);
  const hierarchies = [...new Set(issuers.map(({ hierarchy }) => hierarchy))];
  const crosses = (await Promise.all(hierarchies.map((one) => listCrossCertificates(db, one)))).flat();
  const ids = new Set(issuers.filter((issuer) => isCalled(issuer, crosses, text)).map(({ id }) => id));
  for (let size = -1; size !== ids.size; ) {
    size = ids.size;
    for (const { id, parentId } of issuers) if (ids.has(parentId)) ids.add(id);
  }
  return ids.size > 0 ? { kind: "built-in", ids: [...ids] } : { kind: "named", name: text };
}

function isCalled(
  { id, serial, certificate }: IssuerRow,
  crosses: readonly CrossCertificateRow[],
  text: string,
): boolean {
  const hex = text
    .replaceAll(":", "")
    .toLowerCase()
    .replace(/^(0x)?0*/, "");
  const crossSerials = crosses.filter(({ subjectId }) => subjectId === id).map((cross) => cross.serial);
  return (
    id === text ||
    (hex !== "" && [serial, ...crossSerials].some((one) => one.replace(/^0+/, "") === hex)) ||
    subjectNamesOf(certificate).some((name) => name.toLowerCase() === text.toLowerCase())
  );
}

function readFingerprint(text: string): string {
  const hex = text
    .replace(/^sha-?256[:/]/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw invalid(`"${text}" is not the SHA-256 of a SubjectPublicKeyInfo in hexadecimal.`);
}

function readSpan(what: string, from: Date | undefined, to: Date | undefined): Span | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from && to && from >= to) throw invalid(`No certificate is ${what} from ${from.toISOString()} and before that.`);
  return { from: from?.getTime(), to: to?.getTime() };
}

function each(values: readonly string[], isRight: (one: string) => boolean, what: string): readonly string[] {
  const wrong = values.find((one) => !isRight(one));
  if (wrong === undefined && values.length > 0) return values;
  throw invalid(wrong === undefined ? `A list of which each is ${what} is empty.` : `"${wrong}" is not ${what}.`);
}

function within(value: number, { least, most }: Limits, what: string): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw invalid(`${what} must be from ${least} to ${most}, and is ${value}.`);
}

function invalid(message: string): Refusal {
  return new Refusal("campaign-input-invalid", message);
}
