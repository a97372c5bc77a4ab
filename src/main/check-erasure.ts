import { tryErasure } from "#edge/keys/erasure.ts";
import type { Logger } from "./log.ts";
import { countInOwnMemory } from "./own-memory.ts";

/** Tries whether dropped keys leave the memory of this runtime, and says so. True when it was seen. */
export async function checkErasure({
  required,
  log,
}: {
  readonly required: boolean;
  readonly log: Logger;
}): Promise<boolean> {
  const { erases, reason } = await tryErasure(countInOwnMemory);
  const facts = { runtime: process.version, openssl: process.versions.openssl };
  if (erases === true) log.info(facts, reason);
  else if (required)
    log.fatal(facts, `${reason}; nothing is served, because edge-require-erasure wants to see it gone`);
  else if (erases === false) log.error(facts, `KEYS STAY IN MEMORY after they were revoked: ${reason}`);
  else log.warn(facts, `nobody knows whether keys leave memory when they are revoked: ${reason}`);
  return erases === true;
}
