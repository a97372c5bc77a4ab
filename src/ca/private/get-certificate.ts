import type { Caller } from "#domain/names.ts";
import { readIssuedArn } from "#domain/private-ca/arns.ts";
import { checkState } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import { pem } from "#lib/pem.ts";
import { findIssued, type IssuedRow } from "#store/private-ca-certificates.ts";
import type { PrivateCaRow } from "#store/private-cas.ts";
import type { Db } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { findAuthority } from "./find.ts";

/** What a CA issued, PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  /** The CA's own certificate and those above it; undefined for a root that signed itself. */
  readonly chain: string | undefined;
}

/**
 * Throws `private-ca-in-progress` until it is signed, `private-ca-request-failed` where it never will be,
 * `private-ca-not-found`, `private-ca-arn-invalid` and the state.
 */
export async function readIssuedCertificate(
  authorityArn: string,
  certificateArn: string,
  caller: Caller,
  deps: Pick<PrivateCaDeps, "store" | "clock">,
): Promise<IssuedCertificate> {
  const sharing = { action: "GetCertificate" } as const;
  const { ca, arn, name, status } = await findAuthority(deps.store, authorityArn, caller, deps, sharing);
  const arnId = readIssuedArn(certificateArn, name);
  checkState("show-issued", arn, status);
  const row = await followIssued(deps.store, ca.id, arnId);
  if (!row) throw new Refusal("private-ca-not-found", `Could not find certificate ${certificateArn}.`);
  if (row.state === "abandoned") {
    throw new Refusal("private-ca-request-failed", `The request to issue certificate ${certificateArn} has failed.`);
  }
  if (!row.certificate) {
    throw new Refusal(
      "private-ca-in-progress",
      `The request to issue certificate ${certificateArn} is still in progress. Try again later.`,
    );
  }
  return { certificate: pem("CERTIFICATE", row.certificate), chain: chainOf(ca, row) };
}

/** What stands under this serial number, or took its place. */
export async function followIssued(db: Db, caId: string, serial: string): Promise<IssuedRow | undefined> {
  let row = await findIssued(db, caId, serial);
  while (row?.replacedBy) row = await findIssued(db, caId, row.replacedBy);
  return row;
}

/** The certificates above one that this CA issued: its own, then its chain. */
export function chainOf(
  { certificate, chain }: Pick<PrivateCaRow, "certificate" | "chain">,
  { template }: Pick<IssuedRow, "template">,
): string | undefined {
  if (!certificate || /RootCACertificate/.test(template)) return undefined;
  return `${pem("CERTIFICATE", certificate)}${chain ?? ""}`;
}
