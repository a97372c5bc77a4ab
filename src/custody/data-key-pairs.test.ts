import { expect, onTestFinished, test } from "vitest";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { openStore } from "#store/store.ts";
import { caller, keyWorld, refusal } from "../../tests/support/key-world.ts";
import { createKey } from "./create-key.ts";
import { generateDataKeyPair, generateDataKeyPairWithoutPlaintext } from "./data-key-pairs.ts";

test.each([generateDataKeyPair, generateDataKeyPairWithoutPlaintext])(
  "the private half that could not be encrypted is wiped: %o",
  async (generate) => {
    const store = await openStore("file::memory:");
    onTestFinished(() => store.destroy());
    const deps = keyWorld(store);
    const { id } = await createKey({ kind: SYMMETRIC, description: "", tags: [] }, caller(), deps);
    const wiped: Buffer[] = [];
    const dispose = PlaintextKey.prototype[Symbol.dispose];
    PlaintextKey.prototype[Symbol.dispose] = function watched(this: PlaintextKey) {
      wiped.push(this.bytes);
      dispose.call(this);
    };
    onTestFinished(() => {
      PlaintextKey.prototype[Symbol.dispose] = dispose;
    });
    const vault = { ...deps.root.vault, use: () => Promise.reject(new Error("the vault is gone")) };
    const request = { keyId: id, spec: "ECC_NIST_P256", context: {}, grantTokens: [], dryRun: false } as const;
    const made = generate(request, caller(), { ...deps, root: { ...deps.root, vault } });
    expect(await refusal(made)).toBe("Error: the vault is gone");
    expect(wiped.length).toBe(1);
    expect(wiped[0]!.every((byte) => byte === 0)).toBe(true);
  },
);
