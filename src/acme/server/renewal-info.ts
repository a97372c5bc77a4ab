import { DAY, HOUR, later, type Millis } from "#lib/duration.ts";
import { type AcmeReply, shownTime } from "./answer.ts";
import { findByAriId } from "./ari-id.ts";
import type { AcmeContext } from "./context.ts";
import { malformed } from "./jws.ts";

/** When a certificate should be renewed (RFC 9773 section 4.2): in its last third; at once when it was revoked, or will be. */
export async function renewalInfo(context: AcmeContext, [id = ""]: readonly string[]): Promise<AcmeReply> {
  const found = await findByAriId(id, context);
  if (!found) throw malformed("This ACME endpoint issued no certificate of this identifier.", 404);
  const now = context.clock.now();
  const { notBefore, notAfter, revoked, renewAt } = found;
  const atOnce = revoked || (renewAt !== null && renewAt <= now.getTime());
  const middle = new Date(notAfter - (notAfter - notBefore) / 3);
  const width = Math.min(DAY, (notAfter - notBefore) / 20);
  const [start, end] = atOnce ? [later(now, -DAY), later(now, -HOUR)] : [later(middle, -width), later(middle, width)];
  const body = { suggestedWindow: { start: shownTime(start), end: shownTime(end) } };
  return { status: 200, body, headers: { "retry-after": String(LOOK_AGAIN / 1000) } };
}

/** RFC 9773 section 4.3.1 */
const LOOK_AGAIN: Millis = 6 * HOUR;
