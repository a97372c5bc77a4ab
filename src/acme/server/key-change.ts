import { findAcmeAccountByKey, setAcmeAccountKey } from "#store/acme-accounts.ts";
import type { AcmeReply } from "./answer.ts";
import type { AcmeContext } from "./context.ts";
import { recordAcmeAct } from "./journal.ts";
import { asObject, jwsOf, malformed, payloadOf, verifyJws } from "./jws.ts";
import { readJwk } from "./keys.ts";
import { Problem } from "./problem.ts";
import { payloadIn, type SignedRequest, signingAccount } from "./signed-request.ts";

/** keyChange: an account gets another key; both keys sign that they want it (RFC 8555 section 7.3.5). */
export async function keyChange(request: SignedRequest, context: AcmeContext): Promise<AcmeReply> {
  const account = signingAccount(request);
  const { store, endpoint, urls } = context;
  const inner = jwsOf(payloadIn(request), "The inner JWS");
  if (!inner.jwk) throw malformed('The inner JWS must have the new key in "jwk".');
  if (inner.nonce !== undefined) throw malformed("The inner JWS must have no nonce.");
  if (inner.url !== request.jws.url) throw malformed('The inner JWS has another "url".');
  const fresh = readJwk(inner.jwk);
  await verifyJws(inner, await context.keys.key(fresh));
  const { account: named, oldKey } = payloadOf(inner) ?? {};
  if (named !== urls.account(account.id)) throw malformed("The inner JWS names another account.");
  if (readJwk(asObject(oldKey, "The old key")).thumbprint !== account.thumbprint) {
    throw malformed("The old key is not the account's.");
  }
  const refuseTaken = async (): Promise<void> => {
    const other = await findAcmeAccountByKey(store, endpoint.arn, fresh.thumbprint);
    if (other) throw conflict(urls.account(other.id));
  };
  await refuseTaken();
  try {
    await store.transaction().execute(async (tx) => {
      const { thumbprint, json: jwk } = fresh;
      if (!(await setAcmeAccountKey(tx, account.id, account.thumbprint, { thumbprint, jwk }))) {
        throw malformed("The account was changed meanwhile.", 409);
      }
      await recordAcmeAct(tx, endpoint, account, "KeyChange", urls.account(account.id), context);
    });
  } catch (error) {
    if (!(error instanceof Problem)) await refuseTaken(); // another account was faster: keys are unique
    throw error;
  }
  const body = { status: "valid", contact: account.contacts, orders: urls.orders(account.id) };
  return { status: 200, body, headers: { location: urls.account(account.id) } };
}

/** RFC 8555 section 7.3.5: 409 with the account that has this key. */
function conflict(location: string): Problem {
  return new Problem("malformed", "Another account has this key.", { status: 409, headers: { location } });
}
