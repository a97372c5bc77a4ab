import type { Duplex } from "node:stream";
import type { LoadBalancerArn } from "#domain/arn.ts";
import { FrameError, frameReader } from "#domain/edge-frames.ts";
import {
  type ControlMessage,
  type EdgeMessage,
  encodeControlMessage,
  NOTHING,
  NOTHING_YET,
  readEdgeMessage,
} from "#domain/edge-messages.ts";
import { edgeOfArn } from "#domain/fleet/names.ts";
import type { Caller } from "#domain/names.ts";
import { isRemoved } from "#identity/edge-members.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import {
  type EdgeSubject,
  edgeChangesSince,
  isEdgeRevisionKnown,
  newestEdgeRevision,
  type Revision,
} from "#store/edge-changes.ts";
import { findEdgeMember } from "#store/edge-members.ts";
import { removeAllServing, removeReports, reportedBalancers } from "#store/edge-reports.ts";
import { isSeenSince, putEdge, seeEdge } from "#store/edges.ts";
import type { Db } from "#store/store.ts";
import { applyReport, type EdgeCaller, type ReportDeps } from "./apply-report.ts";
import { presentOfEdge } from "./edge-share.ts";
import { nothingSent, type PresentDeps, presentState, type Sent } from "./present-state.ts";

export interface LinkDeps extends PresentDeps, ReportDeps {
  /** Every load balancer, by ARN, those after `after`. */
  readonly balancerArns: (db: Db, after: LoadBalancerArn | undefined, limit: number) => Promise<LoadBalancerArn[]>;
  /** An edge carries it. */
  readonly markBalancerActive: (db: Db, arn: LoadBalancerArn) => Promise<unknown>;
  /** The next certificate (PEM) of an edge that joined, for its request; undefined for any other edge. */
  readonly renewIdentity?: (edge: EdgeCaller, request: string) => Promise<string | undefined>;
}

/** The control side of one edge's connection. */
export interface Link {
  readonly edge: string;
  /** Resolves when the connection has ended; rejects when it broke, or the edge broke the protocol. */
  readonly ended: Promise<void>;
  /** Something may have changed. */
  wake(): void;
  close(): void;
}

/** Speaks with an edge on a connection that was upgraded and whose caller is proved. */
export function openLink(socket: Duplex, caller: Caller, deps: LinkDeps): Link {
  const edge: EdgeCaller = { name: edgeOfArn(caller.arn), caller };
  let waked = (): void => {};
  let dirty = true;
  const wake = (): void => {
    dirty = true;
    waked();
  };
  /** Until something may have changed: here, or (after a second) on another node. */
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      if (dirty || socket.destroyed) return resolve();
      const timer = setTimeout(resolve, POLL);
      waked = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  socket.once("close", wake);

  let leaving: Promise<void> | undefined;
  /** Whether the edge may take part no longer; then it is told so, and its connection ends soon. */
  const isOut = async (): Promise<boolean> => {
    if (!leaving && (await isRemoved(deps.store, edge.name, caller.accessKeyId))) leaving ??= tellNothing(socket);
    return leaving !== undefined;
  };
  const pulse = keepAlive(socket, () => {
    isOut().catch((error: Error) => socket.destroy(error));
  });
  const speak = async (): Promise<void> => {
    const messages = listen(socket, () => pulse.heard());
    const first = await messages.next();
    if (first.done || first.value.kind !== "hello") throw new FrameError("an edge says hello first");
    const hello = first.value;
    if (hello.edge !== edge.name) throw new FrameError(`the edge ${edge.name} calls itself ${hello.edge}`);
    if (await isOut()) return leaving;
    const state: State = {
      sent: nothingSent(),
      unacknowledged: new Map(),
      revision: undefined,
      acknowledged: hello.revision ?? "",
    };
    const member = await findEdgeMember(deps.store, edge.name);
    // What it followed before it was removed and joined anew was another life's share.
    const known = member && !(await isSeenSince(deps.store, edge.name, member.joinedAt)) ? undefined : hello.revision;
    const now = deps.clock.now().getTime();
    await putEdge(deps.store, {
      edge: edge.name,
      instance: hello.instance,
      connectedAt: now,
      seenAt: now,
      revision: state.acknowledged,
    });
    await removeAllServing(deps.store, edge.name); // it says so behind its hello; what it dropped meanwhile it does not
    const own = { ...deps, ...presentOfEdge(edge.name, member, deps) };
    const follow = async (): Promise<void> => {
      await begin(socket, known, edge, state, own);
      for (;;) {
        await rest();
        if (socket.destroyed) return;
        dirty = false;
        if (await isOut()) return leaving;
        await tellChanges(socket, edge, state, own);
      }
    };
    const hear = async (): Promise<void> => {
      for await (const message of messages) if (!(await isOut())) await obey(message, edge, socket, state, deps);
    };
    await Promise.race([follow(), hear()]);
  };
  const ended = speak()
    .finally(() => {
      pulse.stop();
      socket.destroy();
    })
    .finally(() => {
      if (leaving) throw new FrameError(`the edge ${edge.name} was removed`);
    });
  return { edge: edge.name, ended, wake, close: () => void socket.destroy() };
}

