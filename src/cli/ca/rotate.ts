import { addIntermediates, type Rollover, rotateIntermediates, rotateRoot } from "#ca/hierarchies/rotate.ts";
import { ConfigError } from "#main/config-error.ts";
import { AT_FLAG, FAMILY_FLAG, familiesIn, HIERARCHY_FLAG, hierarchyIn, momentIn, onCa } from "./operator.ts";

/** `sealkeeper ca rotate intermediates|root`. */
export function rotateCommand(args: readonly string[]): Promise<number> {
  const flags = { ...HIERARCHY_FLAG, ...FAMILY_FLAG, ...AT_FLAG };
  return onCa(args, 1, flags, async (called, deps) => {
    const [what = ""] = called.words;
    const at = momentIn(called);
    const hierarchy = hierarchyIn(called);
    if (what === "intermediates") {
      const rollover = await rotateIntermediates(hierarchy, { families: familiesIn(called), at }, deps);
      return { value: rollover, text: tellRollover(rollover) };
    }
    if (what !== "root") throw new ConfigError(`"${what}" is neither intermediates nor root`);
    if (called.own["family"] !== undefined)
      throw new ConfigError("--family: a new root has intermediates of every family");
    const rollover = await rotateRoot(hierarchy, { at }, deps);
    return { value: rollover, text: tellRollover(rollover) };
  });
}

/** `sealkeeper ca add`. */
export function addCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 0, { ...HIERARCHY_FLAG, ...FAMILY_FLAG }, async (called, deps) => {
    const made = await addIntermediates(hierarchyIn(called), familiesIn(called), deps);
    return { value: made, text: `${made.join(", ")} ${made.length === 1 ? "stands" : "stand"} by.` };
  });
}

function tellRollover({ successors, at, waitingFor }: Rollover): string {
  if (waitingFor.length === 0) return `${successors.join(", ")} take over at ${at.toISOString()}.`;
  return [
    `${successors.join(", ")} stand by: the keys of ${waitingFor.join(", ")} are offline.`,
    `Have ${waitingFor.join(" and ")} cross-sign the new root (ca ceremony cross), install that, and activate the intermediates.`,
  ].join("\n");
}
