import { shownResolver } from "#dns/resolver-address.ts";
import { parseDomainName } from "#domain/names.ts";
import { parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import type { IpNetwork } from "#lib/ip-network.ts";
import type { Asked } from "./asked.ts";
import { type Fetched, FetchProblem, fetchFrom } from "./http-fetch.ts";
import { corroborate, type PerspectiveDeps, type Verdict } from "./perspectives.ts";
import { addressObjection } from "./public-address.ts";
import type { View } from "./view.ts";

/** What must be found on the web: content at one URL, or a redirect from there to another. */
export interface HttpToken {
  readonly redirectFrom: string;
  readonly redirectTo: string;
  readonly content: string;
}

/** Whether the content was found, and how that was found out. */
export interface HttpFinding {
  readonly found: boolean;
  /** What is wrong, for the owner of the domain; undefined when it was found. */
  readonly reason?: string;
  readonly lookups: readonly Asked[];
}

export interface HttpDeps extends PerspectiveDeps {
  /** Networks that are not public and may yet be asked. */
  readonly httpValidationNetworks: readonly IpNetwork[];
  /** Where web servers listen; 80 and 443, but in tests. */
  readonly webPorts?: { readonly http: number; readonly https: number };
}

/**
 * Fetches a token over HTTP from port 80, by every perspective's own look at the addresses of the domain, IPv6 first. A
 * redirect to where the token says proves it as well as its content. Never rejects for what the network does.
 */
export async function lookUpHttp(token: HttpToken, deps: HttpDeps): Promise<HttpFinding> {
  const { holds, reason, lookups } = await corroborate((view) => follow(token, view, deps), deps);
  return { found: holds, ...(reason !== undefined && { reason }), lookups };
}

async function follow(token: HttpToken, view: View, deps: HttpDeps): Promise<Verdict> {
  const signal = AbortSignal.timeout(TOGETHER);
  let url = new URL(token.redirectFrom);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const got = await getFromAny(url, view, signal, deps);
    if (typeof got === "string") return fails(got);
    const { status, location, body, server } = got;
    if (status === OK) return judgeContent(url, body, token);
    if (!REDIRECTS.has(status))
      return fails(
        `${url.href} answers ${status} (${server}); it must answer 200, or redirect to ${token.redirectTo}.`,
      );
    const next = location === undefined ? undefined : URL.parse(location, url.href);
    if (!next)
      return fails(
        `${url.href} redirects to nowhere (${server}): its Location header is ${location === undefined ? "missing" : "not a URL"}.`,
      );
    if (next.href === new URL(token.redirectTo).href) return { holds: true };
    const objection = urlObjection(next);
    if (objection !== undefined) return fails(`${url.href} redirects to ${shown(next.href)}, ${objection}.`);
    url = next;
  }
  return fails(`More than ${MOST_REDIRECTS} redirects follow one another from ${token.redirectFrom}.`);
}

function judgeContent(url: URL, body: string, { content, redirectTo }: HttpToken): Verdict {
  if (body.trim() === content) return { holds: true };
  const what = body.trim() === "" ? "is empty" : `has other content ("${shown(body.trim())}")`;
  return fails(`${url.href} ${what}: it must have exactly what ${redirectTo} has, or redirect there.`);
}

/** Why a redirect is not followed; undefined when it is. */
function urlObjection(url: URL): string | undefined {
  if (url.protocol !== "http:" && url.protocol !== "https:") return "which is neither http nor https";
  if (url.username !== "" || url.password !== "") return "which has a user name or a password in it";
  if (url.port !== "") return "which is on another port than 80 and 443";
  if (parseIpAddress(url.hostname.replace(/^\[|\]$/g, ""))) return "which has an address in place of a name";
  return parseDomainName(url.hostname) ? undefined : "whose host is not a domain name";
}

type Got = Fetched & { readonly server: string };

/** Gets a URL from the first of its host's addresses that takes the request; a sentence where none does. */
async function getFromAny(url: URL, view: View, signal: AbortSignal, deps: HttpDeps): Promise<Got | string> {
  const host = parseRecordName(url.hostname);
  if (!host) return `${url.hostname} is not a domain name.`;
  const found = await addressesOf(host, view);
  if (typeof found === "string") return found;
  const { http, https } = deps.webPorts ?? STANDARD_PORTS;
  const problems: string[] = [];
  for (const address of found) {
    const port = url.protocol === "https:" ? https : http;
    const server = shownResolver({ address, port });
    const note = (result: Pick<Asked, "answer" | "failure">): void =>
      view.protocol.add({ name: url.href, type: "GET", server, ...result });
    const objection = addressObjection(address, deps.httpValidationNetworks);
    if (objection !== undefined) {
      note({ failure: `${objection}: not asked (http-validation-networks)` });
      problems.push(`${address} ${objection} and is not asked (see the setting http-validation-networks)`);
      continue;
    }
    try {
      const fetched = await fetchFrom(url, { address, port }, signal);
      note({ answer: answerOf(fetched) });
      return { ...fetched, server };
    } catch (error) {
      if (!(error instanceof FetchProblem)) throw error;
      note({ failure: error.message });
      problems.push(`${server} ${error.message}`);
      if (!error.mayTryNext) break;
    }
  }
  return `${url.href} could not be fetched: ${problems.join("; ")}.`;
}

/** A few addresses of each family, IPv6 first; a sentence when there are none. */
async function addressesOf(host: RecordName, view: View): Promise<readonly string[] | string> {
  const answers = await Promise.all([view.ask(host, "AAAA"), view.ask(host, "A")]);
  const addresses = answers.flatMap((answer) =>
    answer.kind === "records" ? answer.records.slice(0, MOST_ADDRESSES).map(({ value }) => value) : [],
  );
  if (addresses.length > 0) return addresses;
  const name = host.slice(0, -1);
  const failed = answers.find((answer) => answer.kind === "failed");
  if (failed) return `The addresses of ${name} could not be looked up: ${failed.server} ${failed.reason}.`;
  return `${name} has neither an A nor an AAAA record.`;
}

function answerOf({ status, location, body }: Fetched): string {
  if (REDIRECTS.has(status)) return `${status} to ${shown(location ?? "nowhere")}`;
  return status === OK ? `200 with ${body.length} bytes` : `${status}`;
}

/** What strangers wrote, fit to be shown. */
function shown(text: string): string {
  const clean = text.replace(/[^\x20-\x7e]+/g, " ");
  return clean.length > MOST_SHOWN ? `${clean.slice(0, MOST_SHOWN)}…` : clean;
}

function fails(reason: string): Verdict {
  return { holds: false, reason };
}

const STANDARD_PORTS = { http: 80, https: 443 };
const OK = 200;
/** Those that the Baseline Requirements take (section 3.2.2.4.18). */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
const TOGETHER: Millis = 10 * SECOND;
const MOST_REDIRECTS = 5;
const MOST_ADDRESSES = 2;
const MOST_SHOWN = 80;
