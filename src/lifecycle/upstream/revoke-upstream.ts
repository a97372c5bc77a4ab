import type { AccountDeps } from "#ca/upstream/account.ts";
import { AcmeProblem } from "#ca/upstream/problem.ts";
import { revokeCertificate } from "#ca/upstream/revoke-certificate.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import { findUpstreamRevocation, recordUpstreamRevoked } from "#store/upstream-revocations.ts";

/** The name of the job that has a public CA revoke a certificate. */
export const REVOKE_UPSTREAM = "upstream.revoke";

export interface RevokeUpstreamDeps extends AccountDeps {
  readonly upstream?: Upstream | undefined;
}

/**
 * The job "upstream.revoke": has the CA that issued a certificate revoke it. It is tried until the CA has done it; a
 * certificate that was deleted here meanwhile is revoked there all the same.
 */
export async function revokeUpstream(id: string, deps: RevokeUpstreamDeps): Promise<Date | undefined> {
  const revocation = await findUpstreamRevocation(deps.store, id);
  if (!revocation || revocation.revokedAt !== null) return undefined;
  const { ca, certificateArn } = revocation;
  const client = deps.upstream?.clients.find((one) => one.ca.name === ca);
  if (!client) throw new Error(`${certificateArn} is to be revoked by ${ca}, which is not configured any more`);
  try {
    await revokeCertificate(client, revocation, deps);
  } catch (error) {
    if (error instanceof AcmeProblem && error.retryAt) return error.retryAt;
    throw error;
  }
  await recordUpstreamRevoked(deps.store, id, deps.clock.now().getTime());
  return undefined;
}
