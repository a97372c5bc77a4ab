import type { UpstreamRevocation } from "#store/upstream-revocations.ts";
import { type AccountDeps, asAccount, ownerOf } from "./account.ts";
import type { AcmeClient } from "./acme-client.ts";
import { AcmeProblem } from "./problem.ts";

/**
 * Has a certificate revoked by the CA whose account ordered it (RFC 8555 section 7.6). One that is revoked already is.
 * `reason` is a CRLReason; a CA that does not take it from its customers revokes without one.
 * Throws Misconfigured, Unreachable and AcmeProblem.
 */
export async function revokeCertificate(
  client: AcmeClient,
  { certificate, certificateArn, reason }: Pick<UpstreamRevocation, "certificate" | "certificateArn" | "reason">,
  deps: AccountDeps,
): Promise<void> {
  const { revokeCert } = await client.directory();
  const der = Buffer.from(certificate).toString("base64url");
  await asAccount(
    client,
    ownerOf(certificateArn),
    async (signer) => {
      const refused = await refusal(client.post(revokeCert, { certificate: der, reason }, signer));
      if (refused === "badRevocationReason") await refusal(client.post(revokeCert, { certificate: der }, signer));
    },
    deps,
  );
}

async function refusal(revoking: Promise<unknown>): Promise<"badRevocationReason" | undefined> {
  try {
    await revoking;
    return undefined;
  } catch (error) {
    const type = error instanceof AcmeProblem ? error.problem.type : undefined;
    if (type === "alreadyRevoked") return undefined;
    if (type === "badRevocationReason") return type;
    throw error;
  }
}
