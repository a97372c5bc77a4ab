import type { CertificateStatus } from "#domain/certificate/status.ts";
import { earliest, hasCome, later } from "#lib/duration.ts";
import { type Fate, pauseAfter } from "./item.ts";

/** What the rules need to know of a certificate in a campaign: facts read from the store. */
export interface ItemFacts {
  readonly fate: Fate;
  /** Undefined when the certificate was deleted meanwhile. */
  readonly status: CertificateStatus | undefined;
  /** Whether the version in force is another than the one that the campaign is against. */
  readonly replaced: boolean;
  /** Whether the campaign ordered a new version, and got one that it is against as well. */
  readonly ordered: boolean;
  readonly inVain: boolean;
  /** Where the version before may still be served; undefined where nobody was seen to. */
  readonly unseen: string | undefined;
  /** Whether the key of the version before was handed out, and that of the new one was not yet. */
  readonly unexported: boolean;
  readonly revoked: boolean;
  /** Why there is no new version yet, where that is known. */
  readonly trouble: string | undefined;
  /** How often it was looked at. */
  readonly looks: number;
  readonly deadline: Date;
  readonly revokeAtDeadline: boolean;
}

/** The one thing to do next. */
export type ItemStep =
  | { readonly kind: "skip"; readonly problem: string }
  | { readonly kind: "order" }
  /** `problem`: why it is revoked before it was replaced, where it is. */
  | { readonly kind: "revoke"; readonly problem: string | undefined }
  | { readonly kind: "done" }
  /** The CA signs the replacements by the very issuer that the campaign is against: that helps nobody. */
  | { readonly kind: "stop"; readonly problem: string }
  | {
      readonly kind: "wait";
      readonly state: "REPLACING" | "SETTLING";
      readonly problem: string | undefined;
      readonly again: Date;
    };

type Rule = (facts: ItemFacts, now: Date) => ItemStep | undefined;

const gone: Rule = ({ status, revoked }) => {
  if (status === "ISSUED") return undefined;
  if (revoked) return { kind: "done" };
  return {
    kind: "skip",
    problem:
      status === undefined
        ? "It was deleted meanwhile, and its key was destroyed."
        : `It is ${status}: there is nothing to replace any more.`,
  };
};

const finished: Rule = ({ replaced, revoked }) => (replaced && revoked ? { kind: "done" } : undefined);

const deadlineHasCome: Rule = (facts, now) => {
  const { revokeAtDeadline, deadline, revoked, replaced, unseen } = facts;
  if (!revokeAtDeadline || revoked || !hasCome(deadline, now)) return undefined;
  const problem = replaced ? unseen : (facts.trouble ?? "It was not replaced before the deadline.");
  return { kind: "revoke", problem };
};

const replacedInVain: Rule = ({ inVain }) =>
  inVain
    ? { kind: "stop", problem: "The CA signed the new version by the issuer that the campaign is against." }
    : undefined;

const notOrdered: Rule = ({ replaced, ordered }) => (replaced || ordered ? undefined : { kind: "order" });

const notReplaced: Rule = (facts, now) =>
  facts.replaced ? undefined : wait(facts, "REPLACING", facts.trouble ?? AWAITED[facts.fate], now);

const notSeen: Rule = (facts, now) =>
  facts.unseen === undefined ? undefined : wait(facts, "SETTLING", facts.unseen, now);

const notExported: Rule = (facts, now) =>
  facts.unexported
    ? wait(facts, "SETTLING", "Whoever exported the version before has not exported the new one yet.", now)
    : undefined;

const ready: Rule = () => ({ kind: "revoke", problem: undefined });

/** First match wins, so the order is the policy: endings, the deadline, then replace, see, and only then revoke. */
const RULES: readonly Rule[] = [
  gone,
  finished,
  deadlineHasCome,
  replacedInVain,
  notOrdered,
  notReplaced,
  notSeen,
  notExported,
  ready,
];

/** What a certificate needs next in a campaign, or until when it waits. */
export function nextItemStep(facts: ItemFacts, now: Date): ItemStep {
  for (const rule of RULES) {
    const step = rule(facts, now);
    if (step) return step;
  }
  throw new Error("no rule recognises a certificate of a campaign");
}

function wait(facts: ItemFacts, state: "REPLACING" | "SETTLING", problem: string | undefined, now: Date): ItemStep {
  const { looks, deadline, revokeAtDeadline } = facts;
  const again = later(now, pauseAfter(looks, state));
  const isAhead = revokeAtDeadline && !facts.revoked && !hasCome(deadline, now);
  return { kind: "wait", state, problem, again: isAhead ? earliest([again, deadline]) : again };
}

const AWAITED: Readonly<Partial<Record<Fate, string>>> = {
  CLIENT_RENEWS: "Its ACME client has not renewed it yet.",
};
