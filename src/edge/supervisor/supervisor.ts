import { randomBytes } from "node:crypto";
import type { ControlMessage, EdgeMessage } from "#domain/edge-messages.ts";
import { type EdgeDeps, type EdgeSettings, LEASE_OVER } from "#edge/agent.ts";
import { bindAttempts } from "#edge/bind.ts";
import { keepLink } from "#edge/control/control-link.ts";
import { keepLease } from "#edge/control/key-lease.ts";
import { SEED_BYTES } from "#edge/tls/ticket-keys.ts";
import { backoff } from "#lib/backoff.ts";
import { HOUR, type Millis, SECOND } from "#lib/duration.ts";
import { takeOn, type Worker, type WorkerProcess } from "./crew.ts";
import { type HealthReport, reports } from "./reports.ts";
import { type Inherited, openSockets } from "./sockets.ts";
import { edgeState } from "./state.ts";
import type { StateLog } from "./state-log.ts";

export interface SupervisorSettings extends EdgeSettings {
  /** At least 1. */
  readonly workers: number;
  /** Sockets of an earlier supervisor, and what the workers that serve on them still serve. */
  readonly legacy?: Legacy | undefined;
  /** Takes over a renewed certificate of the edge, PEM. */
  readonly onIdentity?: (chain: string) => void;
}

/** What is left of an edge whose supervisor is gone: its workers serve on until ours can do what they do. */
export interface Legacy {
  readonly sockets: readonly Inherited[];
  /** `<load balancer> <certificate>`. */
  readonly serving: readonly string[];
}

export interface SupervisorDeps extends Omit<EdgeDeps, "logs"> {
  readonly startWorker: () => WorkerProcess;
  readonly stateLog: StateLog;
}

/** The process that keeps the one link, the sockets and the workers of an edge. It never sees a key in clear. */
export interface Supervisor {
  /** Resolves when every worker serves what there is to be served. */
  readonly ready: Promise<void>;
  readonly pids: readonly number[];
  /** Replaces the workers one after the other, losing no connection; resolves when it is done. */
  reload(): Promise<void>;
  /** Drains every connection for a bounded time, forgets every key. */
  stop(): Promise<void>;
  /** What the supervisor itself has to say to the control plane. */
  tell(message: EdgeMessage): void;
}

