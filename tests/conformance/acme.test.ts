import {
  type ACMClient,
  CreateAcmeDomainValidationCommand,
  CreateAcmeEndpointCommand,
  type CreateAcmeEndpointCommandInput,
  CreateAcmeExternalAccountBindingCommand,
  DeleteAcmeDomainValidationCommand,
  DeleteAcmeEndpointCommand,
  DeleteAcmeExternalAccountBindingCommand,
  DescribeAcmeAccountCommand,
  DescribeAcmeDomainValidationCommand,
  DescribeAcmeEndpointCommand,
  DescribeAcmeExternalAccountBindingCommand,
  GetAcmeExternalAccountBindingCredentialsCommand,
  ListAcmeAccountsCommand,
  ListAcmeDomainValidationsCommand,
  ListAcmeExternalAccountBindingsCommand,
  ListTagsForResourceCommand,
  paginateListAcmeEndpoints,
  RevokeAcmeExternalAccountBindingCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAcmeDomainValidationCommand,
  UpdateAcmeEndpointCommand,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR, later } from "#lib/duration.ts";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
let client: ACMClient;
beforeAll(async () => {
  endpoint = await acmEndpoint();
  client = endpoint.client();
});
afterAll(() => endpoint.close());

const PUBLIC = { PublicCertificateAuthority: {} };
const ROLE = "arn:aws:iam::123456789012:role/acme";
const all = { ExactDomain: "ENABLED", Subdomains: "ENABLED", Wildcards: "ENABLED" } as const;

async function made(more: Partial<CreateAcmeEndpointCommandInput> = {}, by: ACMClient = client): Promise<string> {
  const input = { AuthorizationBehavior: "PRE_APPROVED" as const, CertificateAuthority: PUBLIC, ...more };
  const { AcmeEndpointArn = "" } = await by.send(new CreateAcmeEndpointCommand(input));
  await endpoint.world.work();
  return AcmeEndpointArn;
}

async function see(AcmeEndpointArn: string) {
  return (await client.send(new DescribeAcmeEndpointCommand({ AcmeEndpointArn }))).AcmeEndpoint;
}

async function validate(
  AcmeEndpointArn: string,
  DomainName: string,
  DomainScope: object = all,
  more: object = {},
): Promise<string> {
  const PrevalidationOptions = { DnsPrevalidation: { DomainScope, ...more } };
  const input = { AcmeEndpointArn, DomainName, PrevalidationOptions };
  return (await client.send(new CreateAcmeDomainValidationCommand(input))).AcmeDomainValidationArn ?? "";
}

async function validation(AcmeDomainValidationArn: string) {
  return (await client.send(new DescribeAcmeDomainValidationCommand({ AcmeDomainValidationArn }))).AcmeDomainValidation;
}

async function bind(AcmeEndpointArn: string, more: object = {}) {
  const input = { AcmeEndpointArn, RoleArn: ROLE, ...more };
  return (await client.send(new CreateAcmeExternalAccountBindingCommand(input))).ExternalAccountBinding;
}

