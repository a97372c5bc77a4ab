import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import type { TlsPolicy } from "#domain/tls/policies.ts";
import type { Choosable, KeyType } from "#edge/tls/certificate-choice.ts";
import { type ContextCache, type Contexts, contextCache } from "#edge/tls/context-cache.ts";
import { leafKeyType, secureContext } from "#edge/tls/secure-contexts.ts";
import { backoff } from "#lib/backoff.ts";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { openEnvelope } from "./envelope.ts";
import type { Kms } from "./kms.ts";
import { limited } from "./limit.ts";

/** What a context is made for: it carries a listener's policy and tickets. */
export interface ContextUse {
  readonly listenerArn: string;
  readonly policy: TlsPolicy;
}

/** A certificate on one load balancer, whichever version of it is served. */
export interface KeyringEntry extends Choosable {
  readonly certificateArn: CertificateArn;
  /** The context for a handshake. Rejects with KeyRefused or KeyGone, or with what keeps KMS from being asked. */
  context(use: ContextUse): Promise<SecureContext>;
  /** Opens the key before a client needs it, unless memory is full. */
  prefetch(use: ContextUse): void;
  /** A listener is gone: what was made for it is not kept. */
  forget(listenerArn: string): void;
  /** Counts a connection as made under this key: it ends when the key is dropped. */
  track(connection: Socket): void;
}

/** The certificates of one load balancer; their keys are in memory only, and only while they are used. */
export interface Keyring {
  find(certificateArn: CertificateArn): KeyringEntry | undefined;
  /** Grows with every change of `find`'s answers: what was derived from them is to be derived anew. */
  readonly generation: number;
  arns(): readonly CertificateArn[];
  /** Adds a certificate, or swaps it: the new version's contexts are built first, connections under the old one go on. */
  put(certificate: EdgeCertificate): void;
  /** Forgets the key at once and ends the connections made under it; answers how many, undefined when there was none. */
  drop(certificateArn: CertificateArn): number | undefined;
  /** Which serial each certificate is served with. */
  serving(): readonly { readonly certificateArn: CertificateArn; readonly serial: string }[];
}

export interface KeyringDeps {
  readonly kms: Kms;
  readonly cache: ContextCache;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A version is served from now on. */
  readonly onServing: (loadBalancerArn: LoadBalancerArn, certificateArn: CertificateArn, serial: string) => void;
  readonly onError: (what: string, error: unknown) => void;
}

export function keyring(loadBalancerArn: LoadBalancerArn, deps: KeyringDeps): Keyring {
  const entries = new Map<CertificateArn, Entry>();
  let generation = 0;
  return {
    find: (arn) => entries.get(arn),
    get generation() {
      return generation;
    },
    arns: () => [...entries.keys()],
    put(certificate) {
      const known = entries.get(certificate.certificateArn);
      if (known) return known.put(certificate);
      const onServing = (serial: string): void => {
        generation++;
        deps.onServing(loadBalancerArn, certificate.certificateArn, serial);
      };
      entries.set(certificate.certificateArn, new Entry(certificate, onServing, deps));
      generation++;
    },
    drop(certificateArn) {
      const entry = entries.get(certificateArn);
      if (!entry) return undefined;
      entries.delete(certificateArn);
      generation++;
      return entry.drop();
    },
    serving: () => [...entries].map(([certificateArn, { serial }]) => ({ certificateArn, serial })),
  };
}

/** How many contexts one edge keeps: about 40 kB each. */
export function edgeContextCache(deps: { readonly clock: Clock }): ContextCache {
  return contextCache(MOST_CONTEXTS, deps);
}

interface Version {
  certificate: EdgeCertificate;
  readonly keyType: KeyType;
  readonly contexts: Contexts;
}

class Entry implements KeyringEntry {
  #current: Version;
  /** A newer version whose contexts are being built. */
  #next: Version | undefined;
  #dropped = false;
  /** By listener. */
  readonly #uses = new Map<string, ContextUse>();
  /** Per listener: a ticket is worth nothing elsewhere, nor once the key was dropped. */
  readonly #tickets = new Map<string, Buffer>();
  readonly #connections = new Set<Socket>();
  readonly #onServing: (serial: string) => void;
  readonly #deps: KeyringDeps;

  constructor(certificate: EdgeCertificate, onServing: (serial: string) => void, deps: KeyringDeps) {
    this.#deps = deps;
    this.#onServing = onServing;
    this.#current = this.#version(certificate);
  }

