import { findSigned, type PrepareDeps, prepareLeaf, type SignDeps, signLeaf } from "#ca/issue.ts";
import { LintError } from "#ca/lint/lint.ts";
import { revokeSerial } from "#ca/revocation.ts";
import { TimestampsMissing } from "#ca/transparency/outside/timestamps.ts";
import type { Millis } from "#lib/duration.ts";
import { CannotIssue, type CertificateAuthority } from "#lifecycle/authority.ts";
import { ownCaaIssuer } from "#lifecycle/proof/check-caa.ts";
import { recordTrouble } from "#store/certificates.ts";

export interface BuiltInDeps extends PrepareDeps, SignDeps {
  /** The names by which CAA records permit this CA. */
  readonly caaIdentities: readonly string[];
  /** How long certificates live. */
  readonly leafLifetime: Millis;
}

/** The CA within: what it signs is linted before, and written down before it is signed. */
export const builtIn: CertificateAuthority<BuiltInDeps> = {
  caaIssuer: ownCaaIssuer,

  findSigned: (db, { certificate, generation }, deps) => findSigned(db, certificate.arn, generation, deps),

  async prepare(tx, { certificate, generation }, subjectPublicKeyInfo, deps) {
    const { arn, names } = certificate;
    const leaf = { certificateArn: arn, generation, subjectPublicKeyInfo, names, validity: deps.leafLifetime };
    try {
      return (await prepareLeaf(tx, leaf, deps)).intentId;
    } catch (error) {
      throw error instanceof LintError ? new CannotIssue("OTHER", error.message) : error;
    }
  },

  async sign(id, { certificate }, deps) {
    try {
      return await signLeaf({ intentId: id as Parameters<typeof signLeaf>[0]["intentId"] }, deps);
    } catch (error) {
      if (!(error instanceof TimestampsMissing)) throw error;
      if (!error.until) throw new CannotIssue("OTHER", error.message);
      await recordTrouble(deps.store, certificate.arn, certificate.generation, error.message);
      return error.until;
    }
  },

  async revoke(tx, { certificate, generation }, reason, deps) {
    const signed = await findSigned(tx, certificate.arn, generation, deps);
    if (signed) await revokeSerial(tx, { issuerId: signed.issuerId, serial: signed.serial, reason }, deps);
  },
};
