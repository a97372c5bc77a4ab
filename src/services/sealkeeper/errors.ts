import type { ErrorName } from "#aws/service.ts";
import type { CampaignRefusal } from "#domain/campaign/refusals.ts";
import type { FleetRefusal } from "#domain/fleet/refusals.ts";
import type { HostRefusal, NetworkRefusal } from "#domain/network/refusals.ts";
import type { RehearsalRefusal } from "#domain/rehearsal/refusals.ts";
import type { SealkeeperSdk } from "./api.ts";

export type SealkeeperRefusal =
  | CampaignRefusal
  | FleetRefusal
  | HostRefusal
  | RehearsalRefusal
  | Extract<
      NetworkRefusal,
      | "group-id-malformed"
      | "group-not-found"
      | "host-id-malformed"
      | "host-not-found"
      | "network-tags-too-many"
      | "network-value-invalid"
      | "subnet-id-malformed"
      | "subnet-missing"
    >
  | "certificate-arn-invalid"
  | "certificate-not-found"
  | "page-token-invalid";

export const refusals: Readonly<Record<SealkeeperRefusal, ErrorName<SealkeeperSdk>>> = {
  "campaign-empty": "InvalidStateException",
  "campaign-input-invalid": "InvalidParameterException",
  "campaign-issuer-still-signs": "ConflictException",
  "campaign-not-found": "ResourceNotFoundException",
  "campaign-not-yours": "AccessDeniedException",
  "campaign-state-forbids": "InvalidStateException",
  "certificate-arn-invalid": "InvalidArnException",
  "certificate-not-found": "ResourceNotFoundException",
  "edge-input-invalid": "InvalidParameterException",
  "edge-name-used": "ConflictException",
  "edge-not-found": "ResourceNotFoundException",
  "edge-not-yours": "AccessDeniedException",
  "edge-token-invalid": "AccessDeniedException",
  "edge-token-not-found": "ResourceNotFoundException",
  "fleet-closed": "InvalidStateException",
  "group-id-malformed": "InvalidParameterException",
  "group-not-found": "ResourceNotFoundException",
  "host-exists": "ConflictException",
  "host-id-malformed": "InvalidParameterException",
  "host-input-invalid": "InvalidParameterException",
  "host-not-found": "ResourceNotFoundException",
  "hosts-too-many": "LimitExceededException",
  "network-tags-too-many": "InvalidParameterException",
  "network-value-invalid": "InvalidParameterException",
  "never-rehearsed": "ResourceNotFoundException",
  "page-token-invalid": "InvalidNextTokenException",
  "subnet-id-malformed": "InvalidParameterException",
  "subnet-missing": "ResourceNotFoundException",
};
