import {
  type AcmeDomainValidation,
  type AcmeExternalAccountBinding,
  CreateAcmeDomainValidationCommand,
  CreateAcmeEndpointCommand,
  CreateAcmeExternalAccountBindingCommand,
  DeleteAcmeDomainValidationCommand,
  DescribeAcmeDomainValidationCommand,
  DescribeAcmeEndpointCommand,
  type DomainScope,
  GetAcmeExternalAccountBindingCredentialsCommand,
  ListTagsForResourceCommand,
  paginateListAcmeDomainValidations,
  paginateListAcmeEndpoints,
  paginateListAcmeExternalAccountBindings,
  UpdateAcmeDomainValidationCommand,
} from "@aws-sdk/client-acm";
import { ListHostedZonesByNameCommand } from "@aws-sdk/client-route-53";
import type { Clients } from "./clients.ts";
import type { AcmeOptions } from "./options.ts";
import { eventually } from "./wait.ts";

/** An endpoint that clients can use, and what they use it with. */
export interface EndpointSetUp {
  readonly arn: string;
  readonly directoryUrl: string;
  readonly bindingArn: string;
  readonly keyId: string;
  readonly macKey: string;
}

/** How far the proof of a domain has come. */
export interface DomainSetUp {
  readonly arn: string;
  readonly domain: string;
  readonly status: string;
  /** Why it is INVALID. */
  readonly reason: string | undefined;
  readonly record: { readonly name: string; readonly value: string };
  /** Where the record is written for the owner; undefined: the owner writes it. */
  readonly hostedZoneId: string | undefined;
}

/** Tells what is being done, for people. */
export type Say = (line: string) => void;

/** The endpoint of this name with a binding that can register accounts: the one that is there, or a new one. */
export async function setUpEndpoint(options: AcmeOptions, clients: Clients, say: Say): Promise<EndpointSetUp> {
  const { acm, account } = clients;
  const arn = (await findEndpoint(options, clients)) ?? (await createEndpoint(options, clients, say));
  const endpoint = await eventually("the ACME endpoint to become ACTIVE", START_UP, async () => {
    const { AcmeEndpoint } = await acm.send(new DescribeAcmeEndpointCommand({ AcmeEndpointArn: arn }));
    if (AcmeEndpoint?.Status === "FAILED") throw new Error(`the ACME endpoint FAILED: ${AcmeEndpoint.FailureReason}`);
    return AcmeEndpoint?.Status === "ACTIVE" ? AcmeEndpoint : undefined;
  });
  const role = options.role.startsWith("arn:") ? options.role : `arn:aws:iam::${account}:role/${options.role}`;
  const bindingArn = (await findBinding(arn, role, clients)) ?? (await createBinding(arn, role, clients, say));
  const credentials = await acm.send(
    new GetAcmeExternalAccountBindingCredentialsCommand({ AcmeExternalAccountBindingArn: bindingArn }),
  );
  const { KeyId: keyId = "", MacKey: macKey = "" } = credentials;
  return { arn, directoryUrl: endpoint.EndpointUrl ?? "", bindingArn, keyId, macKey };
}

/** The validation of a domain for the endpoint, with this scope: the one that is there, brought up to date, or a new one. */
export async function setUpDomain(
  endpointArn: string,
  domain: string,
  options: AcmeOptions,
  clients: Clients,
  say: Say,
): Promise<DomainSetUp> {
  const { acm } = clients;
  const HostedZoneId = options.hostedZoneId ?? (await ownZoneOf(domain, clients));
  const DnsPrevalidation = { DomainScope: domainScope(options), ...(HostedZoneId && { HostedZoneId }) };
  const known = await findDomain(endpointArn, domain, clients);
  if (known?.Status === "INVALID" || known?.Status === "DELETING") {
    say(`${domain}: the earlier validation is ${known.Status}; it is made anew`);
    await removeDomain(known, clients);
  } else if (known) {
    const AcmeDomainValidationArn = known.AcmeDomainValidationArn ?? "";
    if (!isSameScope(known, DnsPrevalidation.DomainScope)) {
      say(`${domain}: its scope is changed`);
      await acm.send(
        new UpdateAcmeDomainValidationCommand({ AcmeDomainValidationArn, PrevalidationOptions: { DnsPrevalidation } }),
      );
    }
    return await seeDomain(AcmeDomainValidationArn, clients);
  }
  say(`${domain}: a domain validation is made`);
  const { AcmeDomainValidationArn = "" } = await acm.send(
    new CreateAcmeDomainValidationCommand({
      AcmeEndpointArn: endpointArn,
      DomainName: domain,
      PrevalidationOptions: { DnsPrevalidation },
    }),
  );
  return await seeDomain(AcmeDomainValidationArn, clients);
}

/** How far a domain's proof has come now. */
export async function seeDomain(arn: string, { acm }: Clients): Promise<DomainSetUp> {
  const found = await acm.send(new DescribeAcmeDomainValidationCommand({ AcmeDomainValidationArn: arn }));
  const {
    DomainName: domain = "",
    Status: status = "",
    FailureDetails,
    PrevalidationDetails,
  } = found.AcmeDomainValidation ?? {};
  const { ResourceRecord, HostedZoneId: hostedZoneId } = PrevalidationDetails?.DnsPrevalidation ?? {};
  const record = { name: ResourceRecord?.Name ?? "", value: ResourceRecord?.Value ?? "" };
  const reason = FailureDetails && `${FailureDetails.Reason}: ${FailureDetails.Message}`;
  return { arn, domain, status, reason, record, hostedZoneId };
}

