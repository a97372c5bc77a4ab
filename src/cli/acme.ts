import { clientConfigurations, type ToConfigure } from "./acme/client-configurations.ts";
import { type Clients, openClients } from "./acme/clients.ts";
import { type AcmeOptions, readAcmeOptions } from "./acme/options.ts";
import {
  type DomainSetUp,
  type EndpointSetUp,
  type Say,
  seeDomain,
  setUpDomain,
  setUpEndpoint,
} from "./acme/set-up.ts";
import { eventually, Late } from "./acme/wait.ts";

/**
 * `sealkeeper acme DOMAIN…`: an ACME endpoint, a binding and the proof of the domains in one step, and what to give to
 * certbot, lego and cert-manager. Called again it changes nothing and prints the same.
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = readAcmeOptions(args, process.env);
  using clients = await openClients(options, process.env);
  const say: Say = (line) => void process.stderr.write(`${line}\n`);
  try {
    const endpoint = await setUpEndpoint(options, clients, say);
    const domains: DomainSetUp[] = [];
    for (const domain of options.domains) {
      domains.push(await setUpDomain(endpoint.arn, domain, options, clients, say));
    }
    const seen = await untilProven(domains, options, clients, say);
    await print(endpoint, seen, options);
    return seen.every(({ status }) => status === "VALID") ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  }
}

/** Waits until every domain is VALID or INVALID, telling what to write where; or until the time is over. */
async function untilProven(
  domains: readonly DomainSetUp[],
  { wait }: AcmeOptions,
  clients: Clients,
  say: Say,
): Promise<readonly DomainSetUp[]> {
  for (const { domain, status, record, hostedZoneId } of domains) {
    if (status !== "VALIDATING") continue;
    if (hostedZoneId) say(`${domain}: its record is written into the hosted zone ${hostedZoneId}`);
    else
      say(`${domain}: write this record into its DNS, and leave it there:\n\n  ${record.name} CNAME ${record.value}\n`);
  }
  let latest = domains;
  const told = new Map(domains.map(({ arn, status }) => [arn, status]));
  try {
    return await eventually(
      "the domains to be proven",
      wait,
      async () => {
        latest = await Promise.all(domains.map(({ arn }) => seeDomain(arn, clients)));
        for (const { arn, domain, status, reason } of latest) {
          if (told.get(arn) !== status) say(`${domain}: ${status}${reason ? ` (${reason})` : ""}`);
          told.set(arn, status);
        }
        return latest.some(({ status }) => status === "VALIDATING") ? undefined : latest;
      },
      500,
    );
  } catch (error) {
    if (!(error instanceof Late)) throw error;
    say("Not all domains are proven yet. The records can be written any time within 72 hours: then run this again.");
    return latest;
  }
}

async function print(
  endpoint: EndpointSetUp,
  domains: readonly DomainSetUp[],
  { json, email, scope, endpointUrl }: AcmeOptions,
): Promise<void> {
  const [first] = domains;
  const rootUrl = `${endpointUrl.replace(/\/$/, "")}/ca/root.pem`;
  const root = await fetch(rootUrl);
  if (!root.ok) throw new Error(`${rootUrl} answers ${root.status}: the root certificate cannot be fetched`);
  const wildcard = scope.wildcards && scope.exact;
  const to: ToConfigure = {
    ...endpoint,
    domain: first?.domain ?? "",
    wildcard,
    email,
    rootUrl,
    rootPem: await root.text(),
  };
  const configurations = clientConfigurations(to);
  if (json) {
    const clients = Object.fromEntries(configurations.map(({ client, text }) => [client, text]));
    process.stdout.write(`${JSON.stringify({ endpoint, domains, rootUrl, clients }, undefined, 2)}\n`);
    return;
  }
  const { directoryUrl, keyId, macKey } = endpoint;
  const proofs = domains.map(({ domain, status, record }) =>
    [
      `  ${domain.padEnd(14)}${status}`,
      ...(status === "VALID" ? [] : [`    ${record.name} CNAME ${record.value}`]),
    ].join("\n"),
  );
  const sections = configurations.map(({ client, text }) => `# ${client}\n${text}`);
  const facts = [
    `  directory     ${directoryUrl}`,
    `  KeyId         ${keyId}`,
    `  MacKey        ${macKey}`,
    `  root          ${rootUrl}`,
  ];
  process.stdout.write(
    `${["ACME endpoint", ...facts, "", "Domains", ...proofs, "", sections.join("\n\n")].join("\n")}\n`,
  );
}