describe("an ACME endpoint", () => {
  test("is CREATING, then ACTIVE, with a directory of its own", async () => {
    const arn = await made({ Contact: "REQUIRED" });
    expect(arn).toMatch(/^arn:aws:acm:eu-west-1:123456789012:acme-endpoint\/[0-9a-f-]{36}$/);
    expect(await see(arn)).toMatchObject({
      AcmeEndpointArn: arn,
      Status: "ACTIVE",
      AuthorizationBehavior: "PRE_APPROVED",
      Contact: "REQUIRED",
      EndpointUrl: expect.stringMatching(/^https:\/\/.*\/[0-9a-f-]{36}\/directory$/),
      CertificateAuthority: PUBLIC,
      CreatedAt: expect.any(Date),
      UpdatedAt: expect.any(Date),
    });
  });

  test("without a Contact says NOT_REQUIRED", async () => {
    expect((await see(await made()))?.Contact).toBe("NOT_REQUIRED");
  });

  test("echoes its allowed key algorithms and the tags of its certificates", async () => {
    const CertificateAuthority = { PublicCertificateAuthority: { AllowedKeyAlgorithms: ["EC_prime256v1" as const] } };
    const CertificateTags = [{ Key: "team", Value: "web" }];
    expect(await see(await made({ CertificateAuthority, CertificateTags }))).toMatchObject({
      CertificateAuthority,
      CertificateTags,
    });
  });

  test("with the same token is the same endpoint", async () => {
    const more = { IdempotencyToken: "endpoint-token" };
    expect(await made(more)).toBe(await made(more));
  });

  test("can change its contact policy and its key algorithms", async () => {
    const AcmeEndpointArn = await made();
    const CertificateAuthority = { PublicCertificateAuthority: { AllowedKeyAlgorithms: ["RSA_2048" as const] } };
    await client.send(new UpdateAcmeEndpointCommand({ AcmeEndpointArn, Contact: "REQUIRED", CertificateAuthority }));
    await endpoint.world.work();
    expect(await see(AcmeEndpointArn)).toMatchObject({ Status: "ACTIVE", Contact: "REQUIRED", CertificateAuthority });
  });

  test("is gone after its deletion, with all that hangs on it, and deleting it again does nothing", async () => {
    const AcmeEndpointArn = await made();
    const AcmeDomainValidationArn = await validate(AcmeEndpointArn, "gone.example");
    const binding = await bind(AcmeEndpointArn);
    await client.send(new DeleteAcmeEndpointCommand({ AcmeEndpointArn }));
    await endpoint.world.work();
    expect((await refusal(see(AcmeEndpointArn))).name).toBe("ResourceNotFoundException");
    expect((await refusal(validation(AcmeDomainValidationArn))).name).toBe("ResourceNotFoundException");
    const AcmeExternalAccountBindingArn = binding?.AcmeExternalAccountBindingArn ?? "";
    const describeBinding = new DescribeAcmeExternalAccountBindingCommand({ AcmeExternalAccountBindingArn });
    expect((await refusal(client.send(describeBinding))).name).toBe("ResourceNotFoundException");
    await client.send(new DeleteAcmeEndpointCommand({ AcmeEndpointArn }));
  });

  test("of another account or region is not found", async () => {
    const AcmeEndpointArn = await made();
    for (const owner of [{ account: "999999999999" }, { region: "us-east-1" }]) {
      const foreign = endpoint.client(owner).send(new DescribeAcmeEndpointCommand({ AcmeEndpointArn }));
      expect((await refusal(foreign)).name).toBe("ResourceNotFoundException");
    }
  });

  test("is listed in pages", async () => {
    const by = endpoint.client({ region: "ap-south-1" });
    const arns = [await made({}, by), await made({}, by), await made({}, by)];
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListAcmeEndpoints({ client: by, pageSize: 2 }, {})) {
      listed.push(...(page.AcmeEndpoints ?? []).map(({ AcmeEndpointArn }) => AcmeEndpointArn));
    }
    expect(new Set(listed)).toEqual(new Set(arns));
    expect(listed).toHaveLength(3);
  });

  test("has tags of its own", async () => {
    const ResourceArn = await made({ Tags: [{ Key: "a", Value: "1" }] });
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "b", Value: "2" }] }));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual([
      { Key: "b", Value: "2" },
    ]);
  });

  test("TagResource is for ACME's resources, not for certificates", async () => {
    const ResourceArn = await endpoint.world.request("tagged.example");
    const tag = new TagResourceCommand({ ResourceArn, Tags: [{ Key: "b", Value: "2" }] });
    expect((await refusal(client.send(tag))).name).toMatch(
      /ValidationException|InvalidArnException|ResourceNotFoundException/,
    );
  });
});

describe("an ACME domain validation", () => {
  test("is VALIDATING with a CNAME of its own for each endpoint, VALID when it stands", async () => {
    const [one, two] = [await made(), await made()];
    const arn = await validate(one, "valid.example");
    const pending = await validation(arn);
    expect(pending).toMatchObject({
      AcmeDomainValidationArn: arn,
      AcmeEndpointArn: one,
      DomainName: "valid.example",
      PrevalidationType: "DNS_PREVALIDATION",
      Status: "VALIDATING",
      PrevalidationDetails: { DnsPrevalidation: { DomainScope: all, ResourceRecord: { Type: "CNAME" } } },
    });
    const recordOf = (details: typeof pending) => {
      const { DnsPrevalidation } = (details?.PrevalidationDetails ?? {}) as {
        DnsPrevalidation?: { ResourceRecord?: { Name: string; Value: string } };
      };
      return DnsPrevalidation?.ResourceRecord ?? { Name: "", Value: "" };
    };
    const { Name, Value } = recordOf(pending);
    expect(recordOf(await validation(await validate(two, "valid.example"))).Value).not.toBe(Value);
    const zone = await endpoint.world.zone("valid.example");
    await zone.put(Name, Value);
    await endpoint.world.work();
    expect((await validation(arn))?.Status).toBe("VALID");
  });

  test("whose CNAME never stands is INVALID after 72 hours, with TIMED_OUT and the reason", async () => {
    const arn = await validate(await made(), "nowhere.example");
    await endpoint.world.liveUntil(later(endpoint.world.clock.now(), 73 * HOUR));
    expect(await validation(arn)).toMatchObject({
      Status: "INVALID",
      FailureDetails: { Reason: "TIMED_OUT", Message: expect.stringContaining("nowhere.example") },
    });
  });

  test("takes no wildcard and no capitals: ValidationException", async () => {
    const arn = await made();
    expect((await refusal(validate(arn, "*.wild.example"))).name).toBe("ValidationException");
    expect((await refusal(validate(arn, "CAPITAL.example"))).name).toBe("ValidationException");
  });

  test("of the same domain twice on an endpoint: ConflictException", async () => {
    const arn = await made();
    await validate(arn, "twice.example");
    expect((await refusal(validate(arn, "twice.example"))).name).toBe("ConflictException");
  });

  test("with a HostedZoneId writes its record itself", async () => {
    const zone = await endpoint.world.zone("own.example");
    const arn = await validate(await made(), "own.example", all, { HostedZoneId: zone.id });
    await endpoint.world.work();
    expect((await validation(arn))?.Status).toBe("VALID");
  });

  test("with the id of a zone that is not there is INVALID with HOSTED_ZONE_NOT_FOUND", async () => {
    const arn = await validate(await made(), "lost.example", all, { HostedZoneId: "Z0000000000000NOWHERE" });
    await endpoint.world.work();
    expect(await validation(arn)).toMatchObject({
      Status: "INVALID",
      FailureDetails: { Reason: "HOSTED_ZONE_NOT_FOUND" },
    });
  });

  test("can change its scope", async () => {
    const AcmeDomainValidationArn = await validate(await made(), "scope.example");
    const DomainScope = { ExactDomain: "ENABLED", Subdomains: "DISABLED", Wildcards: "DISABLED" } as const;
    const PrevalidationOptions = { DnsPrevalidation: { DomainScope } };
    await client.send(new UpdateAcmeDomainValidationCommand({ AcmeDomainValidationArn, PrevalidationOptions }));
    expect((await validation(AcmeDomainValidationArn))?.PrevalidationDetails).toMatchObject({
      DnsPrevalidation: { DomainScope },
    });
  });

  test("is gone after its deletion", async () => {
    const AcmeEndpointArn = await made();
    const AcmeDomainValidationArn = await validate(AcmeEndpointArn, "deleted.example");
    await client.send(new DeleteAcmeDomainValidationCommand({ AcmeDomainValidationArn }));
    await endpoint.world.work();
    expect((await refusal(validation(AcmeDomainValidationArn))).name).toBe("ResourceNotFoundException");
    const { AcmeDomainValidations } = await client.send(new ListAcmeDomainValidationsCommand({ AcmeEndpointArn }));
    expect(AcmeDomainValidations).toEqual([]);
  });
});

