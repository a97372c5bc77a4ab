import { certificateRegions } from "#rehearsal/now.ts";
import type { SealkeeperOperation } from "./api.ts";

/** The regions in which the caller's account has certificates: where else to ask. */
export const ListCertificateRegions: SealkeeperOperation<"ListCertificateRegions"> = async (_input, caller, deps) => ({
  Regions: await certificateRegions(caller, deps),
});
