import type { VaultCall } from "#custody/vault-calls.ts";
import type { Frame } from "#custody/vault-frames.ts";

/** A call that a new KMS process is made, so that it knows what the last one knew. Nothing in it is in clear. */
export interface RecalledCall {
  readonly name: VaultCall;
  readonly head: Frame["head"];
  readonly parts: Frame["parts"];
}

/** Remembers the calls by which a KMS process came to know what it knows. */
export function recalledCalls(): {
  note(name: VaultCall, head: Frame["head"], parts: Frame["parts"], answer: Frame): void;
  calls(): readonly RecalledCall[];
} {
  const roots = new Map<unknown, RecalledCall>();
  const keys = new Map<unknown, RecalledCall>();
  let sealing: RecalledCall | undefined;
  const kept = (name: VaultCall, head: Frame["head"], parts: Frame["parts"]): RecalledCall => ({
    name,
    head,
    parts: parts.map((part) => part && Buffer.from(part)),
  });
  return {
    note(name, head, parts, answer) {
      const { slot, keyId } = head;
      if (name === "openRoot") roots.set(slot, kept(name, head, parts));
      if (name === "learn") keys.set(keyId, kept(name, head, parts));
      if (name === "newKey") {
        const made = answer.head["ok"];
        keys.set(made, kept("learn", { slot, keyId: made }, answer.parts));
      }
      if (name === "forget") keys.delete(keyId);
      if (name === "sealUnder") sealing = kept(name, head, parts);
    },
    calls: () => [...roots.values(), ...keys.values(), ...(sealing ? [sealing] : [])],
  };
}