describe("an external account binding", () => {
  test("names its endpoint and role; its credentials are a UUID and 32 bytes, the same each time", async () => {
    const AcmeEndpointArn = await made();
    const binding = await bind(AcmeEndpointArn);
    expect(binding).toMatchObject({ AcmeEndpointArn, RoleArn: ROLE, CreatedAt: expect.any(Date) });
    const AcmeExternalAccountBindingArn = binding?.AcmeExternalAccountBindingArn ?? "";
    const read = () =>
      client.send(new GetAcmeExternalAccountBindingCredentialsCommand({ AcmeExternalAccountBindingArn }));
    const { KeyId, MacKey } = await read();
    expect(KeyId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(MacKey).toMatch(/^[\w-]{43}$/);
    expect(await read()).toMatchObject({ KeyId, MacKey });
  });

  test.for([
    ["MINUTES", 60_000],
    ["HOURS", 3_600_000],
    ["DAYS", 86_400_000],
  ] as const)("expires after a number of %s", async ([Type, unit]) => {
    const binding = await bind(await made(), { Expiration: { Value: 2, Type } });
    expect(binding?.ExpiresAt?.getTime()).toBe(endpoint.world.clock.now().getTime() + 2 * unit);
  });

  test("with a role that is none: ValidationException", async () => {
    const AcmeEndpointArn = await made();
    expect((await refusal(bind(AcmeEndpointArn, { RoleArn: "arn:aws:iam::123456789012:user/x" }))).name).toBe(
      "ValidationException",
    );
  });

  test("that is revoked says when, and stays in the list until it is deleted", async () => {
    const AcmeEndpointArn = await made();
    const { AcmeExternalAccountBindingArn = "" } = (await bind(AcmeEndpointArn)) ?? {};
    await client.send(new RevokeAcmeExternalAccountBindingCommand({ AcmeExternalAccountBindingArn }));
    const list = async () =>
      (await client.send(new ListAcmeExternalAccountBindingsCommand({ AcmeEndpointArn }))).ExternalAccountBindings;
    expect(await list()).toMatchObject([{ AcmeExternalAccountBindingArn, RevokedAt: endpoint.world.clock.now() }]);
    await client.send(new DeleteAcmeExternalAccountBindingCommand({ AcmeExternalAccountBindingArn }));
    expect(await list()).toEqual([]);
  });

  test("of an endpoint that is not there: ResourceNotFoundException", async () => {
    const nowhere = "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/00000000-0000-4000-8000-000000000000";
    expect((await refusal(bind(nowhere))).name).toBe("ResourceNotFoundException");
    expect((await refusal(validate(nowhere, "a.example"))).name).toBe("ResourceNotFoundException");
  });
});

describe("ACME accounts", () => {
  test("of a new endpoint are none, and an unknown one is not found", async () => {
    const AcmeEndpointArn = await made();
    expect((await client.send(new ListAcmeAccountsCommand({ AcmeEndpointArn }))).AcmeAccounts).toEqual([]);
    const AccountUrl = `${(await see(AcmeEndpointArn))?.EndpointUrl?.replace("directory", "account")}/nobody`;
    const describeAccount = new DescribeAcmeAccountCommand({ AcmeEndpointArn, AccountUrl });
    expect((await refusal(client.send(describeAccount))).name).toBe("ResourceNotFoundException");
  });
});
