import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { CertificateArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import { DEFAULT_TLS_POLICY, type TlsPolicy, tlsPolicy } from "#domain/tls/policies.ts";
import type { Choosable, KeyType } from "#edge/tls/certificate-choice.ts";
import type { ContextCache, Contexts } from "#edge/tls/context-cache.ts";
import { closeContext, leafKeyType, renewTicketKeys, secureContext } from "#edge/tls/secure-contexts.ts";
import { type TicketSeed, ticketKeys } from "#edge/tls/ticket-keys.ts";
import { backoff } from "#lib/backoff.ts";
import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { openEnvelope } from "./envelope.ts";
import type { Kms } from "./kms.ts";
import { limited } from "./limit.ts";
import { perTurn } from "./per-turn.ts";

/** What a context is made for: it carries a listener's policy, tickets and demands on clients. */
export interface ContextUse {
  readonly listenerArn: string;
  readonly policy: TlsPolicy;
  /** Undefined: clients are not asked for certificates. */
  readonly mutual?: ContextMutual | undefined;
}

/** What mutual authentication means to a context. */
export interface ContextMutual {
  /** Another one wherever anything differs. */
  readonly key: string;
  /** PEM of the CAs that clients are told of. */
  readonly advertised: readonly string[];
}

/** A certificate on one load balancer, whichever version of it is served. */
export interface KeyringEntry extends Choosable {
  readonly certificateArn: CertificateArn;
  /** Of the version that is served: lower-case hexadecimal. */
  readonly serial: string;
  /** The context for a handshake if it is in memory. */
  ready(use: ContextUse): SecureContext | undefined;
  /** The context for a handshake. Rejects with KeyRefused or KeyGone, or with what keeps KMS from being asked. */
  context(use: ContextUse): Promise<SecureContext>;
  /** Opens the key before a client needs it, unless memory is full. */
  prefetch(use: ContextUse): void;
  /** A listener is gone: what was made for it is not kept. */
  forget(listenerArn: string): void;
  /** Counts a connection as made under this key: it ends when the key is dropped. */
  track(connection: Socket): void;
}

export interface EntryDeps {
  readonly kms: Kms;
  readonly cache: ContextCache;
  readonly timers: Timers;
  readonly tickets: TicketSeed;
  readonly onError: (what: string, error: unknown) => void;
}

/** Who is told what becomes of the versions of an entry. */
export interface EntryHearer {
  /** The version in use changed: its names may be others. */
  swapped(): void;
  serving(serial: string): void;
  /** A version that came cannot be served: once for each version. The one before it is served on. */
  cannotServe(serial: string, reason: string): void;
}

interface Version {
  certificate: EdgeCertificate;
  contexts: Contexts | undefined;
  keyType: KeyType | undefined;
  reported: boolean;
}

/** Sets and maps are made when something goes into them: there may be a hundred thousand entries of which few are used. */
export class Entry implements KeyringEntry {
  #current: Version;
  /** A newer version whose contexts are being built. */
  #next: Version | undefined;
  #dropped = false;
  /** By listener. */
  #uses: Map<string, ContextUse> | undefined;
  #connections: Set<Socket> | undefined;
  #unsubscribe: (() => void) | undefined;
  readonly #hearer: EntryHearer;
  readonly #deps: EntryDeps;

  constructor(certificate: EdgeCertificate, hearer: EntryHearer, deps: EntryDeps) {
    this.#deps = deps;
    this.#hearer = hearer;
    this.#current = versionOf(certificate);
  }

  get certificateArn(): CertificateArn {
    return this.#current.certificate.certificateArn;
  }

  get names(): readonly string[] {
    return this.#current.certificate.names;
  }

  /** Read from the certificate when it is first asked for: only names with several certificates need it. */
  get keyType(): KeyType {
    this.#current.keyType ??= keyTypeOf(this.#current.certificate);
    return this.#current.keyType;
  }

  get serial(): string {
    return this.#current.certificate.serial;
  }

  ready(use: ContextUse): SecureContext | undefined {
    return this.#dropped ? undefined : this.#current.contexts?.ready(nameOf(use));
  }

  context(use: ContextUse): Promise<SecureContext> {
    return this.#contextOf(this.#current, use);
  }

  prefetch(use: ContextUse): void {
    if (this.#deps.cache.full || this.#current.contexts?.names().includes(nameOf(use))) return;
    const version = this.#current;
    this.context(use).then(
      () => version === this.#current && !this.#dropped && this.#hearer.serving(this.serial),
      (error: unknown) => {
        if (version === this.#current && !this.#dropped) this.#cannotServe(version, error);
        this.#deps.onError(`the key of ${this.certificateArn} cannot be opened`, error);
      },
    );
  }

  forget(listenerArn: string): void {
    const use = this.#uses?.get(listenerArn);
    if (!use) return;
    this.#uses?.delete(listenerArn);
    this.#current.contexts?.forget(nameOf(use));
    this.#next?.contexts?.forget(nameOf(use));
  }

  track(connection: Socket): void {
    if (this.#dropped) return void connection.destroy();
    this.#connections ??= new Set();
    const connections = this.#connections;
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  }

  put(certificate: EdgeCertificate): void {
    const newest = this.#next ?? this.#current;
    if (isSameVersion(certificate, newest.certificate)) {
      const granted = newest.certificate.grantToken !== certificate.grantToken;
      newest.certificate = certificate;
      if (granted) this.#renewTickets(); // what was given out under the grant before does not come back
      return;
    }
    this.#next?.contexts?.close();
    const next = versionOf(certificate);
    this.#next = next;
    void this.#swap(next, 0);
  }

  /** Answers how many connections end: at once, or after `drain`. */
  drop(drain: Millis): number {
    this.#dropped = true;
    this.#unsubscribe?.();
    this.#current.contexts?.close();
    this.#next?.contexts?.close();
    this.#next = undefined;
    const connections = this.#connections ?? new Set();
    const destroy = (): void => {
      for (const connection of connections) connection.destroy();
    };
    const count = connections.size;
    if (drain > 0 && count > 0) this.#deps.timers.after(drain, destroy);
    else destroy();
    return count;
  }

  /** Until the new version's contexts are there, the old one is served. */
  async #swap(next: Version, attempts: number): Promise<void> {
    const names = new Set(this.#current.contexts?.names());
    const uses = [...(this.#uses?.values() ?? [])].filter((use) => names.has(nameOf(use)));
    try {
      if (uses.length > 0) await Promise.all(uses.map((use) => this.#contextOf(next, use)));
      else await this.#tryOut(next);
    } catch (error) {
      if (this.#next !== next) return;
      this.#cannotServe(next, error);
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
    old.contexts?.close();
    this.#hearer.swapped();
    this.#hearer.serving(this.serial);
  }

  #cannotServe(version: Version, error: unknown): void {
    if (version.reported) return;
    version.reported = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#hearer.cannotServe(version.certificate.serial, reason);
  }

  /** Nobody uses the certificate at this moment: its new version is built once all the same, so that `serving` is true. */
  async #tryOut({ certificate }: Version): Promise<void> {
    const policy = tlsPolicy(DEFAULT_TLS_POLICY);
    if (policy) closeContext(await this.#build(certificate, { listenerArn: "", policy }));
  }

  #contextOf(version: Version, use: ContextUse): Promise<SecureContext> {
    this.#uses ??= new Map();
    const before = this.#uses.get(use.listenerArn);
    const name = nameOf(use);
    if (before && before !== use && nameOf(before) !== name) version.contexts?.forget(nameOf(before));
    this.#uses.set(use.listenerArn, use);
    this.#unsubscribe ??= this.#deps.tickets.onRotation(() => this.#renewTickets());
    version.contexts ??= this.#deps.cache.contexts();
    return version.contexts.of(name, bytesOf(version.certificate, use), () => this.#build(version.certificate, use));
  }

  #build(certificate: EdgeCertificate, use: ContextUse): Promise<SecureContext> {
    return decrypting(async () => {
      using key = await openEnvelope(certificate, this.#deps.kms);
      await building();
      const keys = ticketKeys({ ...certificate, ...use }, this.#deps.tickets);
      const context = secureContext({
        policy: use.policy,
        chain: certificate.chain,
        pkcs8: key.bytes,
        ticketKeys: keys,
        session: `${use.listenerArn} ${certificate.certificateArn}`,
        advertised: use.mutual?.advertised,
      });
      keys.fill(0);
      return context;
    });
  }

  #renewTickets(): void {
    for (const version of [this.#current, this.#next]) {
      version?.contexts?.each((name, context) => {
        const use = [...(this.#uses?.values() ?? [])].find((one) => nameOf(one) === name);
        if (!use) return;
        const keys = ticketKeys({ ...version.certificate, ...use }, this.#deps.tickets);
        renewTicketKeys(context, keys);
        keys.fill(0);
      });
    }
  }
}

function versionOf(certificate: EdgeCertificate): Version {
  return { certificate, contexts: undefined, keyType: undefined, reported: false };
}

function keyTypeOf({ chain }: EdgeCertificate): KeyType {
  try {
    return leafKeyType(chain);
  } catch {
    return "other"; // building a context tells what is wrong
  }
}

/**
 * A serial number is no proof: whoever imports certificates may give two of them the same. And the same leaf gets another
 * chain when the CA's roots roll over.
 */
function isSameVersion(one: EdgeCertificate, other: EdgeCertificate): boolean {
  return (
    one.serial === other.serial && one.chain === other.chain && Buffer.compare(one.sealedKey, other.sealedKey) === 0
  );
}

function nameOf({ listenerArn, policy, mutual }: ContextUse): string {
  return mutual ? `${listenerArn} ${policy.name} ${mutual.key}` : `${listenerArn} ${policy.name}`;
}

/** What a context takes (24.21, measured over 2,000): an SSL_CTX, and what OpenSSL makes of certificates. */
function bytesOf({ chain }: EdgeCertificate, { mutual }: ContextUse): number {
  let pem = chain.length;
  for (const ca of mutual?.advertised ?? []) pem += ca.length;
  return CONTEXT_BYTES + PER_PEM_BYTE * pem;
}

/** Decrypt calls of this process under way at once. */
const decrypting = limited(8);
/** Building a context takes a third of a millisecond during which nothing else is done. */
const building = perTurn(2);
const RETRY = { first: SECOND, most: MINUTE };
const CONTEXT_BYTES = 33 * 1024;
const PER_PEM_BYTE = 5;
