import {
  type CertificateDetail,
  CreateAcmeEndpointCommand,
  DeleteAcmeEndpointCommand,
  DeleteCertificateCommand,
  DescribeAcmeEndpointCommand,
  DescribeCertificateCommand,
  ExportCertificateCommand,
  GetAccountConfigurationCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  PutAccountConfigurationCommand,
  RenewCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
  UpdateAcmeEndpointCommand,
  UpdateCertificateOptionsCommand,
} from "@aws-sdk/client-acm";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from "@aws-sdk/client-route-53";
import { beforeAll, describe, expect, test } from "vitest";
import { defaultNetwork } from "#cli/demo/network.ts";
import { leavePlace, newPlace, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { selfSigned } from "../support/self-signed.ts";
import { type Clients, clientsOf, makeZone } from "../support/shop.ts";

/**
 * The calls that Terraform's AWS provider makes for a resource, in its order and with what it reads and waits for.
 * https://github.com/hashicorp/terraform-provider-aws, internal/service/{acm,route53,elbv2}
 */
let product: Product;
let place: Awaited<ReturnType<typeof newPlace>>;
beforeAll(async () => {
  place = await newPlace();
  product = await startProduct(place, { "log-level": "warn" });
  return async () => {
    await product.stop();
    leavePlace(place);
  };
});

const token = (): string => `tf${Date.now()}${Math.trunc(Math.random() * 1e9)}`.slice(0, 32);

/** aws_acm_certificate, create: request, wait for what validation needs, read, read the tags. */
async function createCertificate({ acm }: Clients, input: RequestCertificateCommandInput): Promise<CertificateDetail> {
  const { CertificateArn } = await acm.send(new RequestCertificateCommand({ IdempotencyToken: token(), ...input }));
  const ready = ({ DomainValidationOptions = [], Type, Status }: CertificateDetail): boolean =>
    Type === "PRIVATE"
      ? Status !== "PENDING_VALIDATION"
      : DomainValidationOptions.some(
          (option) => option.ResourceRecord ?? option.ValidationEmails?.length ?? option.ValidationStatus === "SUCCESS",
        );
  const certificate = await until("the certificate can be validated", async () => {
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    return Certificate && ready(Certificate) ? Certificate : undefined;
  });
  await acm.send(new ListTagsForCertificateCommand({ CertificateArn }));
  return certificate;
}

/** aws_route53_record, create or overwrite: the zone, the change, until it is in sync, and the record read back. */
async function createRecord(
  { route53 }: Clients,
  Id: string,
  Name = "",
  Value = "",
  Action: "CREATE" | "UPSERT" = "CREATE",
) {
  const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id }));
  expect(HostedZone?.Id).toBe(Id);
  const ResourceRecordSet = { Name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value }] };
  const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }], Comment: "Managed by Terraform" };
  const change = await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: Id, ChangeBatch }));
  await until("the change is in sync", async () => {
    const { ChangeInfo } = await route53.send(new GetChangeCommand({ Id: change.ChangeInfo?.Id }));
    return ChangeInfo?.Status === "INSYNC" ? true : undefined;
  });
  const find = { HostedZoneId: Id, StartRecordName: Name, StartRecordType: "CNAME" as const, MaxItems: 1 };
  const { ResourceRecordSets = [] } = await route53.send(new ListResourceRecordSetsCommand(find));
  expect(ResourceRecordSets[0]).toMatchObject({ Name: Name.replace(/\.?$/, "."), ResourceRecords: [{ Value }] });
}

/** aws_acm_certificate_validation: every record is among the names that were written, then ISSUED is waited for. */
async function validateCertificate(
  { acm }: Clients,
  CertificateArn: string,
  names: readonly string[],
): Promise<CertificateDetail> {
  const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
  expect(Certificate?.Type).toBe("AMAZON_ISSUED");
  for (const { ResourceRecord, ValidationMethod } of Certificate?.DomainValidationOptions ?? []) {
    expect(ValidationMethod).toBe("DNS");
    expect(names).toContain(ResourceRecord?.Name?.replace(/\.$/, ""));
  }
  return await until("the certificate is issued", async () => {
    const { Certificate: now } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    expect(["PENDING_VALIDATION", "ISSUED"]).toContain(now?.Status);
    return now?.Status === "ISSUED" ? now : undefined;
  });
}

async function wholeCertificate(clients: Clients, domain: string, more: Partial<RequestCertificateCommandInput> = {}) {
  const zoneId = await makeZone(clients, domain);
  const requested = await createCertificate(clients, { DomainName: domain, ValidationMethod: "DNS", ...more });
  const records = new Map(
    (requested.DomainValidationOptions ?? []).map(({ ResourceRecord }) => [
      ResourceRecord?.Name,
      ResourceRecord?.Value,
    ]),
  );
  for (const [name, value] of records) await createRecord(clients, zoneId, name, value, "UPSERT");
  const names = [...records.keys()].map((name = "") => name.replace(/\.$/, ""));
  const certificate = await validateCertificate(clients, requested.CertificateArn ?? "", names);
  return { zoneId, requested, certificate, arn: certificate.CertificateArn ?? "" };
}

