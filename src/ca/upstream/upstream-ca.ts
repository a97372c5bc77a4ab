import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { ChallengeType } from "#store/tables/upstream.ts";

/** By a record that leads to us, by a page, or by a record that stays (draft-ietf-acme-dns-persist). */
export type ChallengeKind = ChallengeType | "dns-persist-01";

/** A public CA that is reached by ACME (RFC 8555), as it was configured. */
export interface UpstreamCa {
  /** Stands in explanations and beside orders; no two have the same. */
  readonly name: string;
  /** The URL of its directory. */
  readonly directory: string;
  /** PEM of the roots to trust for its HTTPS; undefined: those that Node trusts. */
  readonly trust: string | undefined;
  /** External account binding (RFC 8555 section 7.3.4): what the CA gave to a customer. The key is read when it is used. */
  readonly binding: { readonly keyId: string; readonly readKey: () => PlaintextKey } | undefined;
  /** `mailto:` URLs. */
  readonly contacts: readonly string[];
  /** That its terms of service were read and agreed to. */
  readonly termsAgreed: boolean;
  /** draft-ietf-acme-profiles. */
  readonly profile: string | undefined;
  /** The common name of the issuer at the top of the chain to be taken, where the CA offers several. */
  readonly preferredChain: string | undefined;
  /** What the owner of a domain is to make possible; where the CA does not offer that, another one is taken. */
  readonly challenge: ChallengeKind;
  /** What CAA records must name for it; empty: as its directory says. */
  readonly caaIdentities: readonly string[];
}
