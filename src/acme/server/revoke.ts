import { createPublicKey } from "node:crypto";
import { describeNames } from "#acme/certificate-names.ts";
import { findUncovered } from "#acme/coverage.ts";
import { keyHash } from "#acme/finalize-order.ts";
import { fromBase64url } from "#lib/base64url.ts";
import { readCertificate, serialHex } from "#lib/x509-certificate.ts";
import { type AcmeRevocation, revokeForAcme } from "#lifecycle/acme/revoke-for-acme.ts";
import { type AcmeIssued, findAcmeIssued, noteCompromisedKey } from "#store/acme-certificates.ts";
import type { AcmeReply } from "./answer.ts";
import type { AcmeContext } from "./context.ts";
import { recordAcmeAct } from "./journal.ts";
import { malformed } from "./jws.ts";
import { readJwk } from "./keys.ts";
import { Problem } from "./problem.ts";
import { payloadIn, type SignedRequest } from "./signed-request.ts";

/**
 * revokeCert (RFC 8555 section 7.6): by the account that ordered it, by one that may order all of its names, or by
 * whoever has its key.
 */
export async function revokeCert(request: SignedRequest, context: AcmeContext): Promise<AcmeReply> {
  const payload = payloadIn(request);
  const der = typeof payload["certificate"] === "string" ? fromBase64url(payload["certificate"]) : undefined;
  if (!der) throw malformed('"certificate" is not base64url without padding.');
  const why = readReason(payload["reason"]);
  const { serial, spki } = readIdentity(der);
  const found = await findAcmeIssued(context.store, context.endpoint.arn, serial);
  if (!found || !der.equals(found.certificate)) {
    throw malformed("This ACME endpoint issued no such certificate.", 404);
  }
  await checkMayRevoke(request, found, spki, context);
  if (found.revoked) throw alreadyRevoked();
  const now = context.clock.now();
  if (found.notAfter < now.getTime()) throw malformed("The certificate has expired: there is nothing left to revoke.");
  await context.store.transaction().execute(async (tx) => {
    if (!(await revokeForAcme(tx, { ...found, serial }, why, context))) throw alreadyRevoked();
    if (why.crlReason === "keyCompromise") await noteCompromisedKey(tx, keyHash(spki), now.getTime());
    const who = { id: request.account?.id ?? "by-certificate-key", endpointArn: context.endpoint.arn };
    await recordAcmeAct(tx, context.endpoint, who, "RevokeCertificate", found.certificateArn, context);
  });
  return { status: 200 };
}

async function checkMayRevoke(
  { account, key }: SignedRequest,
  { accountId, certificate }: AcmeIssued,
  spki: Buffer,
  context: AcmeContext,
): Promise<void> {
  if (account) {
    if (account.id === accountId) return;
    const uncovered = await findUncovered(context.store, context.endpoint.arn, describeNames(certificate), context);
    if (uncovered.length === 0) return;
    throw new Problem(
      "unauthorized",
      "Another account ordered this certificate, and not all its names are authorized now.",
    );
  }
  const own = createPublicKey({ key: spki, format: "der", type: "spki" }).export({ format: "jwk" });
  if (readJwk({ ...own }).thumbprint !== key.thumbprint) {
    throw new Problem("unauthorized", "The request is signed neither by an account nor by the key of the certificate.");
  }
}

function readIdentity(der: Buffer): { readonly serial: string; readonly spki: Buffer } {
  try {
    const { serial, subjectPublicKeyInfo } = readCertificate(der);
    return { serial: serialHex(serial), spki: subjectPublicKeyInfo };
  } catch {
    throw malformed('"certificate" is no certificate.');
  }
}

/** A CRLReason that a subscriber may give (BR 4.9.1.1); without one it is unspecified. */
function readReason(value: unknown): AcmeRevocation {
  const found = typeof value === "number" ? REASONS[value] : value === undefined ? UNSPECIFIED : undefined;
  if (found) return found;
  throw new Problem(
    "badRevocationReason",
    `The reason can be ${Object.keys(REASONS).join(", ")} (RFC 5280 section 5.3.1).`,
  );
}

function alreadyRevoked(): Problem {
  return new Problem("alreadyRevoked", "The certificate was revoked before.");
}

const UNSPECIFIED: AcmeRevocation = { crlReason: "unspecified", reason: "UNSPECIFIED" };
const REASONS: Readonly<Record<number, AcmeRevocation>> = {
  0: UNSPECIFIED,
  1: { crlReason: "keyCompromise", reason: "KEY_COMPROMISE" },
  3: { crlReason: "affiliationChanged", reason: "AFFILIATION_CHANGED" },
  4: { crlReason: "superseded", reason: "SUPERSEDED" },
  5: { crlReason: "cessationOfOperation", reason: "CESSATION_OF_OPERATION" },
};
