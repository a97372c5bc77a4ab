import { accountIdIn } from "#acme/urls.ts";
import { type AcmeAccount, findAcmeAccount } from "#store/acme-accounts.ts";
import type { AcmeContext } from "./context.ts";
import { type Jws, malformed, payloadOf, readJws, verifyJws } from "./jws.ts";
import { type PublicJwk, readJwk } from "./keys.ts";
import { Problem } from "./problem.ts";

/** One HTTP request, its body complete. */
export interface AcmeRequest {
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly hasQuery: boolean;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** By what a request may be signed: an account's key, named by its URL, or a key that is in the request. */
export type SignerKind = "account" | "key" | "either";

/** A request whose signature holds, and which nobody made before. */
export interface SignedRequest {
  readonly jws: Jws;
  /** Undefined: POST-as-GET. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  /** The account that signed it; undefined when the key in the request did. */
  readonly account: AcmeAccount | undefined;
  /** The key that signed it. */
  readonly key: PublicJwk;
}

/** Believes a request, or throws Problem (RFC 8555 section 6.2 to 6.5). */
export async function readSigned(request: AcmeRequest, kind: SignerKind, context: AcmeContext): Promise<SignedRequest> {
  checkForm(request);
  const jws = readJws(request.body);
  const expected = `${context.acmeOrigin}${request.path}`;
  if (jws.url !== expected || request.hasQuery) {
    throw new Problem(
      "unauthorized",
      `The request is signed for ${jws.url.slice(0, 300)}, but was sent to ${expected}.`,
    );
  }
  const { nonce } = jws;
  if (nonce === undefined) throw badNonce("The request has no nonce.");
  if (!(await context.nonces.isGenuine(nonce))) throw badNonce("The nonce is none of ours, or too old.");
  const { account, key } = await findSigner(jws, kind, context);
  await verifyJws(jws, await context.keys.key(key));
  if (!(await context.nonces.use(nonce))) throw badNonce("The nonce was used before.");
  if (account && account.status !== "VALID") throw ended(account);
  return { jws, payload: payloadOf(jws), account, key };
}

/** The account that signed a request which only accounts can sign. */
export function signingAccount({ account }: SignedRequest): AcmeAccount {
  if (!account) throw new Error("a request without an account came through");
  return account;
}

/** Throws Problem unless it is a POST-as-GET (RFC 8555 section 6.3). */
export function expectPostAsGet({ payload }: SignedRequest): void {
  if (payload) throw malformed("The payload must be empty here: this resource is fetched by POST-as-GET.");
}

/** The payload of a request that needs one. Throws Problem. */
export function payloadIn({ payload }: SignedRequest): Readonly<Record<string, unknown>> {
  if (!payload) throw malformed("The payload is empty.");
  return payload;
}

function checkForm({ contentType = "", body }: AcmeRequest): void {
  const [type = ""] = contentType.split(";");
  if (type.trim().toLowerCase() !== "application/jose+json") {
    throw malformed("The Content-Type must be application/jose+json (RFC 8555 section 6.2).", 415);
  }
  if (body.length > LARGEST_BODY) throw malformed(`The body is larger than ${LARGEST_BODY} bytes.`, 413);
}

async function findSigner(
  { kid, jwk }: Jws,
  kind: SignerKind,
  context: AcmeContext,
): Promise<{ readonly account: AcmeAccount | undefined; readonly key: PublicJwk }> {
  if (jwk) {
    if (kind === "account") throw malformed('This request must be signed by an account, named by "kid".');
    return { account: undefined, key: readJwk(jwk) };
  }
  if (kind === "key") throw malformed('This request must be signed by a key that stands in "jwk".');
  const { arn } = context.endpoint;
  const id = accountIdIn(kid ?? "", arn, context);
  const account = id === undefined ? undefined : await findAcmeAccount(context.store, id);
  if (account?.endpointArn !== arn) {
    throw new Problem("accountDoesNotExist", `This ACME endpoint has no account ${(kid ?? "").slice(0, 300)}.`);
  }
  return { account, key: { thumbprint: account.thumbprint, json: account.jwk } };
}

function ended({ status }: AcmeAccount): Problem {
  const by = status === "REVOKED" ? "revoked by the owner of the endpoint" : "deactivated";
  return new Problem("unauthorized", `The account was ${by}: it can do nothing any more.`);
}

function badNonce(detail: string): Problem {
  return new Problem("badNonce", `${detail} Try again with the one of this answer.`);
}

/** A CSR with a hundred long names and an RSA key of 4096 bits has 30 kB in base64. */
const LARGEST_BODY = 131_072;
