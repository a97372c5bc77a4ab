import { createSecretKey } from "node:crypto";
import { flattenedVerify } from "jose";
import { openMacKey } from "#acme/mac-key.ts";
import { type AcmeBindingArn, acmeBindingArn } from "#domain/acme/arns.ts";
import { findAcmeBinding, findSealedMacKey } from "#store/acme-bindings.ts";
import type { AcmeContext } from "./context.ts";
import { jwsOf, malformed, payloadOf } from "./jws.ts";
import { type PublicJwk, readJwk } from "./keys.ts";
import { Problem } from "./problem.ts";

/**
 * Whose permission stands behind a new account: a JWS by the MAC key of a binding over the account's key (RFC 8555
 * section 7.3.4). Throws Problem when there is none, it does not hold, or the binding can register nobody any more.
 */
export async function readExternalAccount(
  value: unknown,
  accountKey: PublicJwk,
  context: AcmeContext,
): Promise<AcmeBindingArn> {
  if (value === undefined) {
    throw new Problem(
      "externalAccountRequired",
      "Accounts are registered with an external account binding: give your client the KeyId and the MacKey of one (GetAcmeExternalAccountBindingCredentials, or `sealkeeper acme`).",
    );
  }
  const jws = jwsOf(value, "The external account binding");
  if (jws.algorithm !== "HS256") throw malformed("The external account binding must be signed with HS256.");
  if (jws.nonce !== undefined) throw malformed("The external account binding must have no nonce.");
  if (jws.url !== context.urls.of("new-account")) throw malformed('The external account binding has another "url".');
  const arn = acmeBindingArn(context.endpoint.arn, (jws.kid ?? "").toLowerCase());
  const sealed = UUID.test(jws.kid ?? "") ? await findSealedMacKey(context.store, arn) : undefined;
  if (!sealed) throw refused(`There is no external account binding ${(jws.kid ?? "").slice(0, 60)} here`);
  {
    using mac = openMacKey(arn, sealed, context);
    const key = createSecretKey(mac.bytes);
    await flattenedVerify(jws.flattened, key, { algorithms: ["HS256"] }).catch(() => {
      throw refused("The external account binding is not signed with its MacKey");
    });
  }
  if (readJwk(payloadOf(jws) ?? {}).thumbprint !== accountKey.thumbprint) {
    throw malformed("The external account binding is for another account key.");
  }
  const binding = await findAcmeBinding(context.store, arn);
  const now = context.clock.now().getTime();
  if (!binding || binding.revokedAt !== null) throw refused("The external account binding was revoked");
  if (binding.expiresAt !== null && binding.expiresAt <= now) {
    throw refused(`The external account binding expired ${new Date(binding.expiresAt).toISOString()}`);
  }
  return arn;
}

/** That a binding can register nobody. */
export function refused(why: string): Problem {
  return new Problem("unauthorized", `${why}. Ask the owner of this ACME endpoint for another one.`);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
