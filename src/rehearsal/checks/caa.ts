import { AUTHORITIES, type AuthorityDeps } from "#lifecycle/authorities/index.ts";
import { type CaaDeps, checkCaa } from "#lifecycle/proof/check-caa.ts";
import { type Check, failed, passed } from "#rehearsal/check.ts";

/** Whether the CAA records of its names let its CA issue. */
export const caa: Check<CaaDeps & AuthorityDeps> = {
  name: "CAA",
  async look({ state }, deps) {
    const ca = state.authority === null ? undefined : AUTHORITIES[state.authority];
    if (!ca?.caaIssuer || (state.authority === "upstream" && !deps.upstream)) return [];
    const { kind, problem = "", lookups } = await checkCaa(state.names, ca.caaIssuer(state, deps), deps);
    return kind === "permitted" ? passed("No CAA record is against it.") : failed(problem, { lookups });
  },
};
