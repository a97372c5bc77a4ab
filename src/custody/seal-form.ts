import { type KeyObject, randomBytes } from "node:crypto";
import { hkdf } from "#lib/hkdf.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";

/** What a sealed value is, and so who may open it: only the KMS process opens materials. */
export type SealForm = "service" | "material" | "token";

/** A key that values of one form are sealed under; `id` names the custody key that it was derived from. */
export interface SealKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What a sealed value says of itself. All of it is bound to it as associated data. */
export interface SealHeader {
  readonly form: SealForm;
  /** The custody key that it is sealed under. */
  readonly keyId: string;
  readonly purpose: string;
}

/** The value was sealed under a key that is not here: the wrong root of custody was given, or the key is gone. */
export class WrongRoot extends Error {
  override readonly name = "WrongRoot";

  constructor(expected: string, given: string) {
    super(
      `sealed under root of custody ${expected}, but this is root ${given}: give the key file, passphrase or token of ${expected}`,
    );
  }
}

/** The value was changed, or it was sealed for something else. */
export class NotSealedHere extends Error {
  override readonly name = "NotSealedHere";

  constructor(purpose: string) {
    super(`this is not what was sealed for "${purpose}": it was changed, or belongs to something else`);
  }
}

// magic (3) | form (1) | custody key (8) | salt (16) | length of the purpose (2) | purpose | lib/sealed.ts
/** Seals for one purpose. Each value has a key of its own, by HKDF with its salt. */
export function sealAs(form: SealForm, { id, key }: SealKey, plaintext: Uint8Array, purpose: string): Buffer {
  const what = Buffer.from(purpose);
  if (what.length > MOST_PURPOSE) throw new Error(`a purpose of ${what.length} bytes is too long to be sealed for`);
  const head = Buffer.alloc(HEADER);
  sealPrefix(form, id).copy(head);
  randomBytes(SALT).copy(head, PREFIX);
  head.writeUInt16BE(what.length, PREFIX + SALT);
  const bound = Buffer.concat([head, what]);
  using own = ownKey(key, head, what);
  return Buffer.concat([bound, seal(own.bytes, plaintext, bound)]);
}

/** What a sealed value says of itself; undefined when it is none. Whether it is unchanged only `openAs` knows. */
export function readSeal(sealed: Uint8Array): SealHeader | undefined {
  const bytes = view(sealed);
  if (bytes.length < HEADER || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const form = FORMS[bytes[MAGIC.length] ?? 0];
  const end = HEADER + bytes.readUInt16BE(PREFIX + SALT);
  if (!form || bytes.length < end) return undefined;
  return { form, keyId: bytes.toString("hex", MAGIC.length + 1, PREFIX), purpose: bytes.toString("utf8", HEADER, end) };
}

/** Opens what was sealed for this purpose. Throws `NotSealedHere` when it was changed or has another purpose. */
export function openAs(key: KeyObject, sealed: Uint8Array, purpose: string): PlaintextKey {
  const header = readSeal(sealed);
  if (header?.purpose !== purpose) throw new NotSealedHere(purpose);
  const bytes = view(sealed);
  const end = HEADER + Buffer.byteLength(purpose);
  using own = ownKey(key, bytes, bytes.subarray(HEADER, end));
  const plaintext = open(own.bytes, bytes.subarray(end), bytes.subarray(0, end));
  if (!plaintext) throw new NotSealedHere(purpose);
  return plaintext;
}

/** How every value of this form under this custody key begins. */
export function sealPrefix(form: SealForm, keyId: string): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([FORMS.indexOf(form)]), Buffer.from(keyId, "hex")]);
}

/** The forms whose values are in the store, and are sealed anew when the custody key is replaced. */
export const STORED_FORMS: readonly SealForm[] = ["service", "material"];

function ownKey(key: KeyObject, head: Buffer, purpose: Uint8Array): PlaintextKey {
  const salt = head.subarray(PREFIX, PREFIX + SALT);
  return hkdf(key, salt, Buffer.concat([SEAL, purpose]), KEY_BYTES);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const MAGIC = Buffer.from("SKR");
/** By their byte; those below were the forms of earlier builds. */
const FORMS: readonly (SealForm | undefined)[] = [undefined, undefined, "service", "material", "token"];
const SALT = 16;
const PREFIX: number = 3 + 1 + 8;
const HEADER: number = PREFIX + SALT + 2;
const SEAL = Buffer.from("sealkeeper root seal ");
/** HKDF's info may have 1024 bytes. */
const MOST_PURPOSE = 960;
const KEY_BYTES = 32;
