import type { Upstream } from "#ca/upstream/upstream.ts";
import type { Authority, ValidationMethod } from "#domain/certificate/certificate.ts";
import type { AccountId, DomainName } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { instanceSecret, type SecretDeps } from "#lifecycle/instance-secret.ts";
import { upstreamRecords } from "#lifecycle/upstream/upstream-records.ts";
import type { NewDomainValidation } from "#store/domain-validations.ts";
import type { Tx } from "#store/store.ts";
import { httpRedirect } from "./http-token.ts";
import { type ValidationRecord, validationRecord } from "./validation-record.ts";

export interface ProofDeps extends SecretDeps {
  /** What validation records point into, without the last dot; `acm-validations.aws` when undefined. */
  readonly validationSuffix?: string | undefined;
  readonly upstream?: Upstream | undefined;
  readonly clock: Clock;
  /** The origin at which others reach us: the tokens of HTTP validation are served there. */
  readonly publicUrl: string;
}

/** What is to be proved, for whom. */
export interface ToProve {
  readonly account: AccountId;
  readonly names: readonly DomainName[];
  /** DomainValidationOptions: whom approval letters for a name go to; the name's own domain where there is none. */
  readonly validationDomains: ReadonlyMap<DomainName, DomainName>;
  /** Who is going to sign: public CAs want to find records of their own. */
  readonly authority?: Authority | null;
}

/** How control of each name is to be proved by a method: the CNAME to write, or where a letter goes. In the order of the names. */
export async function newProofs(
  tx: Tx,
  method: ValidationMethod,
  { account, names, validationDomains, authority }: ToProve,
  deps: ProofDeps,
): Promise<readonly NewDomainValidation[]> {
  using secret = await instanceSecret(tx, "validation-records", deps);
  const upstream = authority === "upstream" ? deps.upstream : undefined;
  const record = upstream && (await upstreamRecords(tx, secret, { account, names }, upstream, deps.clock.now()));
  return names.map((domainName, position) => {
    const proof = { position, domainName, method, validationDomain: validationDomains.get(domainName) ?? domainName };
    if (method === "EMAIL") return { ...proof, recordName: null, recordValue: null };
    if (method === "HTTP") {
      const { from, to } = httpRedirect(secret, account, domainName, deps.publicUrl);
      return { ...proof, recordName: from, recordValue: to };
    }
    const own = (): ValidationRecord => validationRecord(secret, account, domainName, deps.validationSuffix);
    const { name, value } = record?.(domainName) ?? own();
    return { ...proof, recordName: name, recordValue: value };
  });
}
