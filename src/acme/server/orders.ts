import { recordFailure, wishedFor } from "#acme/complete-order.ts";
import { findUncovered } from "#acme/coverage.ts";
import { finalizeOrder, keyHash } from "#acme/finalize-order.ts";
import { overProblem } from "#acme/order-validity.ts";
import { type RequestedCertificate, readRequestedCertificate } from "#acme/requested-certificate.ts";
import { findSigned } from "#ca/issue.ts";
import { sameNamesKey } from "#domain/acme/order.ts";
import { fromBase64url } from "#lib/base64url.ts";
import { CsrError } from "#lib/x509-csr.ts";
import { CannotIssue } from "#lifecycle/authority.ts";
import { checkCaa, ownCaaIssuer } from "#lifecycle/proof/check-caa.ts";
import { isCompromisedKey } from "#store/acme-certificates.ts";
import { type AcmeOrder, failAcmeOrder, findAcmeOrder } from "#store/acme-orders.ts";
import { type AcmeReply, link, shownTime } from "./answer.ts";
import type { AcmeContext } from "./context.ts";
import { malformed } from "./jws.ts";
import { orderReply, statusOf } from "./order-reply.ts";
import { Problem } from "./problem.ts";
import { expectPostAsGet, payloadIn, type SignedRequest, signingAccount } from "./signed-request.ts";

type Parameters_ = readonly string[];

/** An order by itself. */
export async function order(request: SignedRequest, context: AcmeContext, [id]: Parameters_): Promise<AcmeReply> {
  expectPostAsGet(request);
  return orderReply(await ownOrder(request, id, context), 200, context);
}

/**
 * An authorization (RFC 8555 section 7.1.4): valid from its birth, without a challenge to meet. A client can give it up,
 * and its order with it, for as long as that is not finalized.
 */
export async function authorization(
  request: SignedRequest,
  context: AcmeContext,
  [id, place]: Parameters_,
): Promise<AcmeReply> {
  const found = await ownOrder(request, id, context);
  const index = Number(place);
  const name = found.identifiers[index];
  if (name === undefined) throw noSuch("authorization");
  const status = request.payload?.["status"];
  if (request.payload && status !== "deactivated") throw malformed('"status" can only become "deactivated".');
  let given = found.deactivated;
  if (status === "deactivated" && !given.includes(index)) {
    if (statusOf(found, context.clock.now()) !== "ready") throw malformed("The order of this authorization is over.");
    given = [...given, index];
    const error = new Problem("unauthorized", `The client gave up its authorization for ${name}.`).toJSON();
    const gaveUp = await context.store
      .transaction()
      .execute((tx) => failAcmeOrder(tx, found.id, "ready", error, given));
    if (!gaveUp) throw malformed("The order of this authorization is over.");
  }
  const body = {
    identifier: { type: "dns", value: name.replace(/^\*\./, "") },
    status: given.includes(index) ? "deactivated" : "valid",
    expires: shownTime(found.expiresAt),
    challenges: [],
    ...(name.startsWith("*.") && { wildcard: true }),
  };
  return { status: 200, body };
}

/** Finalizes an order with a CSR (RFC 8555 section 7.4): the answer is the order, nearly always with its certificate. */
export async function finalize(request: SignedRequest, context: AcmeContext, [id]: Parameters_): Promise<AcmeReply> {
  const { store, endpoint, clock } = context;
  const found = await ownOrder(request, id, context);
  const present = statusOf(found, clock.now());
  if (present !== "ready") throw notReady(present);
  const over = overProblem(wishedFor(found), clock.now());
  if (over !== undefined) throw malformed(over);
  const requested = await readCsrOf(request, found, context);
  await refuseUncovered(requested, context);
  await askCaa(requested, context);
  try {
    if (!(await finalizeOrder(found, requested, endpoint, context))) {
      await refuseUncovered(requested, context);
      const { status = "invalid" } = (await findAcmeOrder(store, found.id)) ?? {};
      if (status === "ready") throw new Problem("unauthorized", "The account or its ACME endpoint has ended.");
      throw notReady(status);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof CannotIssue) throw badCsr(error.message);
    // Once it was begun, a job completes it, whatever went wrong here.
    const begun = await findAcmeOrder(store, found.id);
    if (begun?.status !== "processing") throw error;
    context.onError(error);
  }
  return orderReply((await findAcmeOrder(store, found.id)) ?? found, 200, context);
}

