/** One root's name and key, certified by another root. Times are milliseconds since 1970. */
export interface CrossLink {
  readonly subjectId: string;
  readonly signerId: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * The cross-certificates that a server sends above an intermediate of `rootId`, in order: from this root on to another
 * one that is trusted, and so on, over as many of them as can be reached. A client that knows any one root on this way
 * finds it, also one that tries no second way (OpenSSL takes the first certificate with the right name).
 */
export function wayUp<Link extends CrossLink>(
  rootId: string,
  links: readonly Link[],
  trusted: readonly string[],
  now: Date,
): readonly Link[] {
  const at = now.getTime();
  const usable = links
    .filter(({ signerId, notBefore, notAfter }) => trusted.includes(signerId) && notBefore <= at && at < notAfter)
    // Younger roots first, in the order of `trusted`: of ways of one length the first found stays.
    .sort((one, other) => trusted.indexOf(one.signerId) - trusted.indexOf(other.signerId));
  return longest(rootId, usable, [rootId]);
}

/** Depth first over simple paths: few as the trusted roots of a hierarchy are, there are few paths (MOST_TRUSTED). */
function longest<Link extends CrossLink>(
  from: string,
  links: readonly Link[],
  passed: readonly string[],
): readonly Link[] {
  let best: readonly Link[] = [];
  for (const link of links) {
    if (link.subjectId !== from || passed.includes(link.signerId)) continue;
    const way = [link, ...longest(link.signerId, links, [...passed, link.signerId])];
    if (way.length > best.length) best = way;
  }
  return best;
}

/** How many roots of one hierarchy may be trusted at a time: all of them stand in every chain. */
export const MOST_TRUSTED = 5;
