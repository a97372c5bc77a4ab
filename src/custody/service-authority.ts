import { keyFacts } from "#domain/keys/key-facts.ts";
import { policyOf } from "#domain/keys/key-policy.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import { type ServiceRequest, serviceObjection } from "#domain/keys/service-authority.ts";
import { reasonOf } from "#domain/policies/evaluate.ts";
import { type Facts, joinFacts } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";

/** What a service is about to do with a key, and for whom. */
export interface ServiceUse extends Pick<ServiceRequest, "service" | "owner" | "operation"> {
  /** Of a grant: that of its constraint. */
  readonly context: EncryptionContext;
  /** Of a grant: `grantFacts`. */
  readonly facts?: Facts;
}

/** Refuses, with `key-access-denied`, what the key's policy does not let a service do. */
export function checkService(key: MasterKey, { context, facts = {}, ...use }: ServiceUse): void {
  const known = joinFacts(keyFacts(key, { context }, use.owner), facts);
  const arn = arnOf(key);
  const objection = serviceObjection({
    ...use,
    facts: known,
    key: { account: key.account, arn, policy: policyOf(key) },
  });
  if (!objection) return;
  const action = `kms:${use.operation}`;
  throw new Refusal(
    "key-access-denied",
    `Service: ${use.service} is not authorized to perform: ${action} on resource: ${arn} ${reasonOf(objection, action)}`,
  );
}
