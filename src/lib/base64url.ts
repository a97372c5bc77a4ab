/** The bytes of base64url as RFC 7515 section 2 has it: no padding, no other character, one text for each value. */
export function fromBase64url(text: string): Buffer | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
