import { HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";

/**
 * How far a version of a certificate has come on a load balancer. `DEPLOYED`: every edge was seen serving it, by a
 * handshake from outside. `ROLLED_BACK`: an edge could not serve it, and all of them serve the version before for a while.
 */
export type DeploymentState = "IN_PROGRESS" | "DEPLOYED" | "ROLLED_BACK";

/** What is known of a deployment when it is looked at. */
export interface DeploymentFacts {
  readonly state: DeploymentState;
  /** Of the version that is deployed. */
  readonly serial: string;
  /** Of the present try. */
  readonly startedAt: Date;
  /** Looks and roll-backs so far. */
  readonly looks: number;
  readonly attempts: number;
  readonly changedAt: Date;
  /** Until when the version before can be served, an hour before its end; undefined when it is not there. */
  readonly backUntil: Date | undefined;
  /** Every place where a listener has the certificate: each edge that carries the load balancer. */
  readonly places: readonly Place[];
}

export interface Place {
  readonly edge: string;
  readonly listenerArn: string;
  /** Why the edge says that it cannot serve the version, and since when. */
  readonly refusal: { readonly reason: string; readonly since: Date } | undefined;
  readonly sighting: Sighting;
}

/** What a handshake with a listener of an edge showed. */
export type Sighting =
  | { readonly serial: string; readonly others: boolean }
  /** There was no handshake, or none that shows a certificate. */
  | { readonly problem: string };

export type DeploymentStep =
  | { readonly kind: "deployed" }
  | { readonly kind: "roll-back"; readonly problem: string; readonly again: Date }
  | { readonly kind: "try-again" }
  /** Without `again`: until an edge says that it listens. */
  | { readonly kind: "wait"; readonly problem: string; readonly again?: Date };

/**
 * What a deployment needs next. Another certificate of the same load balancer may answer for the name (`others`): that
 * is the listener's choice, and proves nothing against this one.
 */
export function nextDeploymentStep(facts: DeploymentFacts, now: Date): DeploymentStep {
  const { state, places, serial, changedAt, attempts, backUntil } = facts;
  if (state === "ROLLED_BACK") {
    const again = backUntil && earlier(later(changedAt, retryAfter(attempts)), backUntil);
    if (!again || again <= now) return { kind: "try-again" };
    return { kind: "wait", problem: "an earlier try was rolled back", again };
  }
  const refusing = places.find(({ refusal }) => refusal && later(refusal.since, PATIENCE) <= now);
  if (refusing?.refusal && backUntil && backUntil > now) {
    const problem = `the edge ${refusing.edge} cannot serve ${serial}: ${refusing.refusal.reason}`;
    return { kind: "roll-back", problem, again: earlier(later(now, retryAfter(attempts + 1)), backUntil) };
  }
  const missing = places.find(({ sighting }) => !isSeen(sighting, serial));
  if (places.length === 0) return { kind: "wait", problem: "no edge listens with it yet" };
  if (!missing) return { kind: "deployed" };
  return { kind: "wait", problem: problemAt(missing, serial), again: later(now, pause(facts)) };
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

function isSeen(sighting: Sighting, serial: string): boolean {
  return "serial" in sighting && (sighting.serial === serial || sighting.others);
}

function problemAt({ edge, listenerArn, refusal, sighting }: Place, serial: string): string {
  if (refusal) return `the edge ${edge} cannot serve ${serial}: ${refusal.reason}`;
  const seen = "serial" in sighting ? `still shows ${sighting.serial}` : sighting.problem;
  return `the edge ${edge} at ${listenerArn}: ${seen}`;
}

/** Soon at first, when a swap takes milliseconds; later what keeps it is seldom quick. */
function pause({ looks }: DeploymentFacts): Millis {
  return Math.min(FIRST_PAUSE * 2 ** Math.min(looks, 20), LONGEST_PAUSE);
}

function retryAfter(attempts: number): Millis {
  return Math.min(HOUR * 2 ** Math.min(attempts - 1, 10), LONGEST_RETRY);
}

/** An edge tries again by itself for as long. */
const PATIENCE: Millis = 2 * MINUTE;
const FIRST_PAUSE: Millis = SECOND / 4;
const LONGEST_PAUSE: Millis = 5 * MINUTE;
const LONGEST_RETRY: Millis = 24 * HOUR;
