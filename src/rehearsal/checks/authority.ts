import { issuerIdFor } from "#ca/hierarchies/issuer-for.ts";
import { rehearseManaged } from "#ca/private/managed.ts";
import type { Signers } from "#ca/signers.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import type { Authority } from "#domain/certificate/certificate.ts";
import { type Period, validityLimit } from "#domain/certificate/validity.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { DAY, type Millis } from "#lib/duration.ts";
import { type Check, type Found, failed, passed, warning } from "#rehearsal/check.ts";
import type { Subject } from "#rehearsal/subject.ts";
import type { Store } from "#store/store.ts";

export interface AuthorityCheckDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly signers: Signers;
  readonly upstream?: Upstream | undefined;
  readonly leafLifetime: Millis;
}

/** Whether its CA would sign: it is there, its key opens, and its own life is long enough. */
export const authority: Check<AuthorityCheckDeps> = {
  name: "AUTHORITY",
  look(subject, deps) {
    const { authority: name } = subject.certificate;
    return name === null ? failed("It has no CA that could sign it.") : LOOKS[name](subject, deps);
  },
};

type Look = (subject: Subject, deps: AuthorityCheckDeps) => Promise<Found>;

const LOOKS: Readonly<Record<Authority, Look>> = {
  async "built-in"(subject, { store, clock, signers, leafLifetime }) {
    const { account, keyAlgorithm } = subject.certificate;
    const family = keyAlgorithm.startsWith("RSA") ? "RSA" : "EC";
    let id: string = family;
    try {
      id = await issuerIdFor(store, { account, purpose: "acm", family }, clock.now());
      const issuer = await signers.issuer(store, id);
      return longEnough(`The CA within (${id})`, issuer, leafLifetime, subject);
    } catch (error) {
      return failed(`The CA within (${id}) cannot sign: ${error instanceof Error ? error.message : String(error)}.`);
    }
  },

  async "private-ca"(subject, { store, clock }) {
    const { arn, account, region, names, certificateAuthorityArn, generation } = subject.certificate;
    const authorityArn = certificateAuthorityArn ?? "";
    const next = { authorityArn, certificateArn: arn, generation: generation + 1, owner: { account, region }, names };
    try {
      const end = await rehearseManaged(store, next, dueAt(subject), { clock });
      return passed(`The private CA ${authorityArn} can sign, for a certificate until ${end.toISOString()}.`);
    } catch (error) {
      if (error instanceof Refusal) return failed(`The private CA would not sign: ${error.message}`);
      throw error;
    }
  },

  async upstream(_, { upstream }) {
    if (!upstream) return failed("It is a public CA's, and none is configured any more: see the setting upstream.");
    const reached = await Promise.all(
      upstream.clients.map(async (client) => {
        const trouble = await client.directory().then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        return { name: client.ca.name, trouble };
      }),
    );
    const away = reached.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [`${name}: ${trouble}`]));
    if (away.length === 0) return passed(`${reached.map(({ name }) => name).join(", ")} can be reached.`);
    const text = `could not be reached: ${away.join("; ")}.`;
    return away.length === reached.length ? failed(`No public CA ${text}`) : warning(`Some public CAs ${text}`);
  },
};

/** Whether a CA is still there when the renewal is due, and for as long as the next version shall live. */
function longEnough(who: string, { notAfter }: Period, wished: Millis, subject: Subject): Found {
  const due = dueAt(subject);
  const ends = notAfter.toISOString();
  if (notAfter <= due) return failed(`${who} ends ${ends}, before the renewal that is due ${due.toISOString()}.`);
  const length = Math.min(wished, validityLimit(due).advised);
  const left = notAfter.getTime() - due.getTime();
  if (left < length) {
    return warning(`${who} ends ${ends}: the renewed certificate would live ${Math.floor(left / DAY)} days only.`);
  }
  return passed(`${who} can sign; it ends ${ends}.`);
}

/** When the renewal begins; now where it should have begun already. */
function dueAt({ renewsAt, now }: Subject): Date {
  return renewsAt && renewsAt > now ? renewsAt : now;
}
