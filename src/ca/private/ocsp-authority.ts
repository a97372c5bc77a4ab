import type { OcspAuthority } from "#ca/ocsp-authority.ts";
import { type ResponderShelf, responderOf } from "#ca/responder.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";
import { findIssued } from "#store/private-ca-certificates.ts";
import {
  deletePrivateRespondersBefore,
  findPrivateResponder,
  insertPrivateResponder,
} from "#store/private-ca-records.ts";
import { findCaByHashes, findPrivateCa, type PrivateCaRow } from "#store/private-cas.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { arnOf } from "./find.ts";
import { END_OF_TIME, forgetDeleted, openAuthority } from "./open-authority.ts";

/** The private CA that OCSP names by these hashes; undefined for none, and for one that does not answer OCSP. */
export async function privateOcspAuthority(
  hashes: string,
  deps: Pick<PrivateCaDeps, "store" | "clock" | "signers">,
): Promise<OcspAuthority | undefined> {
  const { store, signers } = deps;
  const id = await findCaByHashes(store, hashes);
  const ca = id === undefined ? undefined : await findPrivateCa(store, id);
  if (id !== undefined) forgetDeleted(id, ca, signers);
  if (!ca?.certificate || ca.status === "DELETED") return undefined;
  const { OcspConfiguration } = JSON.parse(ca.revocation) as RevocationConfiguration;
  if (!OcspConfiguration?.Enabled) return undefined;
  return {
    id: ca.id,
    notBefore: ca.notBefore ?? 0,
    notAfter: ca.notAfter ?? END_OF_TIME,
    responder: () => responderOf(openAuthority(ca, signers), deps, shelfOf(ca)),
    async statusOf(serial) {
      const row = await findIssued(store, ca.id, serial);
      if (row?.state !== "signed") return { issued: false, revocation: undefined };
      const { revokedAt, reason } = row;
      return { issued: true, revocation: revokedAt === null ? undefined : { revokedAt, reason: reason ?? 0 } };
    },
  };
}

function shelfOf(ca: PrivateCaRow): ResponderShelf {
  return {
    find: findPrivateResponder,
    insert: insertPrivateResponder,
    removeBefore: deletePrivateRespondersBefore,
    keyOf: () => ({ of: arnOf(ca), owner: ca }),
  };
}