/** aws_acm_certificate, delete: what is in use is tried again, what is not found is done. */
async function destroyCertificate(
  { acm }: Clients,
  CertificateArn: string,
  onInUse: () => Promise<void>,
): Promise<void> {
  await until("the certificate is deleted", async () => {
    try {
      await acm.send(new DeleteCertificateCommand({ CertificateArn }));
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === "ResourceNotFoundException") return true;
      expect(error.name).toBe("ResourceInUseException");
      await onInUse();
      return undefined;
    }
  });
}

describe("aws_acm_certificate", () => {
  test("by DNS, with its records, its validation, a data source and its end", async () => {
    const clients = clientsOf(product);
    const SubjectAlternativeNames = ["*.tf.example"];
    const Tags = [{ Key: "Name", Value: "tf" }];
    const { requested, certificate, arn } = await wholeCertificate(clients, "tf.example", {
      SubjectAlternativeNames,
      Tags,
    });
    expect(requested).toMatchObject({
      SubjectAlternativeNames: ["tf.example", "*.tf.example"],
      RenewalEligibility: "INELIGIBLE",
    });
    for (const member of ["NotBefore", "NotAfter", "RenewalSummary"]) expect(requested).not.toHaveProperty(member);
    expect(requested.DomainValidationOptions).toHaveLength(2);
    expect(certificate.NotAfter).toBeInstanceOf(Date);

    // data "aws_acm_certificate"
    const { acm } = clients;
    const query = { CertificateStatuses: ["ISSUED" as const], Includes: { keyTypes: ["RSA_2048" as const] } };
    const { CertificateSummaryList = [] } = await acm.send(new ListCertificatesCommand(query));
    expect(CertificateSummaryList.map(({ CertificateArn }) => CertificateArn)).toContain(arn);
    expect((await acm.send(new ListTagsForCertificateCommand({ CertificateArn: arn }))).Tags).toEqual(Tags);
    const { Certificate, CertificateChain } = await acm.send(new GetCertificateCommand({ CertificateArn: arn }));
    expect([Certificate, CertificateChain]).toEqual([
      expect.stringContaining("BEGIN"),
      expect.stringContaining("BEGIN"),
    ]);

    await destroyCertificate(clients, arn, () => Promise.reject(new Error("nobody uses it")));
    await destroyCertificate(clients, arn, () => Promise.reject(new Error("it is gone")));
  });

  test("by e-mail: no records, addresses, no times, no renewal summary", async () => {
    const certificate = await createCertificate(clientsOf(product), {
      DomainName: "mail.tf.example",
      ValidationMethod: "EMAIL",
    });
    const [option] = certificate.DomainValidationOptions ?? [];
    expect(option?.ResourceRecord).toBeUndefined();
    expect(option?.ValidationEmails?.length).toBeGreaterThan(0);
    expect(certificate.RenewalEligibility).toBe("INELIGIBLE");
    for (const member of ["NotBefore", "NotAfter", "RenewalSummary"]) expect(certificate).not.toHaveProperty(member);
  });

  test("imported, and imported again under the same ARN without tags", async () => {
    const { acm } = clientsOf(product);
    const input = async (more: object = {}) => {
      const { certificate, privateKey } = await selfSigned({ names: ["imported.tf.example"] });
      return { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey), ...more };
    };
    const first = await acm.send(new ImportCertificateCommand(await input({ Tags: [{ Key: "Name", Value: "tf" }] })));
    const { Certificate: before } = await acm.send(new DescribeCertificateCommand(first as { CertificateArn: string }));
    const again = await acm.send(new ImportCertificateCommand(await input(first)));
    const { Certificate: after } = await acm.send(new DescribeCertificateCommand(again as { CertificateArn: string }));
    expect(after?.CertificateArn).toBe(before?.CertificateArn);
    expect(after?.Serial).not.toBe(before?.Serial);
    expect(after?.DomainValidationOptions?.[0]?.ValidationMethod).toBeUndefined();
  });

  test("with options that did not change, and renewed early: PENDING_AUTO_RENEWAL to SUCCESS within a minute", async () => {
    const clients = clientsOf(product);
    const { acm } = clients;
    const { arn: CertificateArn, certificate } = await wholeCertificate(clients, "early.example", {
      Options: { Export: "ENABLED" },
    });
    const Options = { CertificateTransparencyLoggingPreference: "ENABLED" as const };
    await acm.send(new UpdateCertificateOptionsCommand({ CertificateArn, Options }));
    await acm.send(new ExportCertificateCommand({ CertificateArn, Passphrase: Buffer.from("terraform") }));
    await acm.send(new RenewCertificateCommand({ CertificateArn }));
    const seen = new Set<string | undefined>();
    const renewed = await until("the renewal succeeds", async () => {
      const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
      seen.add(Certificate?.RenewalSummary?.RenewalStatus);
      return Certificate?.RenewalSummary?.RenewalStatus === "SUCCESS" ? Certificate : undefined;
    });
    for (const status of seen) expect(["PENDING_AUTO_RENEWAL", "PENDING_VALIDATION", "SUCCESS"]).toContain(status);
    expect(renewed.Serial).not.toBe(certificate.Serial);
  });
});

