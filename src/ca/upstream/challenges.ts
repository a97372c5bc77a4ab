import { createHash } from "node:crypto";
import type { ChallengeAnswer } from "#store/challenge-answers.ts";
import type { ChallengeType } from "#store/tables/upstream.ts";
import type { Signer } from "./acme-client.ts";
import { keyAuthorization } from "./jws.ts";
import type { Authorization, Challenge } from "./objects.ts";
import type { ChallengeKind } from "./upstream-ca.ts";

/**
 * The first kind of challenge that both sides know, in our order of preference; undefined when there is none. A CA
 * offers no http-01 for wildcards by itself (RFC 8555 section 7.1.3).
 */
export function chooseChallenge(
  { challenges }: Pick<Authorization, "challenges">,
  preferred: readonly ChallengeKind[],
): ChosenChallenge | undefined {
  for (const type of preferred) {
    const found = challenges.find((challenge) => challenge.type === type);
    if (found && type === "dns-persist-01") return { ...found, type };
    if (found?.token !== undefined && type !== "dns-persist-01") return { ...found, type, token: found.token };
  }
  return undefined;
}

/** A challenge that we can answer: with something that is published, or with a record that stands already. */
export type ChosenChallenge =
  | (Omit<Challenge, "type" | "token"> & { readonly type: ChallengeType; readonly token: string })
  | (Omit<Challenge, "type"> & { readonly type: "dns-persist-01" });

/** What is to be published for a challenge: a TXT record where `target` says (section 8.4), or a page (section 8.3). */
export async function challengeAnswer(
  { type, token }: { readonly type: ChallengeType; readonly token: string },
  target: string,
  { key }: Pick<Signer, "key">,
): Promise<ChallengeAnswer> {
  const proof = await keyAuthorization(token, key);
  return type === "http-01"
    ? { type, name: token, value: proof }
    : { type, name: target, value: createHash("sha256").update(proof).digest("base64url") };
}
