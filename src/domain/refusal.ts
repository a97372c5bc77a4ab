import type { AcmeRefusal } from "./acme/refusals.ts";
import type { BalancerRefusal } from "./balancers/refusals.ts";
import type { CampaignRefusal } from "./campaign/refusals.ts";
import type { CertificateOperationRefusal, CertificateRefusal } from "./certificate/refusals.ts";
import type { EventRefusal } from "./events/refusals.ts";
import type { EvidenceRefusal } from "./evidence/refusals.ts";
import type { FleetRefusal } from "./fleet/refusals.ts";
import type { IdentityRefusal, PrincipalRefusal } from "./identity/refusals.ts";
import type { KeyRefusal } from "./keys/refusals.ts";
import type { HostRefusal, NetworkRefusal } from "./network/refusals.ts";
import type { PolicyRefusal } from "./policies/refusals.ts";
import type { PrivateCaRefusal } from "./private-ca/refusals.ts";
import type { RehearsalRefusal } from "./rehearsal/refusals.ts";
import type { ZoneRefusal } from "./zones/refusals.ts";

/**
 * Every reason Sealkeeper turns a request down, in its own words. Services translate them into AWS
 * error names, one table each (services/<name>/errors.ts); the wire format is the protocol's affair.
 * Anything thrown that is neither a Refusal nor an AwsError is a bug or an outage, and callers see InternalFailure.
 */
export type RefusalCode =
  | AcmeRefusal
  | BalancerRefusal
  | CampaignRefusal
  | CertificateOperationRefusal
  | CertificateRefusal
  | EventRefusal
  | EvidenceRefusal
  | FleetRefusal
  | HostRefusal
  | IdentityRefusal
  | KeyRefusal
  | NetworkRefusal
  | PolicyRefusal
  | PrincipalRefusal
  | PrivateCaRefusal
  | RehearsalRefusal
  | ZoneRefusal;

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  /** `message` is shown to the caller: it states the true reason and what to do, and holds no secret. */
  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
