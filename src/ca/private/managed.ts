import { createPublicKey } from "node:crypto";
import type { RevocationReason } from "#ca/revocation.ts";
import type { Owner } from "#domain/names.ts";
import { parsePrivateCaArn, privateCaArn } from "#domain/private-ca/arns.ts";
import { policyAllows } from "#domain/private-ca/policy.ts";
import { DEFAULT_TEMPLATE, templateOf } from "#domain/private-ca/templates.ts";
import { Refusal } from "#domain/refusal.ts";
import { type Der, encode, sequence, taggedAscii } from "#lib/der.ts";
import { DAY, later, SECOND } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { commonNameOnly, readTbs } from "#lib/x509-certificate.ts";
import type { CertificateRequest } from "#lib/x509-csr.ts";
import { findIssuedVersion, type IssuedRow } from "#store/private-ca-certificates.ts";
import { findPrivateCa, type PrivateCaRow } from "#store/private-cas.ts";
import type { Db, Tx } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { type FoundAuthority, statusOf } from "./find.ts";
import { chainOf } from "./get-certificate.ts";
import { checkMayIssue } from "./issue.ts";
import { ACM, mayRenew } from "./permissions.ts";
import { prepareIssued } from "./prepare.ts";
import { revokeIssued } from "./revoke.ts";
import { type SignDeps, signIssued } from "./sign.ts";

// Certificates that ACM manages and a private CA signs.

/** A version of a certificate that ACM asks a private CA for. */
export interface ManagedVersion {
  readonly authorityArn: string;
  readonly certificateArn: string;
  readonly generation: number;
  /** Of the certificate. */
  readonly owner: Owner;
  /** The first one becomes the common name. */
  readonly names: readonly string[];
}

/** What was signed for a version, DER, with the certificates above it, PEM. */
export interface ManagedCertificate {
  readonly der: Buffer;
  readonly chain: string;
}

/**
 * Writes down, in the caller's transaction, what a private CA is about to sign; where something is written down for this
 * version, that can go on. Answers by which id `signManaged` finds it. Throws refusals of private CAs; for the permission
 * that is missing it is `private-ca-access-denied`.
 */
export async function prepareManaged(
  tx: Tx,
  version: ManagedVersion,
  subjectPublicKeyInfo: Uint8Array,
  deps: Pick<PrivateCaDeps, "clock" | "signers">,
): Promise<string> {
  const { certificateArn, generation } = version;
  const found = await findFor(tx, version, deps);
  const template = templateOf(DEFAULT_TEMPLATE);
  checkMayIssue(template, found);
  const earlier = await findIssuedVersion(tx, certificateArn, generation);
  if (earlier) {
    const sameKey = !earlier.tbs || readTbs(Buffer.from(earlier.tbs)).subjectPublicKeyInfo.equals(subjectPublicKeyInfo);
    if (!sameKey) throw new Error(`generation ${generation} of ${certificateArn} was prepared for another key`);
    return `${earlier.caId}/${earlier.serial}`;
  }
  const asked = {
    template,
    request: requestFor(version.names, subjectPublicKeyInfo),
    passthrough: {},
    signature: found.ca.signingAlgorithm,
    validity: { Type: "ABSOLUTE", Value: endFor({ ...found.ca, arn: found.arn }, deps.clock.now()) },
    validityNotBefore: undefined,
  } as const;
  const by = { requestKey: null, certificateArn, generation, requestedBy: ACM };
  const serial = await prepareIssued(tx, found.ca, asked, by, deps);
  if (serial === undefined)
    throw new Error(`generation ${generation} of ${certificateArn} is being prepared by others`);
  return `${found.ca.id}/${serial}`;
}

/**
 * Looks whether a private CA would sign this version at a time, as it stands now, and until when what it signs would
 * live; nothing is written. Throws the refusals of `prepareManaged`.
 */
export async function rehearseManaged(
  db: Db,
  version: ManagedVersion,
  at: Date,
  deps: Pick<PrivateCaDeps, "clock">,
): Promise<Date> {
  const found = await findFor(db, version, deps);
  checkMayIssue(templateOf(DEFAULT_TEMPLATE), found);
  return new Date(endFor({ ...found.ca, arn: found.arn }, at) * SECOND);
}

/** Signs what was prepared, or answers when to try again. Not inside a transaction. */
export async function signManaged(id: string, deps: SignDeps): Promise<ManagedCertificate | Date> {
  const [caId = "", serial = ""] = id.split("/");
  const signed = await signIssued(caId, serial, deps);
  if (signed instanceof Date) return signed;
  const managed = signed && (await asManaged(deps.store, signed));
  if (!managed) throw new Error(`${id} is not there to be signed`);
  return managed;
}

