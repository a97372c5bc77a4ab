import { parseArn } from "#domain/arn.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Finding } from "#domain/rehearsal/rehearsal.ts";
import { certificateNotFound, readCertificateArn } from "#lifecycle/find.ts";
import { readCertificateState } from "#store/certificates.ts";
import { type FinishedRound, readRound } from "#store/rehearsal-rounds.ts";
import { findRehearsal, type StoredRehearsal } from "#store/rehearsals.ts";
import type { Store } from "#store/store.ts";

export interface DescribedRehearsal extends StoredRehearsal {
  readonly findings: readonly Finding[];
}

/**
 * The latest rehearsal of one of the caller's certificates. Throws `certificate-arn-invalid`, `certificate-not-found`
 * and, before the first, `never-rehearsed`.
 */
export async function describeRehearsal(
  arnText: string,
  caller: Caller,
  { store }: { readonly store: Store },
): Promise<DescribedRehearsal> {
  const arn = readCertificateArn(arnText);
  const { account, region } = parseArn(arn) ?? {};
  const isTheirs = account === caller.account && region === caller.region;
  if (!isTheirs || !(await readCertificateState(store, arn))) throw certificateNotFound(arn, caller);
  const found = await findRehearsal(store, arn);
  if (!found) throw new Refusal("never-rehearsed", `${arn} was not rehearsed yet: RehearseCertificate does so now.`);
  return { ...found, findings: found.findings as readonly Finding[] };
}

/** What the caller's last daily rehearsal came to; undefined before the first has come to its end. */
export async function lastRound(
  caller: Caller,
  { store }: { readonly store: Store },
): Promise<FinishedRound | undefined> {
  return (await readRound(store, caller))?.finished;
}
