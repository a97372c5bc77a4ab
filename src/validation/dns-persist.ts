import { parseRecordName } from "#domain/zones/record-name.ts";
import type { Clock } from "#lib/clock.ts";
import { type IssueValue, readIssueValue } from "./caa-value.ts";
import type { CnameFinding } from "./dns-cname.ts";
import { corroborate, type PerspectiveDeps } from "./perspectives.ts";

export interface PersistDeps extends PerspectiveDeps {
  readonly clock: Clock;
}

/**
 * Looks for the TXT record by which the owner of a domain lets an account at a public CA prove it for good
 * (draft-ietf-acme-dns-persist): `issuer; accounturi=…`, with `policy=wildcard` where `expected` has it. Several records
 * may stand at the name, for several CAs. Never rejects for what the network does.
 */
export async function lookUpPersist(name: string, expected: string, deps: PersistDeps): Promise<CnameFinding> {
  const at = parseRecordName(name);
  const wanted = readIssueValue(expected);
  if (!at || !wanted) return { found: false, reason: `"${name}" is not a domain name.`, lookups: [] };
  const now = deps.clock.now();
  const { holds, reason, lookups } = await corroborate(async (view) => {
    const resolved = await view.ask(at, "TXT");
    if (resolved.kind === "failed") {
      return { holds: false, reason: `${name} could not be looked up: ${resolved.server} ${resolved.reason}.` };
    }
    const values = resolved.kind === "records" ? resolved.records.map(({ value }) => value) : [];
    const problems = values.map((value) => objection(readIssueValue(value), wanted, now));
    if (problems.includes(undefined)) return { holds: true };
    const found = values[0] === undefined ? `There is no TXT record at ${name}.` : `${name}: ${problems[0]}.`;
    return { holds: false, reason: `${found} It must be: ${expected}` };
  }, deps);
  return { found: holds, ...(reason === undefined ? {} : { reason }), lookups };
}

/** What keeps a record from being the wanted one, in words; undefined when it is. */
function objection(found: IssueValue | undefined, wanted: IssueValue, now: Date): string | undefined {
  if (!found?.issuer) return "the value is not of the form issuer; accounturi=…";
  if (found.issuer !== wanted.issuer) return `the record is for ${found.issuer}, not for ${wanted.issuer}`;
  if (parameter(found, "accounturi") !== parameter(wanted, "accounturi")) return "the record names another account";
  if (parameter(wanted, "policy") && parameter(found, "policy")?.toLowerCase() !== "wildcard") {
    return "the record does not permit wildcards";
  }
  const until = parameter(found, "persistuntil");
  if (until !== undefined && !(/^\d{1,12}$/.test(until) && Number(until) * 1000 > now.getTime())) {
    return "the record is no longer valid";
  }
  return undefined;
}

function parameter({ parameters }: IssueValue, tag: string): string | undefined {
  return parameters.find((one) => one.tag === tag)?.value;
}
