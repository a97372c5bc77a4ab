import type { CertificateArn, LoadBalancerArn } from "./arn.ts";
import type {
  EdgeBalancer,
  EdgeCertificate,
  EdgeEnvelope,
  EdgeSecret,
  EdgeTrustStore,
  TargetReport,
} from "./edge-config.ts";
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
  | { readonly kind: "secret-put"; readonly secret: EdgeSecret }
  | { readonly kind: "secret-gone"; readonly loadBalancerArn: LoadBalancerArn; readonly name: string }
  | { readonly kind: "trust-store-put"; readonly trustStore: EdgeTrustStore }
  | { readonly kind: "trust-store-gone"; readonly arn: string }
  /** Everything up to `revision` was told. */
  | { readonly kind: "synced"; readonly revision: string }
  /** The renewed certificate of the edge itself, PEM: the answer to `identity-wanted`. */
  | { readonly kind: "identity"; readonly chain: string }
  | { readonly kind: "heartbeat" };

/** The revision of an edge while nothing ever changed. */
export const NOTHING_YET = "0.0.0";
/** There is nothing: an edge that is told so forgets all that it has. */
export const NOTHING: readonly ControlMessage[] = [
  { kind: "welcome", resync: true },
  { kind: "synced", revision: NOTHING_YET },
];

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
  /** A version that came cannot be served; the one before it is served on. */
  | {
      readonly kind: "cannot-serve";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly certificateArn: CertificateArn;
      readonly serial: string;
      readonly reason: string;
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
  /** The certificate by which an edge on another machine proves itself ends before long; `request` is a PKCS#10 request, PEM. */
  | { readonly kind: "identity-wanted"; readonly request: string }
  /** What was measured in the minute that began at `at` (epoch milliseconds). */
  | { readonly kind: "metrics"; readonly at: number; readonly samples: readonly MetricSample[] }
  | { readonly kind: "heartbeat" };

/** One of CloudWatch's metrics of load balancers over one minute. */
export interface MetricSample {
  readonly loadBalancerArn: LoadBalancerArn;
  /** For the metrics that target groups have. */
  readonly targetGroupArn?: string | undefined;
  /** As CloudWatch names it, for example `RequestCount`. */
  readonly name: string;
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

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
  if ("certificate" in rest) {
    const { words, payload } = withoutKeys(rest.certificate);
    return encodeFrame(CONTROL_TYPES[kind], { certificate: words }, payload);
  }
  if ("secret" in rest) {
    const { words, payload } = withoutKeys(rest.secret);
    return encodeFrame(CONTROL_TYPES[kind], { secret: words }, payload);
  }
  if ("trustStore" in rest) {
    const { bundle, revocations, ...trustStore } = rest.trustStore;
    const parts = [bundle, ...revocations];
    const sizes = parts.map(({ length }) => length);
    return encodeFrame(CONTROL_TYPES[kind], { trustStore: { ...trustStore, sizes } }, Buffer.concat(parts));
  }
  return encodeFrame(CONTROL_TYPES[kind], rest);
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
  switch (message.kind) {
    case "certificate-put":
      return { ...message, certificate: { ...message.certificate, ...splitKeys(frame.payload) } };
    case "secret-put":
      return { ...message, secret: { ...message.secret, ...splitKeys(frame.payload) } };
    case "trust-store-put":
      return { ...message, trustStore: splitTrustStore(message.trustStore, frame.payload) };
    default:
      return message;
  }
}

/** The message in a frame; undefined when it is of a kind that a newer version speaks. Throws FrameError. */
export function readEdgeMessage(frame: Frame): EdgeMessage | undefined {
  const kind = kindOf(EDGE_TYPES, frame.type);
  if (!kind) return undefined;
  if (!EDGE_SHAPES[kind](frame.meta)) throw new FrameError(`this is no ${kind}`);
  return { kind, ...frame.meta } as EdgeMessage;
}

/** The ciphertexts apart from what may stand in JSON. */
function withoutKeys<T extends EdgeEnvelope>({
  wrappedDataKey,
  sealedKey,
  ...words
}: T): { words: Omit<T, "wrappedDataKey" | "sealedKey">; payload: Buffer } {
  const payload = Buffer.alloc(4 + wrappedDataKey.length + sealedKey.length);
  payload.writeUInt32BE(wrappedDataKey.length);
  payload.set(wrappedDataKey, 4);
  payload.set(sealedKey, 4 + wrappedDataKey.length);
  return { words, payload };
}

function splitTrustStore(
  words: EdgeTrustStore & { readonly sizes?: readonly number[] },
  payload: Buffer,
): EdgeTrustStore {
  const { arn, version, sizes = [] } = words;
  let at = 0;
  const parts = sizes.map((size) => Buffer.from(payload.subarray(at, (at += size))));
  const [bundle, ...revocations] = parts;
  if (!bundle || at !== payload.length) throw new FrameError("a trust store came without all of its parts");
  return { arn, version, bundle, revocations };
}

function splitKeys(payload: Buffer): Pick<EdgeEnvelope, "wrappedDataKey" | "sealedKey"> {
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
  "secret-put": 8,
  "secret-gone": 9,
  "trust-store-put": 10,
  "trust-store-gone": 11,
  identity: 12,
};

const EDGE_TYPES: Readonly<Record<EdgeKind, number>> = {
  hello: 65,
  ack: 66,
  serving: 67,
  "key-dropped": 68,
  listening: 69,
  "target-health": 70,
  heartbeat: 71,
  "cannot-serve": 72,
  metrics: 73,
  "identity-wanted": 74,
};
