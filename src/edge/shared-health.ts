import type { EdgeBalancer, TargetReport } from "#domain/edge-config.ts";
import { type HealthBoard, type HealthBoardDeps, healthBoard } from "#edge/targets/health-board.ts";
import { type HealthSource, toldHealth } from "#edge/targets/health-source.ts";

/** The health of a load balancer's targets, which one process of an edge checks and the others are told. */
export interface SharedHealth extends HealthSource {
  configure(balancer: EdgeBalancer): void;
  /** Whether this process checks. */
  lead(leads: boolean): void;
  readonly leads: boolean;
  /** What the process that checks has seen. */
  hear(reports: readonly TargetReport[]): void;
  /** What this process has seen itself; nothing while another one checks. */
  report(): readonly TargetReport[];
  stop(): void;
}

export function sharedHealth(first: EdgeBalancer, leads: boolean, deps: HealthBoardDeps): SharedHealth {
  let config = first;
  const told = toldHealth();
  const hearers = new Set<(targetGroupArn: string) => void>();
  const tellAll = (arn: string): void => {
    for (const act of hearers) act(arn);
  };
  told.onHealth(tellAll);
  /** Whoever begins to check goes on from what was told before: no target is new only because another process checks it. */
  const begin = (): HealthBoard => {
    const begun = healthBoard(deps, told.reports);
    begun.onHealth(tellAll);
    return begun;
  };
  let board = leads ? begin() : undefined;
  return {
    configure(next) {
      config = next;
      board?.configure(next.targetGroups, groupsInUse(next));
    },
    lead(now) {
      if (now && !board) {
        board = begin();
        board.configure(config.targetGroups, groupsInUse(config));
      }
      if (now || !board) return;
      told.tell(board.report());
      board.stop();
      board = undefined;
    },
    get leads() {
      return board !== undefined;
    },
    hear: (reports) => told.tell(reports),
    report: () => board?.report() ?? [],
    isHealthy: (group, target) => (board ?? told).isHealthy(group, target),
    onHealth(act) {
      hearers.add(act);
      return () => hearers.delete(act);
    },
    stop: () => board?.stop(),
  };
}

/** Those that a listener forwards to. */
function groupsInUse({ listeners }: EdgeBalancer): ReadonlySet<string> {
  const actions = listeners.flatMap(({ rules, defaultRule }) =>
    [...rules, defaultRule].flatMap((rule) => rule.actions),
  );
  return new Set(
    actions.flatMap((action) => (action.type === "forward" ? action.targetGroups.map(({ arn }) => arn) : [])),
  );
}
