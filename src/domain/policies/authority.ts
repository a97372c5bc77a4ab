import type { PolicyDocument } from "./document.ts";
import type { Facts } from "./facts.ts";

/** What a principal's own policies let it do, and what is known of it. */
export interface Authority {
  /** Of the user and its groups, or of the role. */
  readonly identity: readonly PolicyDocument[];
  /** More than this it may not do, whatever else says so. */
  readonly boundary?: PolicyDocument | undefined;
  /** More than these the session may not do; undefined when it was begun without any. */
  readonly session?: readonly PolicyDocument[] | undefined;
  /** `aws:principalarn`, `aws:username`, `aws:principaltag/…` and so on. */
  readonly facts: Facts;
}

/** Whether any of the policies asks for the tags of resources: only then they are looked up. */
export function asksForTags(authority: Authority | undefined): boolean {
  return policiesOf(authority).some(({ resourceTags }) => resourceTags);
}

/** All that decide of what a principal may do. */
export function policiesOf(authority: Authority | undefined): readonly PolicyDocument[] {
  if (!authority) return [];
  const { identity, boundary, session = [] } = authority;
  return [...identity, ...session, ...(boundary ? [boundary] : [])];
}