test("aws_lb_listener: a pending certificate is CertificateNotFound until it is issued; one in use is deleted once it is free", async () => {
  const clients = clientsOf(product);
  const { elbv2 } = clients;
  const pending = await createCertificate(clients, { DomainName: "listener.example", ValidationMethod: "DNS" });
  const network = await defaultNetwork(clients.ec2);
  const { LoadBalancers = [] } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: "tf", Subnets: [...network.subnets] }),
  );
  const { TargetGroups = [] } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: "tf",
      Protocol: "HTTP",
      Port: 80,
      TargetType: "ip",
      VpcId: network.vpcId,
    }),
  );
  const DefaultActions = [{ Type: "forward" as const, TargetGroupArn: TargetGroups[0]?.TargetGroupArn }];
  const listener = {
    LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
    Protocol: "HTTPS" as const,
    Port: 443,
    DefaultActions,
  };
  const create = (CertificateArn?: string) =>
    elbv2.send(new CreateListenerCommand({ ...listener, Certificates: [{ CertificateArn }] }));
  await expect(create(pending.CertificateArn)).rejects.toMatchObject({
    name: expect.stringMatching(/CertificateNotFound/),
  });
  const zoneId = await makeZone(clients, "listener.example");
  const { ResourceRecord } = pending.DomainValidationOptions?.[0] ?? {};
  await createRecord(clients, zoneId, ResourceRecord?.Name, ResourceRecord?.Value);
  const { Listeners = [] } = await until("the listener is made", () =>
    create(pending.CertificateArn).catch(() => undefined),
  );
  const ListenerArn = Listeners[0]?.ListenerArn;
  await elbv2.send(new ModifyListenerCommand({ ListenerArn, SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }));
  const read = await elbv2.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn ?? ""] }));
  expect(read.Listeners?.[0]).toMatchObject({
    Certificates: [{ CertificateArn: pending.CertificateArn }],
    SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  });
  let refused = 0;
  await destroyCertificate(clients, pending.CertificateArn ?? "", async () => {
    refused += 1;
    await elbv2.send(new DeleteListenerCommand({ ListenerArn }));
  });
  expect(refused).toBe(1); // free in the very transaction that deletes the listener
});

test("aws_acm_account_configuration: put with the time as its token, and got", async () => {
  const { acm } = clientsOf(product);
  const IdempotencyToken = String(Math.trunc(Date.now() / 1000));
  await acm.send(new PutAccountConfigurationCommand({ IdempotencyToken, ExpiryEvents: { DaysBeforeExpiry: 30 } }));
  expect((await acm.send(new GetAccountConfigurationCommand({}))).ExpiryEvents).toEqual({ DaysBeforeExpiry: 30 });
});

test("aws_acm_acme_endpoint: ACTIVE twice in a row, updated, and gone", async () => {
  const { acm } = clientsOf(product);
  const CertificateAuthority = { PublicCertificateAuthority: { AllowedKeyAlgorithms: ["RSA_2048" as const] } };
  const made = await acm.send(
    new CreateAcmeEndpointCommand({
      AuthorizationBehavior: "PRE_APPROVED",
      CertificateAuthority,
      IdempotencyToken: token(),
    }),
  );
  const { AcmeEndpointArn = "" } = made;
  const see = async () => (await acm.send(new DescribeAcmeEndpointCommand({ AcmeEndpointArn }))).AcmeEndpoint;
  const active = async (): Promise<void> => {
    let inARow = 0;
    await until("the endpoint is ACTIVE twice in a row", async () => {
      const { Status } = (await see()) ?? {};
      expect(["CREATING", "ACTIVE"]).toContain(Status);
      inARow = Status === "ACTIVE" ? inARow + 1 : 0;
      return inARow === 2 ? true : undefined;
    });
  };
  await active();
  await acm.send(new UpdateAcmeEndpointCommand({ AcmeEndpointArn, Contact: "REQUIRED" }));
  await active();
  expect(await see()).toMatchObject({ Contact: "REQUIRED", CertificateAuthority, EndpointUrl: expect.any(String) });
  await acm.send(new DeleteAcmeEndpointCommand({ AcmeEndpointArn }));
  await until("the endpoint is gone", async () => {
    try {
      expect(["ACTIVE", "DELETING"]).toContain((await see())?.Status);
      return undefined;
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return true;
      throw error;
    }
  });
});
