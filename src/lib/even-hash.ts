/**
 * A number in [0, 1) that is always the same for the same text, and spread evenly over different ones, however alike
 * they are (FNV-1a, finished as MurmurHash3). For spreading work, never for secrets.
 */
export function evenHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
