import type { SpecialField } from "./field-lines.ts";

/**
 * Whether a name, given in lower case, has the letters of `Transfer-Encoding` or `Content-Length` and other signs where the
 * hyphen is or elsewhere, so that a target may take it for that. ALB names it `SuspiciousHeader`.
 */
export function lookalike(key: string): SpecialField["role"] | undefined {
  if (key.length < "content-length".length) return undefined;
  let letters = "";
  for (let i = 0; i < key.length && letters.length <= LONGEST; i++) {
    const code = key.charCodeAt(i);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) letters += key[i];
  }
  if (letters === "contentlength") return "lookalike-content-length";
  return letters === "transferencoding" && key.length > LONGEST ? "lookalike-transfer-encoding" : undefined;
}

const LONGEST = "transferencoding".length;
