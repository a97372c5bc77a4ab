import { type Tag, withTags } from "#domain/certificate/tags.ts";
import { Refusal } from "#domain/refusal.ts";

/**
 * The tags after `added` were laid over `present`, by the same rules as certificates' tags; the ACME operations name
 * their faults differently. Throws `acme-input-invalid` and `acme-quota-exceeded`.
 */
export function withAcmeTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  try {
    return withTags(present, added);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code === "too-many-tags" ? "acme-quota-exceeded" : "acme-input-invalid", error.message);
  }
}
