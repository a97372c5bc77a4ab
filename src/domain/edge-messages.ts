import type { CertificateArn, LoadBalancerArn } from "./arn.ts";
import type { EdgeBalancer, EdgeCertificate, TargetReport } from "./edge-config.ts";
import { encodeFrame, type Frame, FrameError } from "./edge-frames.ts";
import { CONTROL_SHAPES, type ControlKind, EDGE_SHAPES, type EdgeKind } from "./edge-shapes.ts";

/** What the control plane tells an edge. */
export type ControlMessage =
  /** First. With `resync`, everything follows, and what was not named before the next `synced` is gone. */
  | { readonly kind: "welcome"; readonly resync: boolean }
  | { readonly kind: "balancer-put"; readonly balancer: EdgeBalancer }
  | { readonly kind: "balancer-gone"; readonly loadBalancerArn: LoadBalancerArn }
  | { readonly kind: "certificate-put"; readonly certificate: EdgeCertificate }
  /** The grant is retired: forget the key, refuse its handshakes, end its connections. */
  | {
      readonly kind: "certificate-gone";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly certificateArn: CertificateArn;
    }
  /** Everything up to `revision` was told. */
  | { readonly kind: "synced"; readonly revision: string }
  | { readonly kind: "heartbeat" };

/** What an edge tells the control plane. */
export type EdgeMessage =
  /** First. `revision` is the last one acknowledged; `instance` names this run of the process. */
  | { readonly kind: "hello"; readonly edge: string; readonly instance: string; readonly revision?: string | undefined }
  | { readonly kind: "ack"; readonly revision: string }
  /** Which versions handshakes get from now on. */
  | {
      readonly kind: "serving";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly certificates: readonly { readonly certificateArn: CertificateArn; readonly serial: string }[];
    }
  | {
      readonly kind: "key-dropped";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly certificateArn: CertificateArn;
      /** How many connections were ended with it. */
      readonly connections: number;
    }
  /** All listeners of a load balancer. */
  | {
      readonly kind: "listening";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly listeners: readonly ListenerReport[];
    }
  /** All targets of a load balancer. */
  | {
      readonly kind: "target-health";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly targets: readonly TargetReport[];
    }
  | { readonly kind: "heartbeat" };

/** Where a listener is bound: not always its own port, which may be taken or forbidden. */
export interface ListenerReport {
  readonly listenerArn: string;
  readonly address: string;
  /** 0 when it is bound nowhere: `error` says why. */
  readonly port: number;
  readonly error?: string | undefined;
}

/** Throws FrameError when the message is too long to be sent. */
export function encodeControlMessage({ kind, ...rest }: ControlMessage): Buffer {
  if (!("certificate" in rest)) return encodeFrame(CONTROL_TYPES[kind], rest);
  const { wrappedDataKey, sealedKey, ...certificate } = rest.certificate;
  const payload = Buffer.alloc(4 + wrappedDataKey.length + sealedKey.length);
  payload.writeUInt32BE(wrappedDataKey.length);
  payload.set(wrappedDataKey, 4);
  payload.set(sealedKey, 4 + wrappedDataKey.length);
  return encodeFrame(CONTROL_TYPES[kind], { certificate }, payload);
}

/** Throws FrameError when the message is too long to be sent. */
export function encodeEdgeMessage({ kind, ...rest }: EdgeMessage): Buffer {
  return encodeFrame(EDGE_TYPES[kind], rest);
}

/** The message in a frame; undefined when it is of a kind that a newer version speaks. Throws FrameError. */
export function readControlMessage(frame: Frame): ControlMessage | undefined {
  const kind = kindOf(CONTROL_TYPES, frame.type);
  if (!kind) return undefined;
  if (!CONTROL_SHAPES[kind](frame.meta)) throw new FrameError(`this is no ${kind}`);
  const message = { kind, ...frame.meta } as ControlMessage;
  return message.kind === "certificate-put"
    ? { kind: message.kind, certificate: { ...message.certificate, ...splitKeys(frame.payload) } }
    : message;
}

/** The message in a frame; undefined when it is of a kind that a newer version speaks. Throws FrameError. */
export function readEdgeMessage(frame: Frame): EdgeMessage | undefined {
  const kind = kindOf(EDGE_TYPES, frame.type);
  if (!kind) return undefined;
  if (!EDGE_SHAPES[kind](frame.meta)) throw new FrameError(`this is no ${kind}`);
  return { kind, ...frame.meta } as EdgeMessage;
}

function splitKeys(payload: Buffer): Pick<EdgeCertificate, "wrappedDataKey" | "sealedKey"> {
  const length = payload.length < 4 ? Number.POSITIVE_INFINITY : payload.readUInt32BE(0);
  if (length > payload.length - 4) throw new FrameError("a certificate came without its keys");
  // Copies: the frame's buffer may be a large one.
  return {
    wrappedDataKey: Buffer.from(payload.subarray(4, 4 + length)),
    sealedKey: Buffer.from(payload.subarray(4 + length)),
  };
}

function kindOf<Kind extends string>(types: Readonly<Record<Kind, number>>, type: number): Kind | undefined {
  return (Object.keys(types) as Kind[]).find((kind) => types[kind] === type);
}

const CONTROL_TYPES: Readonly<Record<ControlKind, number>> = {
  welcome: 1,
  "balancer-put": 2,
  "balancer-gone": 3,
  "certificate-put": 4,
  "certificate-gone": 5,
  synced: 6,
  heartbeat: 7,
};

const EDGE_TYPES: Readonly<Record<EdgeKind, number>> = {
  hello: 65,
  ack: 66,
  serving: 67,
  "key-dropped": 68,
  listening: 69,
  "target-health": 70,
  heartbeat: 71,
};