interface State {
  readonly sent: Sent;
  /** What an edge will carry when it acknowledges a revision. */
  readonly unacknowledged: Map<Revision, readonly LoadBalancerArn[]>;
  /** The last change that was told. */
  revision: Revision | undefined;
  /** The last change that the edge has followed. */
  acknowledged: Revision;
}

/** Everything, unless the edge knows a revision from which on nothing is missing. */
async function begin(
  socket: Duplex,
  known: Revision | undefined,
  edge: EdgeCaller,
  state: State,
  deps: LinkDeps,
): Promise<void> {
  const { store } = deps;
  if (known !== undefined && (await isEdgeRevisionKnown(store, known))) {
    state.revision = known;
    return send(socket, { kind: "welcome", resync: false });
  }
  // Read before the state: what changes meanwhile is told again.
  state.revision = await newestEdgeRevision(store);
  await send(socket, { kind: "welcome", resync: true });
  const carried: LoadBalancerArn[] = [];
  for (let after: LoadBalancerArn | undefined; ; ) {
    const arns = await deps.balancerArns(store, after, PAGE);
    for (const loadBalancerArn of arns) {
      for await (const message of presentState({ kind: "balancer", loadBalancerArn }, state.sent, deps)) {
        await send(socket, message);
        if (message.kind === "balancer-put") carried.push(loadBalancerArn);
      }
    }
    after = arns.at(-1);
    if (arns.length < PAGE) break;
  }
  const there = new Set(carried);
  for (const loadBalancerArn of await reportedBalancers(store, edge.name)) {
    if (!there.has(loadBalancerArn)) await forget(loadBalancerArn, edge, deps);
  }
  await synced(socket, carried, state);
}

/**
 * An edge that is to take part no longer forgets everything when it is told that there is nothing. Ends the connection:
 * at once with an edge that reads, soon with any other.
 */
async function tellNothing(socket: Duplex): Promise<void> {
  for (const message of NOTHING) {
    if (!socket.destroyed) socket.write(encodeControlMessage(message));
  }
  const timer = setTimeout(() => socket.destroy(), FAREWELL);
  await new Promise<void>((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", resolve);
    socket.end();
  });
  clearTimeout(timer);
}

async function tellChanges(socket: Duplex, edge: EdgeCaller, state: State, deps: LinkDeps): Promise<void> {
  for (;;) {
    const changes = await edgeChangesSince(deps.store, state.revision, PAGE);
    const last = changes.at(-1);
    if (!last) return;
    const subjects = new Map(changes.map(({ subject }) => [JSON.stringify(subject), subject]));
    const carried: LoadBalancerArn[] = [];
    for (const subject of [...subjects.values()].toSorted(balancersFirst)) {
      for await (const message of presentState(subject, state.sent, deps)) {
        await send(socket, message);
        if (message.kind === "balancer-put") carried.push(message.balancer.arn);
        if (message.kind === "balancer-gone") await forget(message.loadBalancerArn, edge, deps);
      }
    }
    state.revision = last.revision;
    await synced(socket, carried, state);
  }
}

