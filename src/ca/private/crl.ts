import { buildCrl } from "#ca/crl.ts";
import type { Crl } from "#ca/publish-crl.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";
import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";
import { listRevoked } from "#store/private-ca-certificates.ts";
import { beginCrl, findPrivateCrl, type PrivateCrlRow, replacePrivateCrl } from "#store/private-ca-crls.ts";
import type { PrivateCaRow } from "#store/private-cas.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { openAuthority } from "./open-authority.ts";
import { lastDigit, privateCrlUrl } from "./urls.ts";

type CrlDeps = Pick<PrivateCaDeps, "store" | "clock" | "signers">;

/**
 * The current CRL of a private CA, or of one part of what it issued. It is made anew, under the next number, when
 * something was revoked since or it is getting old; of several nodes that do so at once one publishes. A CA that is
 * deleted publishes nothing new.
 */
export async function currentPrivateCrl(ca: PrivateCaRow, part: string, deps: CrlDeps): Promise<Crl | undefined> {
  const { store, clock } = deps;
  const { CrlConfiguration: crl } = JSON.parse(ca.revocation) as RevocationConfiguration;
  if (!crl?.Enabled || !ca.certificate || (part !== "" && crl.CrlType !== "PARTITIONED")) return undefined;
  const life = (crl.ExpirationInDays ?? STANDARD_DAYS) * DAY;
  const state = await begun(ca.id, part, deps);
  if (ca.status !== "DELETED" && isStale(state, life, clock.now())) await publish(ca, part, state, life, deps);
  const row = await findPrivateCrl(store, ca.id, part);
  if (!row?.crl || row.thisUpdate === null || row.nextUpdate === null) return undefined;
  const [thisUpdate, nextUpdate] = [new Date(row.thisUpdate), new Date(row.nextUpdate)];
  return { der: Buffer.from(row.crl), number: row.number, thisUpdate, nextUpdate };
}

async function begun(caId: string, part: string, { store }: CrlDeps): Promise<PrivateCrlRow> {
  const known = await findPrivateCrl(store, caId, part);
  if (known) return known;
  await beginCrl(store, caId, part);
  const begun = await findPrivateCrl(store, caId, part);
  if (!begun) throw new Error(`private CA ${caId} has no CRL`);
  return begun;
}

async function publish(
  ca: PrivateCaRow,
  part: string,
  { revision, number }: PrivateCrlRow,
  life: Millis,
  { store, clock, signers }: CrlDeps,
): Promise<void> {
  const thisUpdate = new Date(Math.floor(clock.now().getTime() / SECOND) * SECOND);
  const nextUpdate = later(thisUpdate, life);
  // Read after `revision`: everything that counted up to it is committed, so the list holds at least that. An entry
  // stays until it was on one CRL made after the certificate's end (RFC 5280 section 3.3).
  const revoked = await listRevoked(store, ca.id, later(thisUpdate, -2 * refreshedAfter(life)).getTime());
  const entries = part === "" ? revoked : revoked.filter(({ serial }) => lastDigit(serial) === part);
  const configuration = JSON.parse(ca.revocation) as RevocationConfiguration;
  const partitionUrl = part === "" ? undefined : privateCrlUrl(ca.id, part, configuration, signers.caUrl);
  const fields = { number: number + 1, thisUpdate, nextUpdate, entries, partitionUrl };
  const crl = buildCrl(fields, openAuthority(ca, signers));
  const times = { thisUpdate: thisUpdate.getTime(), nextUpdate: nextUpdate.getTime() };
  await replacePrivateCrl(store, { caId: ca.id, part, after: number }, { crl, covers: revision, ...times });
}

function isStale({ revision, covers, thisUpdate }: PrivateCrlRow, life: Millis, now: Date): boolean {
  return covers < revision || thisUpdate === null || now.getTime() >= thisUpdate + refreshedAfter(life);
}

/** Long before its end, and weekly: entries of certificates that have ended go with the next one. */
function refreshedAfter(life: Millis): Millis {
  return Math.min(life / 2, 7 * DAY);
}

const STANDARD_DAYS = 7;
