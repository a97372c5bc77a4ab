import type { Caller, Owner } from "#domain/names.ts";
import { type PrivateCaArn, type PrivateCaName, privateCaArn, readPrivateCaArn } from "#domain/private-ca/arns.ts";
import { policyAllows, type SharedAction } from "#domain/private-ca/policy.ts";
import { type CaStatus, statusAt } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { findPrivateCa, holdPrivateCa, type PrivateCaRow } from "#store/private-cas.ts";
import type { Db, Tx } from "#store/store.ts";

/** A CA that may be asked, with its status as it is now. */
export interface FoundAuthority {
  readonly ca: PrivateCaRow;
  readonly arn: PrivateCaArn;
  readonly name: PrivateCaName;
  readonly status: CaStatus;
}

/** What another account's policy may allow, and with which template. */
export interface Sharing {
  readonly action: SharedAction;
  readonly template?: string;
}

/**
 * The caller's CA of this ARN or, where `sharing` says so, one of another account whose policy lets the caller do that.
 * Throws `private-ca-arn-invalid` and `private-ca-not-found`.
 */
export async function findAuthority(
  db: Db,
  arnText: string,
  caller: Owner,
  { clock }: { readonly clock: Clock },
  sharing?: Sharing,
): Promise<FoundAuthority> {
  const name = readPrivateCaArn(arnText);
  return found(await findPrivateCa(db, name.id), name, caller, clock, sharing);
}

/** The same for the caller's own CA, and nobody else can change it until the transaction ends. */
export async function holdAuthority(
  tx: Tx,
  arnText: string,
  caller: Caller,
  { clock }: { readonly clock: Clock },
): Promise<FoundAuthority> {
  const name = readPrivateCaArn(arnText);
  return found(await holdPrivateCa(tx, name.id), name, caller, clock, undefined);
}

/** A CA's status as it is now. */
export function statusOf(ca: Pick<PrivateCaRow, "status" | "notAfter">, now: Date): CaStatus {
  return statusAt({ status: ca.status, notAfter: ca.notAfter === null ? undefined : new Date(ca.notAfter) }, now);
}

export function arnOf({ account, region, id }: Pick<PrivateCaRow, "account" | "region" | "id">): PrivateCaArn {
  return privateCaArn({ account, region }, id);
}

function found(
  ca: PrivateCaRow | undefined,
  name: PrivateCaName,
  caller: Owner,
  clock: Clock,
  sharing: Sharing | undefined,
): FoundAuthority {
  const { account, region } = name.owner;
  const isHere = ca?.account === account && ca.region === region && caller.region === region;
  const isShared = sharing && ca?.policy && policyAllows(ca.policy, { ...sharing, account: caller.account });
  if (!ca || !isHere || (account !== caller.account && !isShared)) {
    throw new Refusal(
      "private-ca-not-found",
      `Could not find certificate authority ${name.arn}.${where(name.owner, caller)}`,
    );
  }
  return { ca, arn: arnOf(ca), name, status: statusOf(ca, clock.now()) };
}

function where({ account, region }: Owner, caller: Owner): string {
  if (region !== caller.region) return ` It is one of region ${region}, and this request was made in ${caller.region}.`;
  return account === caller.account ? "" : ` It is one of account ${account}.`;
}