  get certificateArn(): CertificateArn {
    return this.#current.certificate.certificateArn;
  }

  get names(): readonly string[] {
    return this.#current.certificate.names;
  }

  get keyType(): KeyType {
    return this.#current.keyType;
  }

  get serial(): string {
    return this.#current.certificate.serial;
  }

  context(use: ContextUse): Promise<SecureContext> {
    return this.#contextOf(this.#current, use);
  }

  prefetch(use: ContextUse): void {
    if (this.#deps.cache.full || this.#current.contexts.names().includes(nameOf(use))) return;
    const { serial } = this;
    this.context(use).then(
      () => serial === this.serial && !this.#dropped && this.#onServing(serial),
      (error: unknown) => this.#deps.onError(`the key of ${this.certificateArn} cannot be opened`, error),
    );
  }

  forget(listenerArn: string): void {
    const use = this.#uses.get(listenerArn);
    if (!use) return;
    this.#uses.delete(listenerArn);
    this.#current.contexts.forget(nameOf(use));
    this.#next?.contexts.forget(nameOf(use));
    this.#tickets.delete(listenerArn);
  }

  track(connection: Socket): void {
    if (this.#dropped) return void connection.destroy();
    this.#connections.add(connection);
    connection.once("close", () => this.#connections.delete(connection));
  }

  put(certificate: EdgeCertificate): void {
    const newest = this.#next ?? this.#current;
    if (isSameVersion(certificate, newest.certificate)) {
      newest.certificate = certificate; // perhaps under another grant
      return;
    }
    this.#next?.contexts.close();
    const next = this.#version(certificate);
    this.#next = next;
    void this.#swap(next, 0);
  }

  drop(): number {
    this.#dropped = true;
    this.#current.contexts.close();
    this.#next?.contexts.close();
    this.#next = undefined;
    for (const keys of this.#tickets.values()) keys.fill(0);
    const count = this.#connections.size;
    for (const connection of this.#connections) connection.destroy();
    return count;
  }

  /** Until the new version's contexts are there, the old one is served. */
  async #swap(next: Version, attempts: number): Promise<void> {
    const names = new Set(this.#current.contexts.names());
    const uses = [...this.#uses.values()].filter((use) => names.has(nameOf(use)));
    try {
      await Promise.all(uses.map((use) => this.#contextOf(next, use)));
    } catch (error) {
      if (this.#next !== next) return;
      this.#deps.onError(`the new version of ${this.certificateArn} cannot be served yet`, error);
      this.#deps.timers.after(backoff(attempts + 1, RETRY), () => {
        if (this.#next === next) void this.#swap(next, attempts + 1);
      });
      return;
    }
    if (this.#next !== next) return;
    const old = this.#current;
    this.#current = next;
    this.#next = undefined;
    old.contexts.close();
    this.#onServing(this.serial);
  }

  #contextOf(version: Version, use: ContextUse): Promise<SecureContext> {
    const before = this.#uses.get(use.listenerArn);
    if (before && before.policy !== use.policy) version.contexts.forget(nameOf(before));
    this.#uses.set(use.listenerArn, use);
    return version.contexts.of(nameOf(use), () =>
      decrypting(async () => {
        using key = await openEnvelope(version.certificate, this.#deps.kms);
        return secureContext({
          policy: use.policy,
          chain: version.certificate.chain,
          pkcs8: key.bytes,
          ticketKeys: this.#ticketKeys(use.listenerArn),
          session: `${use.listenerArn} ${this.certificateArn}`,
        });
      }),
    );
  }

  #ticketKeys(listenerArn: string): Buffer {
    const known = this.#tickets.get(listenerArn);
    if (known) return known;
    const keys = randomBytes(48);
    this.#tickets.set(listenerArn, keys);
    return keys;
  }

  #version(certificate: EdgeCertificate): Version {
    return { certificate, keyType: leafKeyType(certificate.chain), contexts: this.#deps.cache.contexts() };
  }
}

/** A serial number is no proof: whoever imports certificates may give two of them the same. */
function isSameVersion(one: EdgeCertificate, other: EdgeCertificate): boolean {
  return one.serial === other.serial && Buffer.compare(one.sealedKey, other.sealedKey) === 0;
}

function nameOf({ listenerArn, policy }: ContextUse): string {
  return `${listenerArn} ${policy.name}`;
}

/** Decrypt calls of this process under way at once. */
const decrypting = limited(8);
const MOST_CONTEXTS = 1_000;
const RETRY = { first: SECOND, most: MINUTE };
