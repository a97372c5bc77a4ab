import { Refusal } from "#domain/refusal.ts";
import { keyFamily } from "#lib/x509-algorithms.ts";
import type { ImportFacts } from "./import-check.ts";

/** What is known of the certificate that is replaced. */
export interface ReplacedFacts {
  readonly keyAlgorithm: string;
  readonly names: readonly string[];
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly string[];
}

/**
 * Throws Refusal `import-invalid` unless `next` may take the place of `current` under the same ARN
 * (https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html): the same key type and size, at least one
 * name kept, and no usage lost but those that ACM lets go.
 */
export function checkReimport(current: ReplacedFacts, next: ImportFacts): void {
  if (next.keyAlgorithm !== current.keyAlgorithm) {
    throw refused(
      `New certificate has a key of ${next.keyAlgorithm} which is different from ${current.keyAlgorithm} in the current certificate`,
    );
  }
  if (!current.names.some((name) => next.names.includes(name))) {
    throw refused("New certificate has none of the domain names of the current certificate.");
  }
  const dispensable = keyFamily(next.keyAlgorithm) === "EC" ? ["KEY_ENCIPHERMENT"] : [];
  mustKeep("key usage", current.keyUsages, next.keyUsages, dispensable);
  const purposes = next.extendedKeyUsages.map(({ name }) => name);
  mustKeep("extended key usage", current.extendedKeyUsages, purposes, ["TLS_WEB_CLIENT_AUTHENTICATION"]);
}

/** ANY and NONE stand for an extension that is not there, and then nothing can be lost. */
function mustKeep(
  kind: string,
  before: readonly string[],
  after: readonly string[],
  dispensable: readonly string[],
): void {
  const lost = before.find(
    (usage) => !after.includes(usage) && !after.includes("ANY") && !ABSENT.has(usage) && !dispensable.includes(usage),
  );
  if (lost !== undefined) throw refused(`New certificate lacks the ${kind} ${lost} of the current certificate.`);
}

function refused(message: string): Refusal {
  return new Refusal("import-invalid", message);
}

const ABSENT: ReadonlySet<string> = new Set(["ANY", "NONE"]);