async function findEndpoint({ name }: AcmeOptions, { acm }: Clients): Promise<string | undefined> {
  for await (const { AcmeEndpoints = [] } of paginateListAcmeEndpoints({ client: acm }, {})) {
    for (const { AcmeEndpointArn: ResourceArn, Status } of AcmeEndpoints) {
      if (Status !== "ACTIVE" && Status !== "CREATING") continue;
      const { Tags = [] } = await acm.send(new ListTagsForResourceCommand({ ResourceArn }));
      if (Tags.some(({ Key, Value }) => Key === NAME_TAG && Value === name)) return ResourceArn;
    }
  }
  return undefined;
}

async function createEndpoint({ name, keyTypes }: AcmeOptions, { acm }: Clients, say: Say): Promise<string> {
  say(`an ACME endpoint is made (its tag ${NAME_TAG} is ${name})`);
  const AllowedKeyAlgorithms = keyTypes && [...keyTypes];
  const { AcmeEndpointArn = "" } = await acm.send(
    new CreateAcmeEndpointCommand({
      AuthorizationBehavior: "PRE_APPROVED",
      CertificateAuthority: { PublicCertificateAuthority: { ...(AllowedKeyAlgorithms && { AllowedKeyAlgorithms }) } },
      Tags: [{ Key: NAME_TAG, Value: name }],
      // Two of these commands at once make one endpoint.
      IdempotencyToken: `sealkeeper-acme-${name}`,
    }),
  );
  return AcmeEndpointArn;
}

async function findBinding(endpoint: string, role: string, { acm }: Clients): Promise<string | undefined> {
  const all = paginateListAcmeExternalAccountBindings({ client: acm }, { AcmeEndpointArn: endpoint });
  for await (const { ExternalAccountBindings = [] } of all) {
    const usable = ExternalAccountBindings.find((binding) => isUsable(binding, role));
    if (usable) return usable.AcmeExternalAccountBindingArn;
  }
  return undefined;
}

/** One that expires will not do: what is printed is to work tomorrow, too. */
function isUsable({ RoleArn, ExpiresAt, RevokedAt }: AcmeExternalAccountBinding, role: string): boolean {
  return RoleArn === role && !ExpiresAt && !RevokedAt;
}

async function createBinding(endpoint: string, role: string, { acm }: Clients, say: Say): Promise<string> {
  say("an external account binding is made");
  const { ExternalAccountBinding } = await acm.send(
    new CreateAcmeExternalAccountBindingCommand({
      AcmeEndpointArn: endpoint,
      RoleArn: role,
      IdempotencyToken: "sealkeeper-acme",
    }),
  );
  return ExternalAccountBinding?.AcmeExternalAccountBindingArn ?? "";
}

async function findDomain(
  endpoint: string,
  domain: string,
  { acm }: Clients,
): Promise<AcmeDomainValidation | undefined> {
  const all = paginateListAcmeDomainValidations({ client: acm }, { AcmeEndpointArn: endpoint });
  for await (const { AcmeDomainValidations = [] } of all) {
    const found = AcmeDomainValidations.find(({ DomainName }) => DomainName === domain);
    if (found) return found;
  }
  return undefined;
}

async function removeDomain({ AcmeDomainValidationArn = "" }: AcmeDomainValidation, { acm }: Clients): Promise<void> {
  await acm.send(new DeleteAcmeDomainValidationCommand({ AcmeDomainValidationArn }));
  await eventually("the earlier domain validation to be gone", START_UP, async () => {
    try {
      await acm.send(new DescribeAcmeDomainValidationCommand({ AcmeDomainValidationArn }));
      return undefined;
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return true;
      throw error;
    }
  });
}

/** The closest hosted zone of ours that holds the domain: there the product can write the record itself. */
async function ownZoneOf(domain: string, { route53 }: Clients): Promise<string | undefined> {
  const labels = domain.split(".");
  for (let from = 0; from < labels.length; from += 1) {
    const DNSName = `${labels.slice(from).join(".")}.`;
    const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName, MaxItems: 1 }));
    const [zone] = HostedZones;
    if (zone?.Name === DNSName) return zone.Id?.replace("/hostedzone/", "");
  }
  return undefined;
}

function domainScope({ scope }: AcmeOptions): DomainScope {
  const shown = (flag: boolean) => (flag ? "ENABLED" : "DISABLED");
  return {
    ExactDomain: shown(scope.exact),
    Subdomains: shown(scope.subdomains),
    Wildcards: shown(scope.wildcards),
  };
}

function isSameScope({ PrevalidationDetails }: AcmeDomainValidation, wanted: DomainScope): boolean {
  const { ExactDomain, Subdomains, Wildcards } = PrevalidationDetails?.DnsPrevalidation?.DomainScope ?? {};
  return ExactDomain === wanted.ExactDomain && Subdomains === wanted.Subdomains && Wildcards === wanted.Wildcards;
}

const NAME_TAG = "sealkeeper:acme";
const START_UP = 60_000;
