/** What a ciphertext belongs to. It is not secret; it must be the same at encryption and decryption. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** The one byte form of a context: sorted by key, so that the order in which it was written does not matter. */
export function canonicalContext(context: EncryptionContext): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Buffer.from(JSON.stringify(entries));
}
