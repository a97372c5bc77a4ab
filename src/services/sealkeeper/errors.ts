import type { ErrorName } from "#aws/service.ts";
import type { RehearsalRefusal } from "#domain/rehearsal/refusals.ts";
import type { SealkeeperSdk } from "./api.ts";

export type SealkeeperRefusal =
  | RehearsalRefusal
  | "certificate-arn-invalid"
  | "certificate-not-found"
  | "page-token-invalid";

export const refusals: Readonly<Record<SealkeeperRefusal, ErrorName<SealkeeperSdk>>> = {
  "certificate-arn-invalid": "InvalidArnException",
  "certificate-not-found": "ResourceNotFoundException",
  "never-rehearsed": "ResourceNotFoundException",
  "page-token-invalid": "InvalidNextTokenException",
};
