import type { Page } from "#ca/pages.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";
import { findPrivateCa } from "#store/private-cas.ts";
import { currentPrivateCrl } from "./crl.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { forgetDeleted } from "./open-authority.ts";
import { crlFolder } from "./urls.ts";

/**
 * The CRLs of private CAs, over plain HTTP and without a signature; undefined for every other path.
 *
 * | path | what |
 * |---|---|
 * | /crl/ID.crl | everything the CA revoked, DER |
 * | /crl/ID/DIGIT.crl | of certificates whose serial number ends in the digit, where the CA's CRL is PARTITIONED |
 *
 * A CA with a CustomPath has its own in place of `crl`, so that a custom name can be an alias of this host.
 */
export function privateCaPages(
  deps: Pick<PrivateCaDeps, "store" | "clock" | "signers">,
): (method: string, path: string) => Promise<Page | undefined> {
  return async (method, path) => {
    const [, folder, id, part = ""] = PATH.exec(path) ?? [];
    if (id === undefined || (method !== "GET" && method !== "HEAD")) return undefined;
    const ca = await findPrivateCa(deps.store, id);
    forgetDeleted(id, ca, deps.signers);
    if (!ca) return undefined;
    const { CrlConfiguration } = JSON.parse(ca.revocation) as RevocationConfiguration;
    if (folder !== crlFolder(CrlConfiguration)) return undefined;
    const crl = await currentPrivateCrl(ca, part, deps);
    if (!crl) return undefined;
    return {
      status: 200,
      headers: {
        "content-type": "application/pkix-crl",
        "content-length": `${crl.der.length}`,
        "cache-control": "public, max-age=60",
        etag: `"${crl.number}"`,
      },
      body: crl.der,
    };
  };
}

const PATH = /^\/([^?#]{1,253})\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:\/([0-9a-f]))?\.crl$/;