/** What load balancers need comes with them; what none of their listeners has any more can go after them. */
function balancersFirst(one: EdgeSubject, other: EdgeSubject): number {
  return Number(other.kind === "balancer") - Number(one.kind === "balancer");
}

async function synced(socket: Duplex, carried: readonly LoadBalancerArn[], state: State): Promise<void> {
  const revision = state.revision ?? NOTHING_YET;
  const before = state.unacknowledged.get(revision) ?? [];
  if (state.unacknowledged.size > MOST_UNACKNOWLEDGED) throw new FrameError("an edge acknowledges nothing");
  state.unacknowledged.set(revision, [...before, ...carried]);
  await send(socket, { kind: "synced", revision });
}

async function obey(
  message: EdgeMessage,
  edge: EdgeCaller,
  socket: Duplex,
  state: State,
  deps: LinkDeps,
): Promise<void> {
  switch (message.kind) {
    case "hello":
      throw new FrameError("an edge says hello once");
    case "ack": {
      state.acknowledged = message.revision;
      await seeEdge(deps.store, edge.name, deps.clock.now().getTime(), state.acknowledged);
      const carried = state.unacknowledged.get(message.revision) ?? [];
      state.unacknowledged.delete(message.revision);
      for (const arn of carried) await deps.markBalancerActive(deps.store, arn);
      return;
    }
    case "identity-wanted": {
      const chain = await deps.renewIdentity?.(edge, message.request);
      return chain === undefined ? undefined : send(socket, { kind: "identity", chain });
    }
    case "heartbeat":
      return seeEdge(deps.store, edge.name, deps.clock.now().getTime(), state.acknowledged);
    default:
      return applyReport(message, edge, deps);
  }
}

async function forget(loadBalancerArn: LoadBalancerArn, edge: EdgeCaller, { store }: LinkDeps): Promise<void> {
  await store.transaction().execute((tx) => removeReports(tx, { edge: edge.name, loadBalancerArn }));
}

/** What the edge says, in order. Throws FrameError. */
async function* listen(socket: Duplex, heard: () => void): AsyncGenerator<EdgeMessage> {
  const reader = frameReader();
  for await (const chunk of socket) {
    heard();
    for (const frame of reader.push(chunk as Buffer)) {
      const message = readEdgeMessage(frame);
      if (message) yield message;
    }
  }
}

/** Resolves when the other side has room for more. */
async function send(socket: Duplex, message: ControlMessage): Promise<void> {
  if (socket.destroyed || socket.writableEnded || socket.write(encodeControlMessage(message))) return;
  await new Promise<void>((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", resolve);
  });
}

/** Says now and then that we are there, and ends a connection on which the edge does not. */
function keepAlive(socket: Duplex, each: () => void): { heard(): void; stop(): void } {
  let silent = 0;
  const timer = setInterval(() => {
    each();
    if (++silent > MOST_SILENT) socket.destroy(new Error("the edge is silent"));
    else if (!socket.destroyed && !socket.writableEnded) socket.write(encodeControlMessage({ kind: "heartbeat" }));
  }, HEARTBEAT).unref();
  return {
    heard() {
      silent = 0;
    },
    stop: () => clearInterval(timer),
  };
}

const POLL: Millis = SECOND;
const PAGE = 100;
const MOST_UNACKNOWLEDGED = 10_000;
const HEARTBEAT: Millis = 10 * SECOND;
const MOST_SILENT = 3;
/** How long an edge that was removed may take to hear of it. */
const FAREWELL: Millis = SECOND;
