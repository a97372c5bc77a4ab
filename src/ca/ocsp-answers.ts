import { isDeepStrictEqual } from "node:util";
import type { Cacheable, OcspAnswer } from "./ocsp.ts";
import type { CertificateStatus } from "./ocsp-authority.ts";
import type { OcspQuestion } from "./ocsp-request.ts";

/**
 * Signed answers that can be given again, of the certificates that were asked about last. One is given only for the
 * status that it tells, so nothing has to be forgotten when a certificate is revoked, wherever that happened.
 */
export class OcspAnswers {
  readonly #most: number;
  readonly #kept = new Map<string, Kept>();

  constructor(most: number = MOST_KEPT) {
    this.#most = most;
  }

  /** An answer to the same question that tells `status` and is in the first half of its life. */
  find(authorityId: string, question: OcspQuestion, status: CertificateStatus, now: Date): OcspAnswer | undefined {
    const key = keyOf(authorityId, question);
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    if (!isDeepStrictEqual(kept.status.revocation, status.revocation) || !isYoung(kept.cacheable, now))
      return undefined;
    this.#kept.set(key, kept); // the last one asked for is the last one to be dropped
    return kept.answer;
  }

  /** Keeps an answer to a question about one certificate that was issued. */
  keep(authorityId: string, question: OcspQuestion, status: CertificateStatus, answer: OcspAnswer): void {
    if (!answer.cacheable) return;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < this.#most) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(keyOf(authorityId, question), { status, answer, cacheable: answer.cacheable });
  }

  clear(): void {
    this.#kept.clear();
  }
}

interface Kept {
  readonly status: CertificateStatus;
  readonly answer: OcspAnswer;
  readonly cacheable: Cacheable;
}

/** The CertID is part of the answer, so it is the key: it names the serial number, and the issuer by a hash. */
function keyOf(authorityId: string, { certificates }: OcspQuestion): string {
  return `${authorityId} ${certificates[0]?.certId.toString("latin1")}`;
}

function isYoung({ thisUpdate, nextUpdate }: Cacheable, now: Date): boolean {
  const at = now.getTime();
  return at >= thisUpdate.getTime() && at < (thisUpdate.getTime() + nextUpdate.getTime()) / 2;
}

/** Of about 800 bytes each. */
const MOST_KEPT = 20_000;
