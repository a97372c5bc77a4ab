import type { DomainName } from "#domain/names.ts";
import { type Asked, openProtocol } from "./asked.ts";
import { openView, recordName, recordsOf, type ViewDeps } from "./view.ts";

/** Whether a domain takes mail, and how that was found out. */
export interface MailExchange {
  /** `unknown`: the DNS did not say. */
  readonly takesMail: "yes" | "no" | "unknown";
  /** Why not, or why it is not known: a sentence for the owner of the domain. */
  readonly problem?: string;
  readonly lookups: readonly Asked[];
}

/**
 * Looks whether a domain takes mail: it has an MX record, or, where it has none, an address (the implicit MX of RFC 5321
 * §5.1); an MX record that names the root says that it takes none (RFC 7505). Never rejects for what the network does.
 */
export async function findMailExchange(domain: DomainName, deps: ViewDeps): Promise<MailExchange> {
  const protocol = openProtocol();
  const view = openView(deps, protocol);
  const name = recordName(domain);
  const found = (answer: Omit<MailExchange, "lookups">): MailExchange => ({ ...answer, lookups: protocol.lines });

  const mx = await view.ask(name, "MX");
  if (mx.kind === "failed") return found(notKnown(domain, `${mx.server} ${mx.reason}`));
  const exchanges = recordsOf(mx);
  if (exchanges.some(({ exchange }) => exchange !== ROOT)) return found({ takesMail: "yes" });
  if (exchanges.length > 0) {
    return found({ takesMail: "no", problem: `${domain} takes no mail: its MX record says so (RFC 7505).` });
  }
  if (mx.kind === "no-name") return found({ takesMail: "no", problem: `There is no domain ${domain}.` });

  const addresses = [await view.ask(name, "A"), await view.ask(name, "AAAA")];
  if (addresses.some(({ kind }) => kind === "records")) return found({ takesMail: "yes" });
  const failed = addresses.find((answer) => answer.kind === "failed");
  if (failed) return found(notKnown(domain, `${failed.server} ${failed.reason}`));
  return found({ takesMail: "no", problem: `${domain} takes no mail: it has neither an MX record nor an address.` });
}

function notKnown(domain: DomainName, failure: string): Omit<MailExchange, "lookups"> {
  return { takesMail: "unknown", problem: `The mail servers of ${domain} could not be looked up: ${failure}.` };
}

const ROOT = ".";
