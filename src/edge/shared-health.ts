import type { EdgeBalancer, TargetReport } from "#domain/edge-config.ts";
import { type HealthBoardDeps, healthBoard } from "#edge/targets/health-board.ts";
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
  let board = leads ? healthBoard(deps) : undefined;
  /** Whoever begins to check knows nothing yet: until then what was told before counts. */
  const told = toldHealth();
  const hearers = new Set<(targetGroupArn: string) => void>();
  const tellAll = (arn: string): void => {
    for (const act of hearers) act(arn);
  };
  told.onHealth(tellAll);
  const begin = (): void => {
    board ??= healthBoard(deps);
    board.onHealth(tellAll);
    board.configure(config.targetGroups, groupsInUse(config));
  };
  if (board) board.onHealth(tellAll);
  return {
    configure(next) {
      config = next;
      board?.configure(next.targetGroups, groupsInUse(next));
    },
    lead(now) {
      if (now && !board) begin();
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
    isHealthy: (group, target) => board?.isHealthy(group, target) === true || (!board && told.isHealthy(group, target)),
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