export function startSupervisor(settings: SupervisorSettings, deps: SupervisorDeps): Supervisor {
  const { timers, log, stateLog } = deps;
  const instance = deps.ids.uuid();
  const state = edgeState();
  const said = reports();
  const sockets = openSockets(settings.attempts ?? bindAttempts, settings.legacy?.sockets);
  const legacyServing = new Set(settings.legacy?.serving);
  const workers = new Map<number, Worker>();
  /** When each was started, as `Clock` tells it. */
  const began = new Map<number, number>();
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  let stopping = false;
  let nextId = 0;
  let reloading: Promise<void> | undefined;
  let seed = randomBytes(SEED_BYTES);
  /** Counts what is told; a revision is acknowledged when every worker has followed up to it. */
  let place = 0;
  const unacknowledged: { readonly place: number; readonly revision: string }[] = [];
  let acknowledged: string | undefined;

  const onError = (what: string, error: unknown): void =>
    log.warn({ error: error instanceof Error ? error.message : String(error) }, what);
  const tell = (messages: readonly EdgeMessage[]): void => {
    for (const message of messages) {
      const { kind, ...facts } = message;
      if (TOLD_IN_THE_LOG.has(kind)) log.info(facts, kind);
      link.tell(message);
    }
  };
  const counted = (): readonly Worker[] =>
    [...workers.values()].filter(({ isReady: is, isLeaving }) => is && !isLeaving);
  const leader = (): Worker | undefined => counted()[0];
  const note = (worker: Worker, ...about: Parameters<WorkerProcess["note"]>): void => worker.process.note(...about);

  /** What a worker must be able to serve before it shares the sockets of those who serve it now. */
  const owed = (worker: Worker): ReadonlySet<string> => {
    const served = counted()
      .filter((other) => other !== worker)
      .map(({ id }) => said.servedBy(id));
    const all = isReady ? served : [...served, legacyServing];
    return new Set(all.flatMap((keys) => [...keys].filter((key) => state.sealed.has(key))));
  };
  const eldest = (): Worker | undefined => [...workers.values()].find(({ isLeaving }) => !isLeaving);
  /** Where nobody serves yet, the eldest begins at once: its fellows would take connections before they have a key. */
  const mayListen = (worker: Worker): boolean => {
    const isAlone = counted().every((other) => other === worker) && legacyServing.size === 0;
    if (isAlone) return worker === eldest();
    const own = said.servedBy(worker.id);
    return [...owed(worker)].every((key) => own.has(key));
  };
  const hasKeys = (worker: Worker): boolean =>
    state.sealed.size > MOST_AWAITED ||
    deps.clock.now().getTime() - (began.get(worker.id) ?? 0) > KEYS_AWAITED ||
    [...state.certificates()].every((key) => said.isDecided(worker.id, key));
  const acknowledge = (): void => {
    const all = counted();
    const followed = Math.min(...all.map((worker) => worker.followed));
    const done = all.length === 0 ? [] : unacknowledged.filter((one) => one.place <= followed);
    const last = unacknowledged.splice(0, done.length) && done.at(-1);
    if (!last) return;
    acknowledged = last.revision;
    tell([...said.followed(), { kind: "ack", revision: last.revision }]);
  };
  let led: Worker | undefined;
  const lead = (): void => {
    const first = leader();
    if (first === led) return;
    if (led && workers.has(led.id)) note(led, { kind: "leader", leads: false });
    led = first;
    if (first) note(first, { kind: "leader", leads: true });
  };
  const passOn = (worker: Worker, { loadBalancerArn, targets }: HealthReport): void =>
    note(worker, { kind: "health", loadBalancerArn, targets });
  /** What those say who are yet to listen where nobody does: it would be taken for service. */
  let early: { readonly worker: Worker; readonly message: EdgeMessage }[] = [];
  const hear = (worker: Worker, message: EdgeMessage): void => {
    if (message.kind === "listening" && counted().length === 0 && worker !== eldest()) {
      early.push({ worker, message });
      return;
    }
    if (message.kind === "target-health") {
      if (worker !== led || !state.carries(message.loadBalancerArn)) return;
      for (const other of workers.values()) if (other !== worker) passOn(other, message);
    }
    tell(said.heard(worker.id, message));
  };
  const start = (): Worker => {
    const id = nextId++;
    began.set(id, deps.clock.now().getTime());
    const worker: Worker = takeOn(id, deps.startWorker(), {
      sockets,
      listeners: () => state.listeners(),
      mayListen,
      hasKeys,
      onMessage: (message) => hear(worker, message),
      onFollowed: acknowledge,
      onError,
    });
    workers.set(id, worker);
    note(worker, { kind: "seed", seed });
    for (const seen of said.health()) if (state.carries(seen.loadBalancerArn)) passOn(worker, seen);
    worker.tell(state.snapshot(), state.revision === undefined ? undefined : place);
    if (lease.hasEnded) worker.tell(state.withdrawals());
    void worker.ready.then(() => {
      tell(said.joined(id));
      settle();
    });
    void worker.process.ended.then(() => {
      workers.delete(id);
      began.delete(id);
      dismissed(worker);
    });
    return worker;
  };
  /** What follows from who is there now. */
  const settle = (): void => {
    if (counted().length > 0) {
      for (const { worker, message } of early) if (workers.has(worker.id)) hear(worker, message);
      early = [];
    }
    acknowledge();
    lead();
    for (const worker of workers.values()) worker.review();
    if (isReady || counted().length < settings.workers) return;
    isReady = true;
    ready.resolve();
  };
  const dismissed = (worker: Worker): void => {
    tell(said.left(worker.id));
    settle();
  };
  const dismiss = (worker: Worker): Promise<string> => {
    worker.stop();
    dismissed(worker);
    const cancel = timers.after(PATIENCE, () => worker.process.kill());
    return worker.process.ended.finally(cancel);
  };
  const pause = (length: Millis): Promise<void> => new Promise((resolve) => timers.after(length, resolve));

  /** Fills the place of `worker` for as long as the edge runs: one that dies is replaced at once. */
  const keep = async (worker: Worker): Promise<void> => {
    let failures = 0;
    for (let current = worker; ; current = start()) {
      kept.add(current);
      const since = deps.clock.now().getTime();
      const how = await current.process.ended;
      kept.delete(current);
      if (current.isLeaving || stopping) return;
      onError(`worker ${current.pid} ended`, new Error(how));
      failures = deps.clock.now().getTime() - since > STEADY ? 0 : failures + 1;
      if (failures > 0) await pause(backoff(failures, RETRY));
      if (stopping) return;
    }
  };
  const kept = new Set<Worker>();
  const replace = async (old: Worker): Promise<void> => {
    for (let failures = 0; kept.has(old) && !stopping; failures++) {
      const fresh = start();
      await Promise.race([fresh.ready, fresh.process.ended]);
      if (fresh.isReady) {
        void keep(fresh);
        await dismiss(old);
        return;
      }
      onError(`worker ${fresh.pid}, which was to replace ${old.pid}, ended`, new Error(await fresh.process.ended));
      await pause(backoff(failures + 1, RETRY));
    }
  };

  const take = (message: ControlMessage): Buffer | undefined => {
    const frame = state.take(message);
    if (message.kind === "certificate-put" || message.kind === "certificate-gone") {
      const { loadBalancerArn, certificateArn } = message.kind === "certificate-put" ? message.certificate : message;
      said.retry(loadBalancerArn, certificateArn);
    }
    if (message.kind === "balancer-gone") said.forget(message.loadBalancerArn);
    return frame;
  };
  // What was told before the last of it does not count: sockets that are inherited may be of listeners told later.
  for (const message of stateLog.load()) take(message);
  acknowledged = state.revision;

  const lease = keepLease({
    length: settings.keyLease,
    timers,
    onEnd() {
      log.warn({}, LEASE_OVER);
      for (const worker of workers.values()) worker.tell(state.withdrawals());
    },
    onContact() {
      lease.renew();
      for (const worker of workers.values()) {
        worker.tell(state.snapshot(), state.revision === undefined ? undefined : place);
      }
    },
  });
  const link = keepLink({
    ...settings,
    clock: deps.clock,
    timers,
    onConnect: () => [{ kind: "hello", edge: settings.edge, instance, revision: acknowledged }, ...said.present()],
    async onMessage(message) {
      lease.contact();
      if (message.kind === "identity") return settings.onIdentity?.(message.chain);
      const frame = take(message);
      if (message.kind === "synced") sockets.keep(state.listeners());
      if (!frame) return;
      stateLog.append(frame, state);
      const mark = message.kind === "synced" ? ++place : undefined;
      if (message.kind === "synced") unacknowledged.push({ place, revision: message.revision });
      const all = [...workers.values()].filter(({ isLeaving }) => !isLeaving);
      for (const worker of all) worker.tell([frame], mark);
      await Promise.all(all.map((worker) => worker.room()));
    },
    onUnreadable: (error) => onError("a message of the control plane could not be read", error),
    onLoss: (error) => onError("no connection to the control plane; what is known is served on", error),
  });
  /** A key that could not be opened is tried again by telling it again. */
  const remind = (): void => {
    if (stopping) return;
    for (const worker of workers.values()) {
      if (worker.isReady || worker.isLeaving) continue;
      const own = said.servedBy(worker.id);
      const missing = [...owed(worker)].filter((key) => !own.has(key)).map((key) => state.sealed.get(key));
      worker.tell(missing.filter((frame) => frame !== undefined));
      worker.review();
    }
    timers.after(REMIND, remind);
  };
  timers.after(REMIND, remind);
  const rotate = (): void => {
    seed = randomBytes(SEED_BYTES);
    for (const worker of workers.values()) note(worker, { kind: "seed", seed });
    timers.after(ROTATION, rotate);
  };
  timers.after(ROTATION, rotate);
  for (let i = 0; i < settings.workers; i++) void keep(start());

  return {
    ready: ready.promise,
    get pids() {
      return [...workers.values()].map(({ pid }) => pid);
    },
    reload() {
      reloading ??= (async () => {
        try {
          for (const worker of Array.from(kept)) await replace(worker);
        } finally {
          reloading = undefined;
        }
      })();
      return reloading;
    },
    async stop() {
      stopping = true;
      link.stop();
      lease.stop();
      const all = [...workers.values()];
      sockets.close();
      await Promise.all(all.map((worker) => (worker.isLeaving ? worker.process.ended : dismiss(worker))));
    },
    tell: (message) => link.tell(message),
  };
}

const TOLD_IN_THE_LOG: ReadonlySet<EdgeMessage["kind"]> = new Set([
  "serving",
  "key-dropped",
  "listening",
  "cannot-serve",
]);
/** A worker that lived for so long did not fail at its start. */
const STEADY: Millis = 5 * SECOND;
/** How long a worker may take for its keys before it counts, and of how many that is asked at all. */
const KEYS_AWAITED: Millis = 10 * SECOND;
const MOST_AWAITED = 500;
const RETRY = { first: 50, most: 5 * SECOND };
const REMIND: Millis = SECOND;
const ROTATION: Millis = 12 * HOUR;
/** A worker drains for a bounded time; one that does not end then is ended. */
const PATIENCE: Millis = 8 * SECOND;
