/** A root signs intermediates and other roots, an intermediate signs leafs. */
export type IssuerRole = "root" | "intermediate";

/**
 * How a CA stands:
 *
 * | state | a root | an intermediate |
 * |---|---|---|
 * | standby | made and handed out for trust, signs what is made ahead | made ahead, or waits for its moment |
 * | active | the current one: what new clients are given | signs leafs |
 * | retired | still trusted, signs nothing new | signs no more; its CRL and OCSP go on |
 * | revoked | - | the root's CRL names it |
 * | distrusted | in no bundle and no chain any more | - |
 */
export type IssuerState = "standby" | "active" | "retired" | "revoked" | "distrusted";

/** What happens to a CA. */
export type IssuerEvent = "activated" | "retired" | "revoked" | "distrusted";

/** The state that follows; undefined where the event is not possible. */
export function stateAfter(event: IssuerEvent, role: IssuerRole, state: IssuerState): IssuerState | undefined {
  return TRANSITIONS[role][state][event];
}

type Transitions = Readonly<Record<IssuerState, Readonly<Partial<Record<IssuerEvent, IssuerState>>>>>;

const TRANSITIONS: Readonly<Record<IssuerRole, Transitions>> = {
  root: {
    standby: { activated: "active", distrusted: "distrusted" },
    active: { retired: "retired" },
    retired: { activated: "active", distrusted: "distrusted" },
    revoked: {},
    distrusted: {},
  },
  intermediate: {
    standby: { activated: "active", retired: "retired", revoked: "revoked" },
    active: { retired: "retired", revoked: "revoked" },
    retired: { revoked: "revoked" },
    revoked: {},
    distrusted: {},
  },
};
