import { isRenewing } from "#domain/certificate/renewal.ts";
import { DAY, later, type Millis } from "#lib/duration.ts";
import { ADVANCE } from "#lifecycle/advance-job.ts";
import { type Check, failed, passed, warning } from "#rehearsal/check.ts";
import { findJobError } from "#store/jobs.ts";
import type { Store } from "#store/store.ts";

/** Whether a renewal that has begun comes to its end: what the looks above cannot see stands in the way of it, too. */
export const lastAttempt: Check<{ readonly store: Store }> = {
  name: "LAST_ATTEMPT",
  async look({ certificate, renewsAt, now }, { store }) {
    const { renewal, renewalReason, arn } = certificate;
    if (!isRenewing(renewal)) return [];
    const since = renewsAt === undefined ? "" : ` since ${renewsAt.toISOString()}`;
    const trouble = certificate.trouble ?? (await findJobError(store, ADVANCE, arn)) ?? renewalReason;
    const overdue = renewsAt !== undefined && now > later(renewsAt, OVERDUE);
    if (overdue)
      return failed(`Its renewal has been due${since} and is ${renewal}: ${trouble ?? "no reason is known"}.`);
    return trouble === null || trouble === undefined
      ? passed(`Its renewal is under way${since}.`)
      : warning(`Its renewal is under way${since}, and was last held up by: ${trouble}`);
  },
};

/** One attempt takes this long at most. */
const OVERDUE: Millis = 3 * DAY;
