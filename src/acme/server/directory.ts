import type { AcmeReply } from "./answer.ts";
import type { AcmeContext } from "./context.ts";

/** Where everything is, and what a client must know beforehand (RFC 8555 section 7.1.1). */
export function directory({ urls, caaIdentities }: AcmeContext): AcmeReply {
  const body = {
    newNonce: urls.of("new-nonce"),
    newAccount: urls.of("new-account"),
    newOrder: urls.of("new-order"),
    revokeCert: urls.of("revoke-cert"),
    keyChange: urls.of("key-change"),
    renewalInfo: urls.of("renewal-info"),
    meta: { externalAccountRequired: true, ...(caaIdentities.length > 0 && { caaIdentities }) },
  };
  return { status: 200, body, headers: { "cache-control": "public, max-age=60" } };
}
