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
  /** When it was put in force and why; undefined for the first, and for one that is not in force yet. */
  readonly rotatedAt: Date | undefined;
  readonly rotation: RotationType | undefined;
  /** Whether it is there. Only imported material may be gone: it ended, or its owner took it away. */
  readonly present: boolean;
  /** What its owner said of imported material. */
  readonly description: string | undefined;
  readonly validTo: Date | undefined;
}

/** What a key does with one of its materials, in KMS's words. */
export type MaterialState = "CURRENT" | "NON_CURRENT" | "PENDING_ROTATION" | "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";

/**
 * The state of a version of the material of a key whose version `current` encrypts. `everywhere`: whether it was imported
 * into each of the related multi-Region keys; it matters only before it is rotated to.
 */
export function materialState(version: number, current: number, everywhere: boolean): MaterialState {
  if (version <= current) return version === current ? "CURRENT" : "NON_CURRENT";
  return everywhere ? "PENDING_ROTATION" : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
}

/** The days between two rotations: a year when it is not said (API_EnableKeyRotation). */
export function readRotationDays(days: number = ROTATION_DAYS.unasked): number {
  const { least, most } = ROTATION_DAYS;
  if (days >= least && days <= most) return days;
  throw new Refusal("key-value-invalid", `RotationPeriodInDays must be between ${least} and ${most} (inclusive).`);
}

const ROTATION_DAYS = { least: 90, most: 2560, unasked: 365 } as const;
