import type { Upstream } from "#ca/upstream/upstream.ts";
import { nameProblem } from "#domain/certificate/public-names.ts";
import type { DomainName } from "#domain/names.ts";
import { isLoopback } from "./addresses.ts";
import type { Logger } from "./log.ts";

/**
 * Says at the start what would keep public CAs from finding our answers, before anybody writes a record that leads
 * nowhere: a zone for them that the Internet cannot know.
 */
export function noteUpstream({ clients, challengeZone }: Upstream, log: Logger): void {
  const cas = clients.map(({ ca }) => ca.name).join(", ");
  const abroad = clients.some(({ ca }) => ca.challenge === "dns-01" && !isHere(ca.directory));
  const problem = nameProblem(challengeZone as DomainName, { privateNames: [], highRiskNames: [] });
  if (abroad && problem) {
    const why = "set acme-zone to a name of yours that is delegated to this DNS server (docs/public-trust.md)";
    log.warn({ cas, zone: challengeZone }, `public CAs cannot find ${challengeZone}: ${why}`);
  } else {
    log.info({ cas, zone: challengeZone }, "public CAs sign what is requested from now on");
  }
}

function isHere(directory: string): boolean {
  return isLoopback(new URL(directory).hostname.replace(/^\[|\]$/g, ""));
}
