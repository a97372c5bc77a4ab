import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer } from "#domain/edge-config.ts";
import { type ControlMessage, encodeControlMessage } from "#domain/edge-messages.ts";
import type { Bound } from "#edge/bind.ts";

/**
 * All that the control plane has told, as frames: what a new worker is told at once, and what is served on from when the
 * control plane is gone. Keys are in it sealed only.
 */
export interface EdgeState {
  /** Takes over what a message says. Answers its frame; undefined when it changes nothing. */
  take(message: ControlMessage): Buffer | undefined;
  /** Frames that bring anybody to this state; sealed things come before the load balancers that need them. */
  snapshot(): readonly Buffer[];
  /** The last revision that was told whole; undefined before the first. */
  readonly revision: string | undefined;
  /** Whether there is such a load balancer. */
  carries(arn: LoadBalancerArn): boolean;
  /** Where listeners belong, by ARN. */
  listeners(): ReadonlyMap<string, Bound>;
  /** Frames with a key or a secret, by `<load balancer> <certificate or secret>`. */
  readonly sealed: ReadonlyMap<string, Buffer>;
  /** The certificates among them. */
  certificates(): Iterable<string>;
  /** The frames that take every key and secret away from who has them. */
  withdrawals(): readonly Buffer[];
  /** How many bytes a snapshot has. */
  readonly bytes: number;
}

