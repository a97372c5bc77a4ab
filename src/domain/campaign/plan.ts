import type { ExposureClass, Fate } from "./item.ts";

/** What a campaign found when it was planned. */
export interface Plan {
  readonly certificates: number;
  readonly fates: Readonly<Record<Fate, number>>;
  readonly exposures: Readonly<Record<ExposureClass, number>>;
  /** How often they are attached to something. */
  readonly uses: number;
  /** How many are validated by e-mail: somebody must approve their replacement. */
  readonly needApproval: number;
}

export interface Planned {
  readonly fate: Fate;
  readonly exposure: ExposureClass;
  readonly uses: number;
  readonly needsApproval: boolean;
}

export const NO_PLAN: Plan = {
  certificates: 0,
  fates: {
    REPLACE_THEN_SEE: 0,
    REPLACE_THEN_EXPORT: 0,
    REPLACE: 0,
    CLIENT_RENEWS: 0,
    OWNER_IMPORTS: 0,
    NOTHING: 0,
  },
  exposures: { EXPORTED_AND_SERVED: 0, SERVED: 0, EXPORTED: 0, ATTACHED: 0, UNUSED: 0 },
  uses: 0,
  needApproval: 0,
};

export function addToPlan(plan: Plan, { fate, exposure, uses, needsApproval }: Planned): Plan {
  const isReplaced = fate === "REPLACE" || fate === "REPLACE_THEN_EXPORT" || fate === "REPLACE_THEN_SEE";
  return {
    certificates: plan.certificates + 1,
    fates: { ...plan.fates, [fate]: plan.fates[fate] + 1 },
    exposures: { ...plan.exposures, [exposure]: plan.exposures[exposure] + 1 },
    uses: plan.uses + uses,
    needApproval: plan.needApproval + (needsApproval && isReplaced ? 1 : 0),
  };
}

/** How many of them begin work here, one after the other at the rate of the campaign. */
export function toBegin({ certificates, fates }: Plan): number {
  return certificates - fates.OWNER_IMPORTS - fates.NOTHING;
}
