/**
 * The targets of a Link header (RFC 8288) with a relation, absolute, in order. Links that cannot be read are left out,
 * and what is more than we would follow.
 */
export function parseLinks(header: string | readonly string[] | undefined, relation: string, base: string): string[] {
  const text = (typeof header === "string" ? header : (header ?? []).join(", ")).slice(0, LONGEST);
  const targets: string[] = [];
  for (const [, target = "", parameters = ""] of text.matchAll(LINK)) {
    const [, quoted, token] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))/i.exec(parameters) ?? [];
    const relations = (quoted ?? token ?? "").toLowerCase().split(/\s+/);
    const url = relations.includes(relation) ? URL.parse(target, base) : undefined;
    if (url) targets.push(url.href);
  }
  return targets.slice(0, MOST);
}

/** `<target>` and its parameters, up to the comma before the next one. */
const LINK = /<([^<>]*)>((?:\s*;\s*[\w!#$&+\-.^`|~*]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]+))?)*)/g;
const LONGEST = 16_384;
const MOST = 10;
