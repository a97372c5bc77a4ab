import { trimmed } from "#lib/blanks.ts";

/** What the value of an issue or issuewild property says: who may issue, on which conditions. */
export interface IssueValue {
  /** In lower case; undefined where nobody may (`;`). */
  readonly issuer: string | undefined;
  readonly parameters: readonly { readonly tag: string; readonly value: string }[];
}

/** Reads the value of an issue or issuewild property (RFC 8659 §4.2); undefined when it is malformed, which permits nobody. */
export function readIssueValue(data: string): IssueValue | undefined {
  const [first = "", ...rest] = data.split(";");
  const issuer = trimmed(first).toLowerCase();
  if (issuer !== "" && !ISSUER.test(issuer)) return undefined;
  const parameters: { tag: string; value: string }[] = [];
  const isBare = rest.length === 1 && trimmed(rest[0] ?? "") === "";
  for (const text of isBare ? [] : rest) {
    const [, tag, value = ""] = PARAMETER.exec(trimmed(text)) ?? [];
    if (tag === undefined) return undefined;
    parameters.push({ tag: tag.toLowerCase(), value });
  }
  return { issuer: issuer === "" ? undefined : issuer, parameters };
}

const ISSUER = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const PARAMETER = /^([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)[ \t]*=[ \t]*([\x21-\x3a\x3c-\x7e]*)$/;
