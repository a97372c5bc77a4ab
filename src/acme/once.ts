import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import { HOUR } from "#lib/duration.ts";
import { digest } from "#lib/keyed-hash.ts";
import { type AcmeRequested, findAcmeRequest, releaseAcmeRequest } from "#store/acme-requests.ts";
import type { Tx } from "#store/store.ts";

/** What makes a creation the same as an earlier one. */
export interface RequestIdentity {
  readonly requestKey: string | null;
  readonly requestHash: string | null;
}

/** The identity of a creation: who asked, where, with which token, and all that was asked. */
export function requestIdentity(
  { account, region }: Owner,
  within: string,
  idempotencyToken: string | undefined,
  parameters: object,
): RequestIdentity {
  if (idempotencyToken === undefined) return { requestKey: null, requestHash: null };
  return {
    requestKey: digest(account, region, within, idempotencyToken).toString("hex"),
    requestHash: digest(canonicalJson(parameters)).toString("hex"),
  };
}

/**
 * What the same creation made within the last hour; undefined when it is a new one. Hold whatever it is created in
 * first. Throws `acme-conflict` when the token was used for something else.
 */
export async function madeBefore(
  tx: Tx,
  table: AcmeRequested,
  { requestKey, requestHash }: RequestIdentity,
  now: Date,
): Promise<string | undefined> {
  if (requestKey === null) return undefined;
  await releaseAcmeRequest(tx, table, requestKey, now.getTime() - TOKEN_LIFETIME);
  const earlier = await findAcmeRequest(tx, table, requestKey);
  if (earlier && earlier.requestHash !== requestHash) {
    throw new Refusal(
      "acme-conflict",
      `The IdempotencyToken was used within the last hour with other parameters: it made ${earlier.arn}.`,
    );
  }
  return earlier?.arn;
}

/** As ACM's other tokens. */
const TOKEN_LIFETIME = HOUR;