/** An order's certificate with its chain; the shorter way to the current root is an alternate (RFC 8555 section 7.4.2). */
export async function certificate(
  request: SignedRequest,
  context: AcmeContext,
  [id, alternative]: Parameters_,
): Promise<AcmeReply> {
  expectPostAsGet(request);
  const { store, urls } = context;
  const { status, certificateArn, generation, ...found } = await ownOrder(request, id, context);
  const leaf =
    status === "valid" && certificateArn && generation !== null
      ? await findSigned(store, certificateArn, generation, context)
      : undefined;
  if (!leaf) throw noSuch("certificate");
  // The default chain ends in the current root as the older one signed it, so that clients of either root find their way.
  const [intermediate = "", ...rest] = leaf.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
  const hasAlternate = rest.length > 0;
  if (alternative !== undefined && (!hasAlternate || alternative !== "1")) throw noSuch("chain");
  const body = `${leaf.pem}${alternative === undefined ? leaf.chainPem : intermediate}`;
  const other = alternative === undefined ? urls.certificate(found.id, 1) : urls.certificate(found.id);
  return { status: 200, body, links: hasAlternate ? [link(other, "alternate")] : [] };
}

async function ownOrder(request: SignedRequest, id: string | undefined, { store }: AcmeContext): Promise<AcmeOrder> {
  const { id: accountId } = signingAccount(request);
  const found = id === undefined ? undefined : await findAcmeOrder(store, id);
  if (found?.accountId !== accountId) throw noSuch("order");
  return found;
}

/** The CSR, for exactly the order's names, with a key that may be certified here. Throws Problem. */
async function readCsrOf(
  request: SignedRequest,
  { identifiers }: AcmeOrder,
  { endpoint, store }: AcmeContext,
): Promise<RequestedCertificate> {
  const text = payloadIn(request)["csr"];
  const der = typeof text === "string" ? fromBase64url(text) : undefined;
  if (!der) throw malformed('"csr" is not base64url without padding.');
  let requested: RequestedCertificate;
  try {
    requested = readRequestedCertificate(der);
  } catch (error) {
    throw error instanceof CsrError ? badCsr(error.message) : error;
  }
  if (sameNamesKey(requested.names) !== sameNamesKey(identifiers)) {
    throw badCsr(`it is for ${requested.names.join(", ")}, but the order is for ${identifiers.join(", ")}`);
  }
  const { allowedKeyAlgorithms: allowed } = endpoint;
  if (allowed && !allowed.some((algorithm) => algorithm === requested.keyAlgorithm)) {
    throw badCsr(`its key is ${requested.keyAlgorithm}; this ACME endpoint permits ${allowed.join(", ")}`);
  }
  if (isAccountKey(requested, request)) throw badCsr("its key is the account's own: a certificate needs another one");
  if (await isCompromisedKey(store, keyHash(requested.subjectPublicKeyInfo))) {
    throw badCsr("its key was reported as compromised: make another one");
  }
  return requested;
}

/** RFC 8555 section 11.1: whoever has the key of a server must not be able to act for the account. */
function isAccountKey({ subjectPublicKeyInfo }: RequestedCertificate, { key }: SignedRequest): boolean {
  // A modulus, or the first coordinate of a point, stands in the key's DER as it is.
  const { n, x } = JSON.parse(key.json) as { readonly n?: string; readonly x?: string };
  return subjectPublicKeyInfo.includes(Buffer.from(n ?? x ?? "", "base64url"));
}

async function refuseUncovered({ names }: RequestedCertificate, context: AcmeContext): Promise<void> {
  const uncovered = await findUncovered(context.store, context.endpoint.arn, names, context);
  if (uncovered.length === 0) return;
  const subproblems = uncovered.map(({ name, reason }) => ({ type: "unauthorized" as const, detail: reason, name }));
  throw new Problem("unauthorized", "Not all names are covered by a VALID domain validation any more.", {
    subproblems,
  });
}

/** Right before each issue (RFC 8659); what is not known is not permitted. */
async function askCaa({ names }: RequestedCertificate, context: AcmeContext): Promise<void> {
  const { endpoint, store } = context;
  const issuer = ownCaaIssuer({ account: endpoint.account, validationMethod: "DNS" }, context);
  const { kind, problem = "" } = await checkCaa(names, issuer, context);
  if (kind === "permitted") return;
  await store.transaction().execute((tx) => recordFailure(tx, { ...endpoint, endpointArn: endpoint.arn }, context));
  throw new Problem(kind === "forbidden" ? "caa" : "dns", problem);
}

function badCsr(why: string): Problem {
  return new Problem("badCSR", `The CSR is refused: ${why}.`);
}

function notReady(status: string): Problem {
  return new Problem("orderNotReady", `The order is ${status}, not ready.`);
}

function noSuch(what: string): Problem {
  return malformed(`This account has no such ${what}.`, 404);
}
