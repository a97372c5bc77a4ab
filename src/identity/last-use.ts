import { isTemporary } from "#domain/identity/access-key-id.ts";
import type { Caller } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis } from "#lib/duration.ts";
import { noteKeyUse } from "#store/access-keys.ts";
import { noteRoleUse } from "#store/iam-entities.ts";
import type { Store } from "#store/store.ts";

export interface LastUseDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Notes when and for which service access keys and roles were last used, each at most every five minutes. Nobody waits. */
export function lastUses({
  store,
  clock,
  onError,
}: LastUseDeps): (caller: Omit<Caller, "requestId">, service: string) => void {
  const noted = new Map<string, number>();
  return ({ kind, accessKeyId, region, authority }, service) => {
    const role = kind === "role" ? authority?.facts["aws:userid"]?.[0]?.split(":")[0] : undefined;
    const subject = role ?? (isTemporary(accessKeyId) || kind === "edge" ? undefined : accessKeyId);
    if (subject === undefined) return;
    const at = clock.now();
    if ((noted.get(subject) ?? 0) > at.getTime() - EVERY) return;
    if (noted.size >= MOST_NOTED) noted.clear();
    noted.set(subject, at.getTime());
    const note = role === undefined ? noteKeyUse : noteRoleUse;
    note(store, subject, { at, region, service }, later(at, -EVERY)).catch(onError);
  };
}

const EVERY: Millis = 5 * MINUTE;
const MOST_NOTED = 10_000;