export function edgeState(): EdgeState {
  const trustStores = new Map<string, Buffer>();
  const sealed = new Map<string, Buffer>();
  const owned = new Map<LoadBalancerArn, Map<string, ControlMessage>>();
  const balancers = new Map<LoadBalancerArn, Known>();
  let revision: string | undefined;
  let bytes = 0;
  /** Of all listeners, until a load balancer changes. */
  let places: ReadonlyMap<string, Bound> | undefined;
  /** What was named since everything began to be told anew. */
  let named: Set<string> | undefined;

  const put = (into: Map<string, Buffer>, key: string, frame: Buffer): void => {
    bytes += frame.length - (into.get(key)?.length ?? 0);
    into.set(key, frame);
  };
  const remove = (from: Map<string, Buffer>, key: string): void => {
    bytes -= from.get(key)?.length ?? 0;
    from.delete(key);
  };
  const putSealed = (arn: LoadBalancerArn, name: string, frame: Buffer, gone: ControlMessage): void => {
    const key = sealedKey(arn, name);
    put(sealed, key, frame);
    named?.add(key);
    const own = owned.get(arn) ?? new Map<string, ControlMessage>();
    owned.set(arn, own.set(key, gone));
  };
  const removeSealed = (arn: LoadBalancerArn, key: string): void => {
    remove(sealed, key);
    const own = owned.get(arn);
    own?.delete(key);
    if (own?.size === 0) owned.delete(arn);
  };
  const removeBalancer = (arn: LoadBalancerArn): void => {
    bytes -= balancers.get(arn)?.frame.length ?? 0;
    places = undefined;
    balancers.delete(arn);
    for (const key of owned.get(arn)?.keys() ?? []) removeSealed(arn, key);
  };
  const putBalancer = (balancer: EdgeBalancer, frame: Buffer): void => {
    const { arn, address } = balancer;
    const wanted = new Set<string>(balancer.listeners.flatMap(({ certificates }) => certificates));
    bytes += frame.length - (balancers.get(arn)?.frame.length ?? 0);
    places = undefined;
    balancers.set(arn, {
      frame,
      wanted,
      listeners: new Map(balancer.listeners.map((listener) => [listener.arn, { address, port: listener.port }])),
    });
    named?.add(arn);
    // Whoever carries it forgets the certificates that no listener names.
    for (const [key, gone] of owned.get(arn) ?? []) {
      if (gone.kind === "certificate-gone" && !wanted.has(gone.certificateArn)) removeSealed(arn, key);
    }
  };
  const forgetUnnamed = (there: ReadonlySet<string>): void => {
    for (const arn of new Set([...balancers.keys(), ...owned.keys()])) {
      if (!there.has(arn)) removeBalancer(arn);
      for (const key of owned.get(arn)?.keys() ?? []) if (!there.has(key)) removeSealed(arn, key);
    }
    for (const arn of trustStores.keys()) if (!there.has(arn)) remove(trustStores, arn);
  };
  const keep = (message: Telling, frame: Buffer): void => {
    switch (message.kind) {
      case "balancer-put":
        return putBalancer(message.balancer, frame);
      case "balancer-gone":
        return removeBalancer(message.loadBalancerArn);
      case "certificate-put": {
        const { loadBalancerArn: arn, certificateArn } = message.certificate;
        const gone = { kind: "certificate-gone", loadBalancerArn: arn, certificateArn } as const;
        return putSealed(arn, certificateArn, frame, gone);
      }
      case "certificate-gone":
        return removeSealed(message.loadBalancerArn, sealedKey(message.loadBalancerArn, message.certificateArn));
      case "secret-put": {
        const { loadBalancerArn: arn, name } = message.secret;
        return putSealed(arn, name, frame, { kind: "secret-gone", loadBalancerArn: arn, name });
      }
      case "secret-gone":
        return removeSealed(message.loadBalancerArn, sealedKey(message.loadBalancerArn, message.name));
      case "trust-store-put":
        named?.add(message.trustStore.arn);
        return put(trustStores, message.trustStore.arn, frame);
      case "trust-store-gone":
        return remove(trustStores, message.arn);
      case "synced":
        if (named) forgetUnnamed(named);
        named = undefined;
        revision = message.revision;
    }
  };

  /** Certificates and secrets whose load balancer has not been told yet, or not as it is with them. */
  const unsettled = (): [string, Buffer][] =>
    [...owned].flatMap(([arn, own]) => {
      const wanted = balancers.get(arn)?.wanted;
      const isEarly = (gone: ControlMessage): boolean =>
        !wanted || (gone.kind === "certificate-gone" && !wanted.has(gone.certificateArn));
      return [...own]
        .filter(([, gone]) => isEarly(gone))
        .map(([key]) => [key, sealed.get(key) ?? NOTHING] as [string, Buffer]);
    });

  return {
    take(message) {
      if (message.kind === "heartbeat" || message.kind === "identity") return undefined;
      if (message.kind === "welcome") {
        const broken = named !== undefined;
        named = message.resync ? new Set() : undefined;
        return message.resync || broken ? encodeControlMessage(message) : undefined;
      }
      const frame = encodeControlMessage(message);
      keep(message, frame);
      return frame;
    },
    snapshot() {
      const begin = encodeControlMessage({ kind: "welcome", resync: true });
      const early = new Map(unsettled());
      const settled = [...trustStores, ...sealed, ...frames(balancers)].filter(([key]) => !early.has(key));
      const synced = revision === undefined ? [] : [encodeControlMessage({ kind: "synced", revision })];
      const whole = [...settled.map(frameOf), ...synced, ...early.values()];
      const known = whole.length > 0 ? [begin, ...whole] : [];
      if (!named) return known;
      // Everything is being told anew just now: what was not named when that ends is to be forgotten.
      const anew = [...settled, ...early].filter(([key]) => named?.has(key));
      return [...known, begin, ...anew.map(frameOf)];
    },
    get revision() {
      return revision;
    },
    carries: (arn) => balancers.has(arn),
    listeners() {
      places ??= new Map([...balancers.values()].flatMap(({ listeners }) => [...listeners]));
      return places;
    },
    sealed,
    *certificates() {
      for (const own of owned.values()) {
        for (const [key, gone] of own) if (gone.kind === "certificate-gone") yield key;
      }
    },
    withdrawals: () => [...owned.values()].flatMap((own) => [...own.values()].map(encodeControlMessage)),
    get bytes() {
      return bytes;
    },
  };
}

/** A load balancer as it was told last. */
interface Known {
  readonly frame: Buffer;
  readonly listeners: Map<string, Bound>;
  /** The certificates that its listeners name. */
  readonly wanted: ReadonlySet<string>;
}

const NOTHING = Buffer.alloc(0);

/** What changes the state. */
type Telling = Exclude<ControlMessage, { kind: "heartbeat" | "identity" | "welcome" }>;

function* frames(balancers: ReadonlyMap<string, { readonly frame: Buffer }>): Iterable<[string, Buffer]> {
  for (const [arn, { frame }] of balancers) yield [arn, frame];
}

const frameOf = ([, frame]: readonly [string, Buffer]): Buffer => frame;

/** The name of a certificate's or a secret's frame in `sealed`. */
export function sealedKey(loadBalancerArn: LoadBalancerArn, name: CertificateArn | string): string {
  return `${loadBalancerArn} ${name}`;
}
