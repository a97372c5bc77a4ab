import type { AccountId, Caller } from "#domain/names.ts";
import type { PrivateCaArn } from "#domain/private-ca/arns.ts";
import type { DistinguishedName } from "#domain/private-ca/distinguished-name.ts";
import type { CsrExtensions } from "#domain/private-ca/extensions.ts";
import { policyAllows } from "#domain/private-ca/policy.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";
import { type CaStatus, type CaType, checkState, type UsageMode } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import { pem } from "#lib/pem.ts";
import type { CaKeyAlgorithm, SignatureName } from "#lib/x509-signatures.ts";
import { type PrivateCaRow, pagePrivateCas, pageSharedCas } from "#store/private-cas.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { arnOf, findAuthority, statusOf } from "./find.ts";
import { readPageToken, writePageToken } from "./page-token.ts";

/** All that is shown of a private CA. */
export interface AuthorityDescription {
  readonly arn: PrivateCaArn;
  readonly account: AccountId;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly type: CaType;
  readonly status: CaStatus;
  readonly serial: string | undefined;
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  readonly failureReason: string | undefined;
  readonly keyAlgorithm: CaKeyAlgorithm;
  readonly signingAlgorithm: SignatureName;
  readonly subject: DistinguishedName;
  readonly csrExtensions: CsrExtensions | undefined;
  readonly revocation: RevocationConfiguration;
  readonly restorableUntil: Date | undefined;
  readonly keyStorage: string;
  readonly usageMode: UsageMode;
}

type DescribeDeps = Pick<PrivateCaDeps, "store" | "clock" | "signers">;

/** Throws `private-ca-not-found` and `private-ca-arn-invalid`. */
export async function describeAuthority(
  arn: string,
  caller: Caller,
  deps: Pick<DescribeDeps, "store" | "clock">,
): Promise<AuthorityDescription> {
  const sharing = { action: "DescribeCertificateAuthority" } as const;
  const { ca } = await findAuthority(deps.store, arn, caller, deps, sharing);
  return description(ca, deps.clock.now());
}

/** A page of the caller's CAs, or of those that other accounts share with it, oldest first. */
export async function listAuthorities(
  request: { readonly limit: number; readonly token: string | undefined; readonly shared: boolean },
  caller: Caller,
  { store, clock, signers }: DescribeDeps,
): Promise<{ readonly authorities: readonly AuthorityDescription[]; readonly nextToken: string | undefined }> {
  const { limit, token, shared } = request;
  const list = `authorities:${caller.account}:${caller.region}:${shared}`;
  const [createdAt = 0, id = ""] = token === undefined ? [] : readPageToken(token, list, signers);
  const place = { createdAt: Number(createdAt), id: String(id) };
  const rows = await (shared ? pageSharedCas : pagePrivateCas)(store, caller, place, limit);
  const allowed = rows.filter(({ policy }) => !shared || isShown(policy, caller.account));
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    authorities: allowed.map((ca) => description(ca, clock.now())),
    nextToken: last && writePageToken(list, [last.createdAt, last.id], signers),
  };
}

/** The CA's own request, PEM. Throws `private-ca-in-progress` until its key is made. */
export async function readAuthorityCsr(
  arnText: string,
  caller: Caller,
  deps: Pick<DescribeDeps, "store" | "clock">,
): Promise<string> {
  const { ca, arn, status } = await findAuthority(deps.store, arnText, caller, deps);
  if (status === "CREATING") {
    throw new Refusal(
      "private-ca-in-progress",
      `The certificate authority ${arn} is still being created. Try again later.`,
    );
  }
  checkState("show-csr", arn, status);
  if (!ca.csr) throw new Error(`${arn} is ${status} without a request`);
  return pem("CERTIFICATE REQUEST", ca.csr);
}

/** The CA's certificate and those above it, PEM. */
export async function readAuthorityCertificate(
  arnText: string,
  caller: Caller,
  deps: Pick<DescribeDeps, "store" | "clock">,
): Promise<{ readonly certificate: string; readonly chain: string | undefined }> {
  const sharing = { action: "GetCertificateAuthorityCertificate" } as const;
  const { ca, arn, status } = await findAuthority(deps.store, arnText, caller, deps, sharing);
  checkState("show-certificate", arn, status);
  if (!ca.certificate) throw new Error(`${arn} is ${status} without a certificate`);
  return { certificate: pem("CERTIFICATE", ca.certificate), chain: ca.chain ?? undefined };
}

function isShown(policy: string | null, account: AccountId): boolean {
  return policy !== null && policyAllows(policy, { account, action: "DescribeCertificateAuthority" });
}

function description(ca: PrivateCaRow, now: Date): AuthorityDescription {
  const time = (millis: number | null): Date | undefined => (millis === null ? undefined : new Date(millis));
  return {
    arn: arnOf(ca),
    account: ca.account,
    createdAt: new Date(ca.createdAt),
    changedAt: new Date(ca.changedAt),
    type: ca.type,
    status: statusOf(ca, now),
    serial: ca.serial ?? undefined,
    notBefore: time(ca.notBefore),
    notAfter: time(ca.notAfter),
    failureReason: ca.failureReason ?? undefined,
    keyAlgorithm: ca.keyAlgorithm,
    signingAlgorithm: ca.signingAlgorithm,
    subject: JSON.parse(ca.subject) as DistinguishedName,
    csrExtensions: ca.csrExtensions === null ? undefined : (JSON.parse(ca.csrExtensions) as CsrExtensions),
    revocation: JSON.parse(ca.revocation) as RevocationConfiguration,
    restorableUntil: time(ca.restorableUntil),
    keyStorage: ca.keyStorage,
    usageMode: ca.usageMode,
  };
}
