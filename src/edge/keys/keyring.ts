import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import type { CertificateIndex } from "#edge/tls/certificate-choice.ts";
import { type ContextCache, contextCache } from "#edge/tls/context-cache.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import { Entry, type EntryDeps, type KeyringEntry } from "./keyring-entry.ts";
import { nameIndex } from "./name-index.ts";

/** The certificates of one load balancer; their keys are in memory only, and only while they are used. */
export interface Keyring {
  find(certificateArn: CertificateArn): KeyringEntry | undefined;
  /**
   * Those of a listener, the default one first, by their names. It follows every later `put` and `drop`: a listener
   * makes it once for each list of certificates, however many there are.
   */
  index(certificates: readonly CertificateArn[]): CertificateIndex<KeyringEntry>;
  arns(): readonly CertificateArn[];
  /** Adds a certificate, or swaps it: the new version's contexts are built first, connections under the old one go on. */
  put(certificate: EdgeCertificate): void;
  /**
   * Forgets the key at once, and with it the tickets, and ends the connections made under it, now or after `drain`;
   * answers how many, undefined when there is no such certificate.
   */
  drop(certificateArn: CertificateArn, drain?: Millis): number | undefined;
  /** Which serial each certificate is served with. */
  serving(): readonly { readonly certificateArn: CertificateArn; readonly serial: string }[];
}

export interface KeyringDeps extends EntryDeps {
  /** A version is served from now on. */
  readonly onServing: (loadBalancerArn: LoadBalancerArn, certificateArn: CertificateArn, serial: string) => void;
  /** A version that came cannot be decrypted or built; the one before it, if there is one, is served on. */
  readonly onCannotServe: (
    loadBalancerArn: LoadBalancerArn,
    certificateArn: CertificateArn,
    serial: string,
    reason: string,
  ) => void;
}

export function keyring(loadBalancerArn: LoadBalancerArn, deps: KeyringDeps): Keyring {
  const entries = new Map<CertificateArn, Entry>();
  const named = nameIndex<Entry>();
  return {
    find: (arn) => entries.get(arn),
    index(certificates) {
      const [first] = certificates;
      const members = new Set(certificates);
      return {
        named(name) {
          const all = named.of(name);
          if (!all || all.every(({ certificateArn }) => members.has(certificateArn))) return all;
          const ours = all.filter(({ certificateArn }) => members.has(certificateArn));
          return ours.length === 0 ? undefined : ours;
        },
        get standard() {
          return first && entries.get(first);
        },
      };
    },
    arns: () => [...entries.keys()],
    put(certificate) {
      const { certificateArn } = certificate;
      const known = entries.get(certificateArn);
      if (known) return known.put(certificate);
      let { names } = certificate;
      const entry: Entry = new Entry(
        certificate,
        {
          swapped() {
            if (entries.get(certificateArn) !== entry) return;
            named.remove(names, entry);
            names = entry.names;
            named.add(names, entry);
          },
          serving: (serial) => deps.onServing(loadBalancerArn, certificateArn, serial),
          cannotServe: (serial, reason) => deps.onCannotServe(loadBalancerArn, certificateArn, serial, reason),
        },
        deps,
      );
      entries.set(certificateArn, entry);
      named.add(names, entry);
    },
    drop(certificateArn, drain = 0) {
      const entry = entries.get(certificateArn);
      if (!entry) return undefined;
      entries.delete(certificateArn);
      named.remove(entry.names, entry);
      return entry.drop(drain);
    },
    serving: () => [...entries].map(([certificateArn, { serial }]) => ({ certificateArn, serial })),
  };
}

/** The keys that one edge process keeps in memory. */
export function edgeContextCache(deps: { readonly clock: Clock }): ContextCache {
  return contextCache({ most: MOST_CONTEXTS, mostBytes: MOST_BYTES }, deps);
}

const MOST_CONTEXTS = 1_000;
const MOST_BYTES = 64 * 2 ** 20;