/** What was signed for this version; undefined when nothing was yet. */
export async function findManaged(
  db: Db,
  { certificateArn, generation }: Pick<ManagedVersion, "certificateArn" | "generation">,
): Promise<ManagedCertificate | undefined> {
  const row = await findIssuedVersion(db, certificateArn, generation);
  return row?.state === "signed" ? await asManaged(db, row) : undefined;
}

/** Revokes what was signed for this version, if anything was. */
export async function revokeManaged(
  tx: Tx,
  { certificateArn, generation }: Pick<ManagedVersion, "certificateArn" | "generation">,
  reason: RevocationReason,
  deps: Pick<PrivateCaDeps, "clock">,
): Promise<void> {
  const row = await findIssuedVersion(tx, certificateArn, generation);
  const ca = row && (await findPrivateCa(tx, row.caId));
  if (row?.state === "signed" && ca) await revokeIssued(tx, ca, row, reason, deps);
}

async function asManaged(db: Db, row: IssuedRow): Promise<ManagedCertificate | undefined> {
  const ca = await findPrivateCa(db, row.caId);
  const chain = ca && chainOf(ca, row);
  return row.certificate && chain !== undefined ? { der: Buffer.from(row.certificate), chain } : undefined;
}

/**
 * The CA, if it may be used for this certificate. For the first version its owner asked; every further one ACM asks for
 * by itself, and needs a permission for that. From another account the CA's policy must let it.
 */
async function findFor(
  db: Db,
  { authorityArn, owner, generation }: ManagedVersion,
  { clock }: Pick<PrivateCaDeps, "clock">,
): Promise<FoundAuthority> {
  const name = parsePrivateCaArn(authorityArn);
  if (name?.owner.region !== owner.region) {
    throw new Refusal(
      "private-ca-arn-invalid",
      `${authorityArn} is not the ARN of a private certificate authority in ${owner.region}.`,
    );
  }
  const ca = await findPrivateCa(db, name.id);
  if (ca?.account !== name.owner.account || ca.region !== name.owner.region) {
    throw new Refusal("private-ca-not-found", `Could not find certificate authority ${name.arn}.`);
  }
  const isForeign = ca.account !== owner.account;
  if (isForeign ? !isShared(ca.policy, owner) : generation > 1 && !(await mayRenew(db, ca.id, owner.account))) {
    throw new Refusal(
      "private-ca-access-denied",
      isForeign
        ? `The policy of ${name.arn} does not let account ${owner.account} issue certificates.`
        : `${name.arn} does not permit ${ACM} to renew certificates: call CreatePermission with IssueCertificate, GetCertificate and ListPermissions.`,
    );
  }
  return { ca, name, arn: privateCaArn(name.owner, ca.id), status: statusOf(ca, clock.now()) };
}

function isShared(policy: string | null, { account }: Owner): boolean {
  if (policy === null) return false;
  return (
    policyAllows(policy, { account, action: "IssueCertificate", template: DEFAULT_TEMPLATE }) &&
    policyAllows(policy, { account, action: "GetCertificate" })
  );
}

/** ACM's certificates live for 395 days, or as long as their CA. Seconds since 1970. */
function endFor({ arn, notAfter, usageMode }: Ending, now: Date): number {
  const wished = later(now, LIFE).getTime();
  const end = Math.min(wished, notAfter ?? 0);
  if (usageMode === "SHORT_LIVED_CERTIFICATE" || end < later(now, DAY).getTime()) {
    throw new Refusal(
      "private-ca-validity-invalid",
      usageMode === "SHORT_LIVED_CERTIFICATE"
        ? `${arn} issues short-lived certificates only, which ACM does not manage.`
        : `${arn} ends ${new Date(notAfter ?? 0).toISOString()}: that is too soon for a certificate.`,
    );
  }
  return Math.floor(end / SECOND);
}

type Ending = Pick<PrivateCaRow, "notAfter" | "usageMode"> & { readonly arn: string };

/** The request that ACM makes for a key of its own. */
function requestFor(names: readonly string[], spki: Uint8Array): CertificateRequest {
  const [first = ""] = names;
  const value = encode(sequence(...names.map((name): Der => taggedAscii(2, name))));
  return {
    subject: commonNameOnly(first.length <= LONGEST_COMMON_NAME ? first : undefined),
    subjectPublicKeyInfo: Buffer.from(spki),
    publicKey: createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }),
    extensions: [{ id: OID.subjectAltName, critical: false, value }],
  };
}

/** https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-request-private.html */
const LIFE = 395 * DAY;
/** RFC 5280 appendix A.1, ub-common-name. */
const LONGEST_COMMON_NAME = 64;
