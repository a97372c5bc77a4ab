import type { CertificateArn } from "#domain/arn.ts";
import { readLookups } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";
import type { Logger } from "./log.ts";

/** Makes a function that logs why a certificate's domains are not proven yet, once for each reason. */
export function proofNotes({ store, log }: { readonly store: Store; readonly log: Logger }): NoteProofs {
  const said = new Map<CertificateArn, string>();
  return async (certificate) => {
    const open = (await readLookups(store, certificate)).flatMap(({ domainName, status, problem, checkAt }) =>
      status === "PENDING_VALIDATION" && problem !== undefined ? [{ domain: domainName, problem, checkAt }] : [],
    );
    const news = JSON.stringify(open.map(({ domain, problem }) => [domain, problem]));
    if ((said.get(certificate) ?? "[]") === news) return;
    said.delete(certificate);
    if (open.length > 0) said.set(certificate, news);
    for (const oldest of said.keys()) if (said.size > MOST) said.delete(oldest);
    for (const { domain, problem, checkAt } of open) {
      const again = new Date(checkAt).toISOString();
      log.info({ certificate, again }, `${domain} is not proven yet: ${problem}`);
    }
  };
}

export type NoteProofs = (certificate: CertificateArn) => Promise<void>;

/** Reasons that are remembered; what was forgotten is said again. */
const MOST = 1000;
