import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

/** Who signs notes: its name, its key's hash and its public key, in one line of text (C2SP signed-note: "vkey"). */
export interface NoteVerifier {
  readonly name: string;
  /** The first four bytes of a hash over name and key, by which a signature names its key. */
  readonly keyId: Buffer;
  /** Raw Ed25519. */
  readonly publicKey: Buffer;
}

/** What a signed tree head says (C2SP tlog-checkpoint): whose log, how many leaves it has, and their root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** Further lines, in their order. */
  readonly extensions: readonly string[];
}

/** The verifier of a name with a raw Ed25519 public key. Throws for a name that notes cannot carry. */
export function noteVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  if (!isNoteName(name)) throw new Error(`"${name}" cannot be the name of a note's key`);
  if (publicKey.length !== KEY_BYTES) throw new Error(`an Ed25519 key has ${KEY_BYTES} bytes, not ${publicKey.length}`);
  const key = Buffer.from(publicKey);
  const hashed = createHash("sha256").update(`${name}\n`).update(ED25519).update(key).digest();
  return { name, keyId: hashed.subarray(0, ID_BYTES), publicKey: key };
}

/** The verifier as it is given to others: `name+hash+key`. */
export function writeVerifier({ name, keyId, publicKey }: NoteVerifier): string {
  return `${name}+${keyId.toString("hex")}+${Buffer.concat([ED25519, publicKey]).toString("base64")}`;
}

/** Reads `name+hash+key`; undefined when it is none, or its hash is not that of the key. */
export function parseVerifier(text: string): NoteVerifier | undefined {
  const [, name, id, encoded] = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? [];
  const key = Buffer.from(encoded ?? "", "base64");
  if (name === undefined || id === undefined || key.length !== 1 + KEY_BYTES || key[0] !== ED25519[0]) return undefined;
  const verifier = noteVerifier(name, key.subarray(1));
  return verifier.keyId.toString("hex") === id ? verifier : undefined;
}

/** The text that is signed for a tree head. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), root.toString("base64"), ...extensions, ""].join("\n");
}

/** Signs a text, which ends with a line end, in the name of a verifier. */
export function signNote(text: string, { name, keyId }: NoteVerifier, sign: (message: Buffer) => Buffer): string {
  const signature = Buffer.concat([keyId, sign(Buffer.from(text))]);
  return `${text}\n— ${name} ${signature.toString("base64")}\n`;
}

/** The text of a note that this verifier signed; undefined when it did not, or it is no note. */
export function openNote(note: string, verifier: NoteVerifier): string | undefined {
  if (note.length > LONGEST_NOTE) return undefined;
  const end = note.lastIndexOf("\n\n");
  if (end < 0) return undefined;
  const text = note.slice(0, end + 1);
  const key = publicKeyOf(verifier);
  const signed = note
    .slice(end + 2)
    .split("\n")
    .some((line) => {
      const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
      const bytes = Buffer.from(encoded ?? "", "base64");
      if (name !== verifier.name || !bytes.subarray(0, ID_BYTES).equals(verifier.keyId)) return false;
      return verify(null, Buffer.from(text), key, bytes.subarray(ID_BYTES));
    });
  return signed ? text : undefined;
}

/** What a tree head says, whoever signed it; undefined when the text is none. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = "", size = "", root = "", ...more] = text.split("\n");
  const bytes = Buffer.from(root, "base64");
  if (more.pop() !== "" || origin === "" || !/^(0|[1-9]\d{0,14})$/.test(size)) return undefined;
  if (bytes.length !== 32 || bytes.toString("base64") !== root || more.includes("")) return undefined;
  return { origin, size: Number(size), root: bytes, extensions: more };
}

/** Whether a note can name its key so: no space and no plus sign (C2SP signed-note). */
function isNoteName(name: string): boolean {
  return name.length <= 255 && /^[^\s+]+$/u.test(name);
}

function publicKeyOf({ publicKey }: NoteVerifier): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: "der", type: "spki" });
}

const KEY_BYTES = 32;
const ID_BYTES = 4;
const LONGEST_NOTE = 65_536;
/** The algorithm's byte in notes. */
const ED25519 = Buffer.from([1]);
/** SubjectPublicKeyInfo of Ed25519 (RFC 8410), up to the key itself. */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
