import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import pkcs11js from "pkcs11js";
import { expect, test } from "vitest";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type SoftHsm, softHsm } from "../../tests/support/soft-hsm.ts";
import { makeTokenKey, tokenRoot } from "./pkcs11-root.ts";
import { TokenProblem } from "./pkcs11-token.ts";

const KEY = Buffer.alloc(32, 5);
const pin = (): PlaintextKey => new PlaintextKey(Buffer.from("1234"));

test("a token's key wraps custody keys, for itself and by name only, and cannot be read out", async () => {
  await inToken(async (hsm) => {
    const place = { ...hsm, object: "root" };
    const made = await makeTokenKey(place, pin);
    await expect(makeTokenKey(place, pin)).rejects.toThrow('has a key "root" already');
    const root = await tokenRoot(place, pin);
    expect(root).toMatchObject({ kind: "pkcs11", fingerprint: made });
    const wrapped = root.wrap("k1", KEY);
    expect(wrapped.includes(KEY)).toBe(false);
    expect(root.unwrap("k1", wrapped).bytes).toEqual(KEY);
    expect(() => root.unwrap("k2", wrapped)).toThrow("does not open under this root of custody: it was changed");
    for (const at of [0, 12, wrapped.length - 1]) {
      const changed = Buffer.from(wrapped);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => root.unwrap("k1", changed)).toThrow("it was changed");
    }
    expect(() => root.unwrap("k1", wrapped.subarray(0, 20))).toThrow("cut off");

    await makeTokenKey({ ...place, object: "other" }, pin);
    const other = await tokenRoot({ ...place, object: "other" }, pin);
    expect(other.fingerprint).not.toBe(made);
    expect(() => other.unwrap("k1", wrapped)).toThrow("it was changed");
    expect(readValue(hsm, "root")).toThrow(/CKR_ATTRIBUTE_SENSITIVE|CKR_USER_NOT_LOGGED_IN/);
    for (const each of [root, other]) each.close();
  });
});

test("says what is wrong: no library, no token, a wrong PIN, no key, one that can be read out", async () => {
  await inToken(async (hsm) => {
    const place = { ...hsm, object: "root" };
    await expect(tokenRoot({ ...place, library: "/nowhere.so" }, pin)).rejects.toThrow("/nowhere.so cannot be loaded");
    await expect(tokenRoot({ ...place, token: "absent" }, pin)).rejects.toThrow('no token "absent"');
    await expect(tokenRoot(place, pin)).rejects.toThrow(new RegExp('no AES key "root".*make-key'));
    const wrong = (): PlaintextKey => new PlaintextKey(Buffer.from("9999"));
    await expect(tokenRoot(place, wrong)).rejects.toThrow(TokenProblem);
    await expect(tokenRoot(place, wrong)).rejects.toThrow("does not accept the PIN");
    readableKey(hsm, "open");
    await expect(tokenRoot({ ...place, object: "open" }, pin)).rejects.toThrow("can be read out");
  });
});

test("a session that was lost is opened again; a token that is away is named, and used when it is back", async () => {
  await inToken(async (hsm) => {
    const place = { ...hsm, object: "root" };
    await makeTokenKey(place, pin);
    const root = await tokenRoot(place, pin);
    const wrapped = root.wrap("k1", KEY);
    withModule(hsm, (module) => module.C_CloseAllSessions(slotOf(module, hsm)));
    expect(root.unwrap("k1", wrapped).bytes).toEqual(KEY);

    const away = `${hsm.tokens}.away`;
    cpSync(hsm.tokens, away, { recursive: true });
    for (const token of readdirSync(hsm.tokens)) rmSync(join(hsm.tokens, token), { recursive: true });
    withModule(hsm, (module) => module.C_Finalize());
    expect(() => root.unwrap("k1", wrapped)).toThrow('no token "custody"');
    cpSync(away, hsm.tokens, { recursive: true });
    withModule(hsm, (module) => module.C_Finalize());
    expect(root.unwrap("k1", wrapped).bytes).toEqual(KEY);
    root.close();
  });
});

/** Runs with a token of its own. */
function inToken(act: (hsm: SoftHsm) => Promise<void>): Promise<void> {
  return act(softHsm());
}

function withModule<Result>({ library }: SoftHsm, act: (module: pkcs11js.PKCS11) => Result): Result {
  const module = new pkcs11js.PKCS11();
  module.load(library);
  try {
    return act(module);
  } finally {
    module.close();
  }
}

function slotOf(module: pkcs11js.PKCS11, { token }: SoftHsm): pkcs11js.Handle {
  const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trimEnd() === token);
  if (!slot) throw new Error("no slot");
  return slot;
}

function readValue(hsm: SoftHsm, label: string): () => unknown {
  return () =>
    withModule(hsm, (module) => {
      const session = module.C_OpenSession(slotOf(module, hsm), pkcs11js.CKF_SERIAL_SESSION);
      module.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_LABEL, value: label }]);
      const [key] = module.C_FindObjects(session, 1);
      module.C_FindObjectsFinal(session);
      if (!key) throw new Error("CKR_USER_NOT_LOGGED_IN");
      return module.C_GetAttributeValue(session, key, [{ type: pkcs11js.CKA_VALUE }]);
    });
}

function readableKey(hsm: SoftHsm, label: string): void {
  withModule(hsm, (module) => {
    const session = module.C_OpenSession(slotOf(module, hsm), pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
    module.C_Login(session, pkcs11js.CKU_USER, "1234");
    module.C_GenerateKey(session, { mechanism: pkcs11js.CKM_AES_KEY_GEN }, [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
      { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
      { type: pkcs11js.CKA_VALUE_LEN, value: 32 },
      { type: pkcs11js.CKA_LABEL, value: label },
      { type: pkcs11js.CKA_TOKEN, value: true },
      { type: pkcs11js.CKA_SENSITIVE, value: false },
      { type: pkcs11js.CKA_EXTRACTABLE, value: true },
      { type: pkcs11js.CKA_ENCRYPT, value: true },
      { type: pkcs11js.CKA_DECRYPT, value: true },
    ]);
    module.C_CloseSession(session);
  });
}
