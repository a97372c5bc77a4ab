import type { ErrorName } from "#aws/service.ts";
import type { FleetRefusal } from "#domain/fleet/refusals.ts";
import type { RehearsalRefusal } from "#domain/rehearsal/refusals.ts";
import type { SealkeeperSdk } from "./api.ts";

export type SealkeeperRefusal =
  | FleetRefusal
  | RehearsalRefusal
  | "certificate-arn-invalid"
  | "certificate-not-found"
  | "page-token-invalid";

export const refusals: Readonly<Record<SealkeeperRefusal, ErrorName<SealkeeperSdk>>> = {
  "certificate-arn-invalid": "InvalidArnException",
  "certificate-not-found": "ResourceNotFoundException",
  "edge-input-invalid": "InvalidParameterException",
  "edge-name-used": "ConflictException",
  "edge-not-found": "ResourceNotFoundException",
  "edge-not-yours": "AccessDeniedException",
  "edge-token-invalid": "AccessDeniedException",
  "edge-token-not-found": "ResourceNotFoundException",
  "fleet-closed": "InvalidStateException",
  "never-rehearsed": "ResourceNotFoundException",
  "page-token-invalid": "InvalidNextTokenException",
};
