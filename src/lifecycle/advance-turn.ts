import type { CertificateArn } from "#domain/arn.ts";
import { later, SECOND } from "#lib/duration.ts";
import { type AdvanceDeps, advanceCertificate } from "./advance.ts";

/**
 * One turn of the job "certificate.advance": step after step for as long as the next one is due at once, so that what
 * needs no waiting is done in one go. After four steps, or a second, others have their turn.
 */
export async function advanceTurn(arn: CertificateArn, deps: AdvanceDeps): Promise<Date | undefined> {
  const end = later(deps.clock.now(), SECOND);
  for (let left = MOST_STEPS; ; left -= 1) {
    const again = await advanceCertificate(arn, deps);
    const now = deps.clock.now();
    if (again === undefined || again > now || left === 1 || now >= end) return again;
  }
}

const MOST_STEPS = 4;
