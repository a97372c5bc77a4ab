import { createHash, randomFillSync } from "node:crypto";
import type { Handle } from "pkcs11js";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { openToken, type Token, type TokenPlace, TokenProblem, type TokenSession, tokenError } from "./pkcs11-token.ts";
import { unwrapFailed, type WrappingRoot, wrapContext } from "./wrapping-root.ts";

/** A root that is an AES-256 key in a PKCS#11 token: it never leaves it. Throws `TokenProblem` when there is none. */
export async function tokenRoot(place: TokenPlace, pin: () => PlaintextKey): Promise<WrappingRoot> {
  const token = await openToken(place, pin);
  try {
    return rootIn(token, place);
  } catch (error) {
    token.close();
    throw error;
  }
}

/** Makes the key of a root in a token; it cannot be read out of it. Throws `TokenProblem` when there is one already. */
export async function makeTokenKey(place: TokenPlace, pin: () => PlaintextKey): Promise<string> {
  const token = await openToken(place, pin);
  try {
    token.do((session) => {
      if (keysOf(session, place.object).length > 0) {
        throw new TokenProblem(`the token "${place.token}" has a key "${place.object}" already: it stays as it is`);
      }
      const { module, handle, names } = session;
      module.C_GenerateKey(handle, { mechanism: names.CKM_AES_KEY_GEN }, [
        { type: names.CKA_CLASS, value: names.CKO_SECRET_KEY },
        { type: names.CKA_KEY_TYPE, value: names.CKK_AES },
        { type: names.CKA_VALUE_LEN, value: KEY_BYTES },
        { type: names.CKA_LABEL, value: place.object },
        { type: names.CKA_TOKEN, value: true },
        { type: names.CKA_PRIVATE, value: true },
        { type: names.CKA_SENSITIVE, value: true },
        { type: names.CKA_EXTRACTABLE, value: false },
        { type: names.CKA_MODIFIABLE, value: false },
        { type: names.CKA_ENCRYPT, value: true },
        { type: names.CKA_DECRYPT, value: true },
      ]);
    });
    return rootIn(token, place).fingerprint;
  } finally {
    token.close();
  }
}

function rootIn(token: Token, place: TokenPlace): WrappingRoot {
  const fingerprint = token.do((session) => fingerprintOf(session, findKey(session, place)));
  return {
    kind: "pkcs11",
    fingerprint,
    wrap(keyId, custodyKey) {
      const iv = randomFillSync(Buffer.alloc(IV));
      return token.do((session) => {
        const { module, handle } = session;
        module.C_EncryptInit(handle, gcm(session, iv, wrapContext(fingerprint, keyId)), findKey(session, place));
        const sealed = module.C_Encrypt(handle, Buffer.from(custodyKey), Buffer.alloc(custodyKey.length + TAG + SLACK));
        return Buffer.concat([iv, sealed]);
      });
    },
    unwrap(keyId, wrapped) {
      const bytes = Buffer.from(wrapped);
      if (bytes.length < IV + TAG) throw unwrapFailed(keyId, "it was cut off");
      try {
        return token.do((session) => {
          const { module, handle } = session;
          const aad = wrapContext(fingerprint, keyId);
          module.C_DecryptInit(handle, gcm(session, bytes.subarray(0, IV), aad), findKey(session, place));
          const room = Buffer.alloc(bytes.length + SLACK);
          const opened = new PlaintextKey(Buffer.from(module.C_Decrypt(handle, bytes.subarray(IV), room)));
          room.fill(0);
          return opened;
        });
      } catch (error) {
        if (CHANGED.has(tokenError(error) ?? 0)) throw unwrapFailed(keyId, "it was changed");
        throw error;
      }
    },
    close: () => token.close(),
  };
}

/** The key of this label. It must be one that cannot be read out of the token. */
function findKey(session: TokenSession, { token, object }: TokenPlace): Handle {
  const [key, another] = keysOf(session, object);
  if (!key) {
    throw new TokenProblem(
      `the token "${token}" has no AES key "${object}": make one with sealkeeper root make-key, or name another`,
    );
  }
  if (another) throw new TokenProblem(`the token "${token}" has several keys "${object}": name one that is alone`);
  const { module, handle, names } = session;
  const [extractable, sensitive] = module.C_GetAttributeValue(handle, key, [
    { type: names.CKA_EXTRACTABLE },
    { type: names.CKA_SENSITIVE },
  ]);
  if (isTrue(extractable?.value) || !isTrue(sensitive?.value)) {
    throw new TokenProblem(
      `the key "${object}" can be read out of the token "${token}": make one that cannot, with sealkeeper root make-key`,
    );
  }
  return key;
}

function isTrue(value: unknown): boolean {
  return Buffer.isBuffer(value) && value[0] === 1;
}

function keysOf({ module, handle, names }: TokenSession, object: string): readonly Handle[] {
  module.C_FindObjectsInit(handle, [
    { type: names.CKA_CLASS, value: names.CKO_SECRET_KEY },
    { type: names.CKA_KEY_TYPE, value: names.CKK_AES },
    { type: names.CKA_LABEL, value: object },
  ]);
  try {
    return module.C_FindObjects(handle, 2);
  } finally {
    module.C_FindObjectsFinal(handle);
  }
}

/** As tokens' key check values are: a hash of one block that is encrypted under nothing but the key. */
function fingerprintOf({ module, handle, names }: TokenSession, key: Handle): string {
  module.C_EncryptInit(handle, { mechanism: names.CKM_AES_ECB }, key);
  const block = module.C_Encrypt(handle, CHECK, Buffer.alloc(CHECK.length + SLACK));
  return createHash("sha256").update("sealkeeper root fingerprint").update(block).digest("hex").slice(0, 16);
}

function gcm({ names }: TokenSession, iv: Buffer, aad: Buffer) {
  const parameter = { type: names.CK_PARAMS_AES_GCM, iv, aad, ivBits: iv.length * 8, tagBits: TAG * 8 };
  return { mechanism: names.CKM_AES_GCM, parameter };
}

const KEY_BYTES = 32;
const IV = 12;
const TAG = 16;
/** Libraries may want more room than they use. */
const SLACK = 32;
const CHECK = Buffer.from("sealkeeper root.");
/** What tokens say of a ciphertext that was changed; SoftHSM says CKR_GENERAL_ERROR. */
const CHANGED: ReadonlySet<number> = new Set([0x05, 0x40, 0x41, 0x42]);
