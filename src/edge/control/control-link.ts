import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Duplex } from "node:stream";
import { EDGE_PATH, EDGE_PROTOCOL, type Frame, frameReader } from "#domain/edge-frames.ts";
import {
  type ControlMessage,
  type EdgeMessage,
  encodeEdgeMessage,
  NOTHING,
  readControlMessage,
} from "#domain/edge-messages.ts";
import { backoff } from "#lib/backoff.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { type AccessKey, signRequest } from "#lib/sigv4-signer.ts";
import type { Timers } from "#lib/timers.ts";
import { type ControlPoint, endpointsOf, tlsOptions } from "./control-point.ts";

/** The one connection of an edge to the control plane, made anew whenever it is lost. */
export interface ControlLink {
  /** Sends a message if there is a connection. What is lost with one is told again by `onConnect` of the next. */
  tell(message: EdgeMessage): void;
  /** Ends the connection and makes another. */
  reset(): void;
  stop(): void;
}

export interface ControlLinkDeps extends ControlPoint {
  readonly accessKey: AccessKey;
  readonly clock: Clock;
  readonly timers: Timers;
  /** What is said first on a new connection. */
  readonly onConnect: () => readonly EdgeMessage[];
  /** One message after the other: the next is read when this one is done with. */
  readonly onMessage: (message: ControlMessage) => Promise<void>;
  /** A message that cannot be read is passed over: what is wrong with one load balancer must not keep all others waiting. */
  readonly onUnreadable: (error: unknown) => void;
  /** A connection could not be made, or was lost. */
  readonly onLoss: (error: unknown) => void;
}

export function keepLink(deps: ControlLinkDeps): ControlLink {
  const stopping = new AbortController();
  const { signal } = stopping;
  let line: Duplex | undefined;

  const endpoints = endpointsOf(deps);
  const keep = async (): Promise<void> => {
    for (let failures = 0, turn = 0; !signal.aborted; turn++) {
      const endpoint = endpoints[turn % endpoints.length] ?? deps.endpoint;
      try {
        const { socket, head } = await connect(endpoint, deps, signal);
        line = socket;
        for (const message of deps.onConnect()) socket.write(encodeEdgeMessage(message));
        const begun = (): void => {
          failures = 0;
        };
        await converse(socket, head, begun, deps);
      } catch (error) {
        if (!signal.aborted) deps.onLoss(error);
        if (error instanceof RemovedError) for (const message of NOTHING) await deps.onMessage(message);
      }
      line = undefined;
      failures++;
      // Every node is asked once before there is a longer pause.
      const rounds = Math.ceil(failures / endpoints.length);
      await pause(backoff(rounds, RETRY), signal, deps.timers);
    }
  };
  void keep();
  return {
    tell(message) {
      line?.write(encodeEdgeMessage(message));
    },
    reset: () => void line?.destroy(),
    stop() {
      stopping.abort();
      line?.destroy();
    },
  };
}

function connect(
  endpoint: URL,
  { accessKey, clock, ...point }: ControlLinkDeps,
  signal: AbortSignal,
): Promise<{ socket: Duplex; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const signed = signRequest(
      { method: "GET", path: EDGE_PATH, headers: { host: endpoint.host }, body: new Uint8Array() },
      accessKey,
      { service: "sealkeeper", region: SCOPE_REGION },
      clock.now(),
    );
    const request = (endpoint.protocol === "https:" ? requestHttps : requestHttp)(new URL(EDGE_PATH, endpoint), {
      agent: false,
      signal,
      headers: { ...signed, connection: "Upgrade", upgrade: EDGE_PROTOCOL },
      ...(endpoint.protocol === "https:" ? tlsOptions(point) : {}),
    } as object);
    request.setTimeout(SILENCE, () => request.destroy(new Error("the control plane does not answer")));
    request.on("error", reject);
    request.on("response", ({ statusCode }) => {
      const isRemoved = statusCode === GONE && point.identity !== undefined;
      reject(
        isRemoved ? new RemovedError() : new Error(`the control plane answered ${statusCode} instead of speaking`),
      );
      request.destroy();
    });
    request.on("upgrade", (_response: IncomingMessage, socket: Duplex, head: Buffer) => resolve({ socket, head }));
    request.end();
  });
}

/** The control plane, proved by its certificate, says that this edge is none of its edges any more. */
class RemovedError extends Error {
  override readonly message = "this edge was removed: all that it had is forgotten";
}
const GONE = 410;

/** Resolves when the connection has ended, rejects when it broke or the other side breaks the protocol. */
async function converse(socket: Duplex, head: Buffer, begun: () => void, deps: ControlLinkDeps): Promise<void> {
  const reader = frameReader();
  let heard = deps.clock.now().getTime();
  const beat = (): void => {
    if (deps.clock.now().getTime() - heard > SILENCE) {
      socket.destroy(new Error("the control plane is silent"));
      return;
    }
    socket.write(encodeEdgeMessage({ kind: "heartbeat" }));
    cancel = deps.timers.after(HEARTBEAT, beat);
  };
  let cancel = deps.timers.after(HEARTBEAT, beat);
  try {
    if (head.length > 0) socket.unshift(head);
    for await (const chunk of socket) {
      heard = deps.clock.now().getTime();
      for (const frame of reader.push(chunk as Buffer)) {
        const message = read(frame, deps);
        if (message?.kind === "welcome") begun();
        if (message) await deps.onMessage(message);
      }
    }
  } finally {
    cancel();
    socket.destroy();
  }
}

function read(frame: Frame, { onUnreadable }: ControlLinkDeps): ControlMessage | undefined {
  try {
    return readControlMessage(frame);
  } catch (error) {
    onUnreadable(error);
    return undefined;
  }
}

function pause(length: Millis, signal: AbortSignal, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = timers.after(length, resolve);
    signal.addEventListener(
      "abort",
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
}

/** Edges are of no region; a signature's scope needs one. */
const SCOPE_REGION = "us-east-1";
/** A node that comes back is found again within a second: what was detached meanwhile must end. */
const RETRY = { first: 100, most: SECOND };
const HEARTBEAT: Millis = 10 * SECOND;
const SILENCE: Millis = 30 * SECOND;
