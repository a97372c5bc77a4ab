import { Refusal } from "#domain/refusal.ts";

/** How often a key's material is replaced by itself. */
export interface Rotation {
  readonly days: number;
  readonly next: Date;
}

/** Why material replaced the one before, in KMS's words. */
export type RotationType = "AUTOMATIC" | "ON_DEMAND";

/** One version of a key's material, as ListKeyRotations shows it. */
export interface MaterialVersion {
  readonly version: number;
  readonly materialId: string;
  readonly createdAt: Date;
  /** Undefined for the first. */
  readonly rotation: RotationType | undefined;
}

/** The days between two rotations: a year when it is not said (API_EnableKeyRotation). */
export function readRotationDays(days: number = ROTATION_DAYS.unasked): number {
  const { least, most } = ROTATION_DAYS;
  if (days >= least && days <= most) return days;
  throw new Refusal("key-value-invalid", `RotationPeriodInDays must be between ${least} and ${most} (inclusive).`);
}

const ROTATION_DAYS = { least: 90, most: 2560, unasked: 365 } as const;
