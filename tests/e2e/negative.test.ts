import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  ACMClient,
  CreateAcmeDomainValidationCommand,
  CreateAcmeEndpointCommand,
  CreateAcmeExternalAccountBindingCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import * as acmPcaSdk from "@aws-sdk/client-acm-pca";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import * as ec2Sdk from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  CreateTrustStoreCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateApiDestinationCommand,
  CreateArchiveCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  EncryptCommand,
  KMSClient,
} from "@aws-sdk/client-kms";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { STSClient } from "@aws-sdk/client-sts";
import type { NormalizedSchema } from "@smithy/core/schema";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CallEntry, gateway } from "#aws/gateway.ts";
import { type HttpServer, httpServer } from "#aws/http-server.ts";
import type { MountedService, OperationModel, Service } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import { defaultNetwork } from "#cli/demo/network.ts";
import { mayCall } from "#domain/identity/permissions.ts";
import { parseAccountId } from "#domain/names.ts";
import { authenticator } from "#identity/authenticator.ts";
import { createEdgeIdentity } from "#identity/edge-identity.ts";
import { ensureFirstAccount, firstRootKey } from "#identity/first-account.ts";
import { newAccessKey, openAccessKey } from "#identity/new-access-key.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { readConfig } from "#main/config.ts";
import { machineKeyFile, makeDataDir } from "#main/data-dir.ts";
import { mountServices } from "#main/services.ts";
import { openWorld, type World } from "#main/world.ts";
import { acm } from "#services/acm/index.ts";
import { acmPca } from "#services/acm-pca/index.ts";
import { cloudtrail } from "#services/cloudtrail/index.ts";
import { cloudwatch } from "#services/cloudwatch/index.ts";
import { ec2 } from "#services/ec2/index.ts";
import { elbv2 } from "#services/elbv2/index.ts";
import { eventbridge } from "#services/eventbridge/index.ts";
import { iam } from "#services/iam/index.ts";
import { kms } from "#services/kms/index.ts";
import { route53 } from "#services/route53/index.ts";
import { sealkeeper } from "#services/sealkeeper/index.ts";
import { sts } from "#services/sts/index.ts";
import { insertAccessKey, insertAccount } from "#store/access-keys.ts";
import type { TestKey } from "../support/access-key.ts";
import { sendSigned } from "../support/signed-request.ts";
import { testAuthority } from "../support/trust.ts";

/** Every operation that the product performs, from its own tables, asked for in every way that must be refused. */
const SERVICES: readonly Tested[] = [
  { service: acm as never, Client: ACMClient as never, protocol: "json" },
  { service: acmPca as never, Client: acmPcaSdk.ACMPCAClient as never, protocol: "json", commands: acmPcaSdk },
  { service: cloudtrail as never, Client: CloudTrailClient as never, protocol: "json" },
  { service: cloudwatch as never, Client: CloudWatchClient as never, protocol: "query" },
  { service: ec2 as never, Client: ec2Sdk.EC2Client as never, protocol: "ec2", commands: ec2Sdk },
  { service: elbv2 as never, Client: ElasticLoadBalancingV2Client as never, protocol: "query" },
  { service: eventbridge as never, Client: EventBridgeClient as never, protocol: "json" },
  { service: iam as never, Client: IAMClient as never, protocol: "query" },
  { service: kms as never, Client: KMSClient as never, protocol: "json" },
  { service: route53 as never, Client: Route53Client as never, protocol: "xml" },
  { service: sealkeeper as never, protocol: "json" },
  { service: sts as never, Client: STSClient as never, protocol: "query" },
];

interface Tested {
  readonly service: Service<object, never>;
  /** Undefined where no SDK knows the service: then plain JSON is sent. */
  readonly Client?: ClientClass;
  readonly protocol: Protocol;
  /** Where the client's commands are, if not in the service's model. */
  readonly commands?: object;
}

type Protocol = "json" | "query" | "ec2" | "xml";
type ClientClass = new (config: object) => { send(command: object): Promise<object>; destroy(): void };

const logged: CallEntry[] = [];
let world: World;
let door: HttpServer;
let port = 0;
let directory = "";
let root: TestKey;
let foreign: TestKey;
let edge: TestKey;
/** A user of the first account, without policies. */
let user: TestKey;
let mounted: readonly MountedService[];
/** What the first account has, by the names of the members that ask for it. */
let existing: Readonly<Record<string, string>>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealkeeper-negative-"));
  const config = readConfig({ flags: { "data-dir": directory, edge: "false" }, environment: {} });
  makeDataDir(config["data-dir"]);
  machineKeyFile(config["data-dir"]);
  world = await openWorld(config, { clock: systemClock, ids: randomIds, log: pino({ level: "silent" }) });
  await ensureFirstAccount(world);
  root = await firstRootKey(world);
  edge = await createEdgeIdentity("local-1", world);
  const account = parseAccountId("210987654321")!;
  await insertAccount(world.store, account, 0);
  const key = newAccessKey(account, { kind: "root", edge: null }, world);
  await insertAccessKey(world.store, key);
  foreign = openAccessKey(key as never, world);
  mounted = mountServices(world);
  door = httpServer({
    answer: gateway(mounted, {
      authenticate: sigv4({ credentials: authenticator(world), clock: systemClock }),
      ids: randomIds,
      audit: world.journal,
      log: (entry) => void logged.push(entry),
    }),
    ids: randomIds,
    onError: (error) => expect.unreachable(String(error)),
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  port = (door.server.address() as AddressInfo).port;
  user = await makeUser();
  existing = await furnish();
});
afterAll(async () => {
  await door.stop(0);
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => void (logged.length = 0));

const connection = (credentials: TestKey) => ({
  region: "eu-west-1",
  endpoint: `http://127.0.0.1:${port}`,
  credentials,
  maxAttempts: 1,
});

async function makeUser(): Promise<TestKey> {
  const client = new IAMClient(connection(root));
  await client.send(new CreateUserCommand({ UserName: "nobody" }));
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: "nobody" }));
  client.destroy();
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

/** One of everything, in the first account. */
async function furnish(): Promise<Readonly<Record<string, string>>> {
  const made = connection(root);
  const certificate = await new ACMClient(made).send(
    new RequestCertificateCommand({ DomainName: "negative.example", ValidationMethod: "DNS" }),
  );
  const acme = await furnishAcme(new ACMClient(made));
  const events = await furnishEvents(new EventBridgeClient(made));
  const { CertificateAuthorityArn = "" } = await new acmPcaSdk.ACMPCAClient(made).send(
    new acmPcaSdk.CreateCertificateAuthorityCommand({
      CertificateAuthorityType: "ROOT",
      CertificateAuthorityConfiguration: {
        KeyAlgorithm: "EC_prime256v1",
        SigningAlgorithm: "SHA256WITHECDSA",
        Subject: { CommonName: "negative" },
      },
    }),
  );
  const keys = new KMSClient(made);
  const key = await keys.send(new CreateKeyCommand({}));
  const KeyId = key.KeyMetadata?.Arn ?? "";
  await keys.send(new CreateAliasCommand({ AliasName: "alias/negative", TargetKeyId: KeyId }));
  const grant = await keys.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: "arn:aws:iam::123456789012:root", Operations: ["Decrypt"] }),
  );
  const secret = await keys.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("secret") }));
  const zone = await new Route53Client(made).send(
    new CreateHostedZoneCommand({ Name: "negative.example", CallerReference: "1" }),
  );
  const networks = await furnishNetworks(new ec2Sdk.EC2(made));
  const elb = new ElasticLoadBalancingV2Client(made);
  const network = await defaultNetwork(new ec2Sdk.EC2Client(made));
  const balancer = await elb.send(
    new CreateLoadBalancerCommand({
      Name: "negative",
      Subnets: [...network.subnets],
    }),
  );
  const group = await elb.send(
    new CreateTargetGroupCommand({
      Name: "negative",
      Protocol: "HTTP",
      Port: 80,
      TargetType: "ip",
      VpcId: network.vpcId,
    }),
  );
  const LoadBalancerArn = balancer.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? "";
  const listener = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: listener.Listeners?.[0]?.ListenerArn,
      Priority: 1,
      Conditions: [{ Field: "path-pattern", Values: ["/negative"] }],
      Actions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  const CaCertificatesBundleS3Bucket = "negative";
  const CaCertificatesBundleS3Key = "ca.pem";
  mkdirSync(join(directory, "objects", CaCertificatesBundleS3Bucket), { recursive: true });
  writeFileSync(
    join(directory, "objects", CaCertificatesBundleS3Bucket, CaCertificatesBundleS3Key),
    (await testAuthority("negative")).certificate,
  );
  const { TrustStores } = await elb.send(
    new CreateTrustStoreCommand({ Name: "negative", CaCertificatesBundleS3Bucket, CaCertificatesBundleS3Key }),
  );
  const zoneId = zone.HostedZone?.Id?.replace("/hostedzone/", "") ?? "";
  return {
    ...acme,
    ...events,
    ...networks,
    CertificateAuthorityArn,
    CertificateArn: certificate.CertificateArn ?? "",
    KeyId,
    TargetKeyId: KeyId,
    SourceKeyId: KeyId,
    DestinationKeyId: KeyId,
    AliasName: "alias/negative",
    GrantId: grant.GrantId ?? "",
    CiphertextBlob: Buffer.from(secret.CiphertextBlob ?? []).toString("base64"),
    Id: zoneId,
    HostedZoneId: zoneId,
    ResourceId: zoneId,
    ResourceIds: zoneId,
    LoadBalancerArn,
    LoadBalancerArns: LoadBalancerArn,
    ResourceArns: LoadBalancerArn,
    ResourceArn: LoadBalancerArn,
    TargetGroupArn,
    TargetGroupArns: TargetGroupArn,
    ListenerArn: listener.Listeners?.[0]?.ListenerArn ?? "",
    RuleArn: Rules?.[0]?.RuleArn ?? "",
    RuleArns: Rules?.[0]?.RuleArn ?? "",
    TrustStoreArn: TrustStores?.[0]?.TrustStoreArn ?? "",
    TrustStoreArns: TrustStores?.[0]?.TrustStoreArn ?? "",
    CaCertificatesBundleS3Bucket,
    CaCertificatesBundleS3Key,
  };
}

async function furnishAcme(acm: ACMClient): Promise<Readonly<Record<string, string>>> {
  const CertificateAuthority = { PublicCertificateAuthority: {} };
  const { AcmeEndpointArn = "" } = await acm.send(
    new CreateAcmeEndpointCommand({ AuthorizationBehavior: "PRE_APPROVED", CertificateAuthority }),
  );
  await sql`update acme_endpoints set status = 'ACTIVE'`.execute(world.store); // no worker runs here
  const DomainScope = { ExactDomain: "ENABLED", Subdomains: "ENABLED", Wildcards: "ENABLED" } as const;
  const { AcmeDomainValidationArn = "" } = await acm.send(
    new CreateAcmeDomainValidationCommand({
      AcmeEndpointArn,
      DomainName: "negative.example",
      PrevalidationOptions: { DnsPrevalidation: { DomainScope } },
    }),
  );
  const RoleArn = "arn:aws:iam::123456789012:role/acme";
  const { ExternalAccountBinding } = await acm.send(
    new CreateAcmeExternalAccountBindingCommand({ AcmeEndpointArn, RoleArn }),
  );
  const { AcmeExternalAccountBindingArn = "" } = ExternalAccountBinding ?? {};
  return { AcmeEndpointArn, AcmeDomainValidationArn, AcmeExternalAccountBindingArn, RoleArn };
}

/** A thing of each kind, by the names of the members that ask for one or for several. */
async function furnishNetworks(ec2Client: ec2Sdk.EC2): Promise<Readonly<Record<string, string>>> {
  const { Vpc } = await ec2Client.createVpc({ CidrBlock: "10.0.0.0/16" });
  const VpcId = Vpc?.VpcId ?? "";
  const { Subnet } = await ec2Client.createSubnet({ VpcId, CidrBlock: "10.0.1.0/24" });
  const { GroupId = "" } = await ec2Client.createSecurityGroup({ GroupName: "a", Description: "a", VpcId });
  const { SecurityGroupRules } = await ec2Client.describeSecurityGroupRules({
    Filters: [{ Name: "group-id", Values: [GroupId] }],
  });
  const { InternetGateway } = await ec2Client.createInternetGateway({});
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
  await ec2Client.attachInternetGateway({ InternetGatewayId, VpcId });
  const { RouteTable } = await ec2Client.createRouteTable({ VpcId });
  const RouteTableId = RouteTable?.RouteTableId ?? "";
  const SubnetId = Subnet?.SubnetId ?? "";
  const { AssociationId = "" } = await ec2Client.associateRouteTable({ RouteTableId, SubnetId });
  const acls = await ec2Client.describeNetworkAcls({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] });
  const NetworkAclId = acls.NetworkAcls?.[0]?.NetworkAclId ?? "";
  const SecurityGroupRuleIds = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";
  return {
    VpcId,
    VpcIds: VpcId,
    SubnetId,
    SubnetIds: SubnetId,
    GroupId,
    GroupIds: GroupId,
    SecurityGroupRuleIds,
    SecurityGroupRuleId: SecurityGroupRuleIds,
    InternetGatewayId,
    InternetGatewayIds: InternetGatewayId,
    RouteTableId,
    RouteTableIds: RouteTableId,
    AssociationId,
    NetworkAclId,
    NetworkAclIds: NetworkAclId,
    Resources: VpcId,
    DestinationCidrBlock: "10.0.0.0/16",
    GatewayId: InternetGatewayId,
    CidrIp: "192.0.2.0/24",
    IpProtocol: "-1",
  };
}

async function furnishEvents(events: EventBridgeClient): Promise<Readonly<Record<string, string>>> {
  const Name = "negative";
  const EventPattern = '{"source":["aws.acm"]}';
  const { RuleArn } = await events.send(new PutRuleCommand({ Name, EventPattern }));
  const { ConnectionArn = "" } = await events.send(
    new CreateConnectionCommand({
      Name,
      AuthorizationType: "API_KEY",
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: "value" } },
    }),
  );
  const { ApiDestinationArn = "" } = await events.send(
    new CreateApiDestinationCommand({
      Name,
      ConnectionArn,
      HttpMethod: "POST",
      InvocationEndpoint: "https://negative.example/",
    }),
  );
  await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "one", Arn: ApiDestinationArn }] }));
  const EventSourceArn = "arn:aws:events:eu-west-1:123456789012:event-bus/default";
  await events.send(new CreateArchiveCommand({ ArchiveName: Name, EventSourceArn }));
  return {
    Rule: Name,
    ConnectionArn,
    ApiDestinationArn,
    ArchiveName: Name,
    EventSourceArn,
    ResourceARN: RuleArn ?? "",
  };
}

for (const { service, Client, protocol, commands } of SERVICES) {
  const names = Object.keys(service.operations);
  const operationOf = (name: string): OperationModel =>
    mounted.find((each) => each.name === service.name)!.operations.get(name)!;
  const asked = (name: string, body: string = empty(protocol, name, service), key = root) => ({
    ...addressOf(service, operationOf(name), protocol),
    body,
    key,
    region: "eu-west-1",
  });

  const clientOf = (key: TestKey): InstanceType<ClientClass> =>
    Client ? new Client(connection(key)) : plainClient((name, body) => sendSigned(port, asked(name, body, key)));
  const commandOf = (name: string, input: object): object => {
    if (!Client) return { name, input };
    const known = (commands ?? service.sdk) as Readonly<Record<string, new (input: object) => object>>;
    return new known[`${name}Command`]!(input);
  };

  describe(service.name, () => {
    test("every operation is refused to callers without, with wrong and with another service's credentials", async () => {
      const before = await contents();
      const answered = REFUSED[protocol];
      const unsigned = (request: { headers: Record<string, string> }): unknown =>
        delete request.headers["authorization"];
      const cases: readonly (readonly [object, string])[] = [
        [{ tamper: unsigned }, answered.unsigned],
        [{ key: { ...root, accessKeyId: NOBODY } }, answered.unknown],
        [{ key: { ...root, secretAccessKey: "wrong" } }, answered.mismatch],
        [{ service: service.facts.scope === "iam" ? "kms" : "iam" }, answered.mismatch],
      ];
      const wrong: unknown[] = [];
      for (const name of names) {
        for (const [more, expected] of cases) {
          const { outcome } = await sendSigned(port, { ...asked(name), ...more });
          if (outcome !== expected) wrong.push([name, expected, outcome]);
        }
      }
      expect(wrong).toEqual([]);
      expect(await contents()).toEqual(before);
    });

    test("every operation is refused to an edge with AccessDenied, but those that an edge needs", async () => {
      const before = await contents();
      const { denied } = REFUSED[protocol];
      const wrong: unknown[] = [];
      for (const name of names) {
        const { outcome } = await sendSigned(port, asked(name, undefined, edge));
        const needed = mayCall("edge", `${service.facts.scope}:${name}`);
        if (needed ? /AccessDenied|UnauthorizedOperation|^5/.test(outcome) : outcome !== denied)
          wrong.push([name, outcome]);
      }
      expect(wrong).toEqual([]);
      expect(await contents()).toEqual(before);
    });

    test("every operation is refused to a user without policies with AccessDenied, but those that anybody may ask for", async () => {
      const before = await contents("123456789012");
      const client = clientOf(user);
      const wrong: unknown[] = [];
      for (const name of names) {
        const input = plausible(operationOf(name).input) as object;
        const said = await client.send(commandOf(name, input)).catch((error: Error) => error.name);
        const isDenied = typeof said === "string" && /^AccessDenied|^UnauthorizedOperation$/.test(said);
        // What cannot be read is told so before anybody is asked about it.
        const isUnread = typeof said === "string" && UNREAD.test(said);
        if (!isUnread && isDenied === FOR_ANY_USER.has(name)) wrong.push([name, said]);
      }
      client.destroy();
      expect([...wrong, ...failures()]).toEqual([]);
      expect(await contents("123456789012")).toEqual(before);
    });

    test("every operation refuses a malformed body in the form of its protocol", async () => {
      const before = await contents();
      const wrong: unknown[] = [];
      for (const name of names.filter((each) => takesBody(protocol, operationOf(each)))) {
        for (const body of malformed(protocol, name, service, operationOf(name).input)) {
          const { outcome } = await sendSigned(port, asked(name, body));
          if (!/^400 (SerializationException|MalformedInput)$/.test(outcome))
            wrong.push([name, body.slice(0, 80), outcome]);
        }
      }
      expect(wrong).toEqual([]);
      expect(await contents()).toEqual(before);
    });

    test("every over-long, empty or wrong member is answered with an error of its own, and then nothing was changed", async () => {
      const client = clientOf(root);
      const wrong: unknown[] = [];
      for (const name of names) {
        let before = await contents();
        for (const input of wrongInputs(operationOf(name).input)) {
          const refused = await client.send(commandOf(name, input)).then(
            () => false,
            () => true,
          );
          const after = await contents();
          if (refused && !isDeepStrictEqual(after, before)) wrong.push([name, JSON.stringify(input).slice(0, 300)]);
          before = after;
        }
      }
      client.destroy();
      expect([...wrong, ...failures()]).toEqual([]);
    });

    test("no operation does anything to, or tells anything of, another account's resources", async () => {
      const before = await contents("123456789012");
      const client = clientOf(foreign);
      const wrong: unknown[] = [];
      for (const name of names.filter((each) => !OPEN_TO_ALL.has(each))) {
        const { input } = operationOf(name);
        if (!memberNames(input).some((member) => member in existing)) continue;
        const outcome = await client
          .send(commandOf(name, plausible(input) as object))
          .catch((error: Error) => error.name);
        if (typeof outcome !== "string" && !SILENT.has(name)) wrong.push([name, outcome]);
      }
      client.destroy();
      expect([...wrong, ...failures()]).toEqual([]);
      expect(await contents("123456789012")).toEqual(before);
    });
  });
}

/** A client of a service that no SDK knows. */
function plainClient(ask: (name: string, body: string) => ReturnType<typeof sendSigned>): InstanceType<ClientClass> {
  return {
    async send(command) {
      const { name, input } = command as { readonly name: string; readonly input: object };
      const { status, outcome, text } = await ask(name, JSON.stringify(input));
      if (status !== 200) throw Object.assign(new Error(text), { name: outcome.split(" ")[1] ?? outcome });
      return JSON.parse(text || "{}") as object;
    },
    destroy() {},
  };
}

/** What succeeds, and does nothing, where nothing is to be deleted. */
const SILENT: ReadonlySet<string> = new Set([
  "DeleteTargetGroup",
  "ListApiDestinations", // of another's connection: none
  "ListArchives",
  "ListReplays",
]);

const XML_REFUSED = {
  unsigned: "403 MissingAuthenticationToken",
  unknown: "403 InvalidClientTokenId",
  mismatch: "403 SignatureDoesNotMatch",
  denied: "403 AccessDenied",
};
/** How callers without, with unknown and with wrong credentials are answered, and those who may not. */
const REFUSED: Readonly<Record<Protocol, typeof XML_REFUSED>> = {
  json: {
    unsigned: "400 MissingAuthenticationTokenException",
    unknown: "400 UnrecognizedClientException",
    mismatch: "400 InvalidSignatureException",
    denied: "400 AccessDeniedException",
  },
  query: XML_REFUSED,
  ec2: {
    unsigned: "401 AuthFailure",
    unknown: "401 AuthFailure",
    mismatch: "401 AuthFailure",
    denied: "403 UnauthorizedOperation",
  },
  xml: XML_REFUSED,
};
const NOBODY = "AKIANOBODYNOBODYNOBO";
/** What needs no permission: it is about the caller, or its names are no secret. */
const FOR_ANY_USER: ReadonlySet<string> = new Set(["GetCallerIdentity", "GetSessionToken"]);
const UNREAD = /^(ValidationException|ValidationError|InvalidParameterValue|InvalidInput|MissingParameter)$/;
/** What AWS answers whoever asks. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set([
  "CreateTrustStore", // of CA certificates in a file that stands there for every account
  "GetAccessKeyInfo",
  "RequestCertificate", // of another's private CA: an own certificate, which fails later if the CA is not shared
]);

/** What ended in a status of 500 or more, with what was thrown. */
const failures = (): unknown[] =>
  logged.filter(({ status }) => status >= 500).map(({ operation, error, bug }) => [operation, error?.message, bug]);

/** Everything in the store but the audit trail and secrets made at their first use, or what of it belongs to one account. */
async function contents(account?: string): Promise<Readonly<Record<string, unknown>>> {
  await world.journal.flush();
  const tables = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table' and name not like 'sqlite%'`.execute(world.store);
  const found: Record<string, unknown> = {};
  for (const { name } of tables.rows.filter(({ name }) => !/^audit_|^instance_secrets$/.test(name))) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(world.store);
    found[name] = account === undefined ? rows : rows.filter((row) => JSON.stringify(row).includes(account));
  }
  return found;
}

function addressOf({ facts }: Service<object, never>, operation: OperationModel, protocol: Protocol): object {
  const service = facts.scope;
  if (protocol === "json") {
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${facts.target}.${operation.name}`,
    };
    return { service, headers };
  }
  if (protocol === "query" || protocol === "ec2")
    return { service, headers: { "content-type": "application/x-www-form-urlencoded" } };
  const [method = "", uri = ""] = operation.http ?? [];
  const [path = "", search = ""] = uri.split("?");
  const filled = path.replace(/\{(\w+)\+?\}/g, (_, label: string) =>
    label === "ResourceType" ? "hostedzone" : (existing[label] ?? "1"),
  );
  return { service, method, path: filled, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** A body that says nothing but what is asked for. */
function empty(protocol: Protocol, name: string, { facts }: Service<object, never>): string {
  const form = `Action=${name}&Version=${facts.version}`;
  return { json: "{}", query: form, ec2: form, xml: "" }[protocol];
}

/** A GET or DELETE is never read beyond its path; a query parameter that nobody asks for is left out. */
function takesBody(protocol: Protocol, { http, input }: OperationModel): boolean {
  if (input.isUnitSchema() || [...input.structIterator()].length === 0) return protocol === "json";
  return protocol !== "xml" || http?.[0] === "POST";
}

function malformed(
  protocol: Protocol,
  name: string,
  service: Service<object, never>,
  input: NormalizedSchema,
): readonly string[] {
  const members = input.isUnitSchema() ? [] : [...input.structIterator()];
  if (protocol === "json") {
    const wrong = members.map(
      ([key, member]) =>
        `{"${key}":${member.isStructSchema() || member.isMapSchema() ? "[]" : member.isListSchema() ? "{}" : '{"a":1}'}}`,
    );
    return ["{", "[]", "null", '"x"', "\u0000", `{"a":${"[".repeat(200)}`, ...wrong];
  }
  if (protocol === "query" || protocol === "ec2") {
    const base = empty(protocol, name, service);
    return members.map(([key, member]) => `${base}&${key}${member.isListSchema() ? "=x&" : ".a=x&"}${key}=y`);
  }
  return ["<", "<a>", "<a></b>", "<a/><b/>", "hello", "<!DOCTYPE a><a/>", "<a>".repeat(200)];
}

function memberNames(schema: NormalizedSchema): readonly string[] {
  return schema.isUnitSchema() ? [] : [...schema.structIterator()].map(([name]) => name);
}

/** For every member: the plausible input with that one made wrong in many ways. */
function* wrongInputs(input: NormalizedSchema): Iterable<object> {
  if (input.isUnitSchema()) return;
  for (const [name, member] of input.structIterator()) {
    for (const value of wrongValues(member)) yield { ...(plausible(input, true) as object), [name]: value };
  }
}

function wrongValues(schema: NormalizedSchema, depth = 0): readonly unknown[] {
  if (schema.isStringSchema())
    return [
      "",
      "x".repeat(10_000),
      "\u0000",
      "' or 1=1 --",
      "😀",
      "arn:aws:acm:eu-west-1:123456789012:certificate/",
      "alias/aws/acm",
      "-1",
    ];
  if (schema.isNumericSchema()) return [-1, 0, 2 ** 31, 2 ** 53 + 2, 0.5];
  if (schema.isBlobSchema()) return [new Uint8Array(0), new Uint8Array(100_000), Buffer.from("x")];
  if (schema.isTimestampSchema()) return [new Date(0), new Date(8.64e15)];
  if (depth > 2) return [];
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return [
      [],
      ...wrongValues(item, depth + 1).map((value) => [value]),
      Array.from({ length: 1001 }, () => plausible(item)),
    ];
  }
  if (schema.isMapSchema())
    return [{}, { "": "" }, { ["k".repeat(10_000)]: "v" }, { __proto__: "x", constructor: "y" }];
  if (!schema.isStructSchema()) return [];
  return [...schema.structIterator()].flatMap(([name, member]) =>
    wrongValues(member, depth + 1).map((value) => ({ ...(plausible(schema, true) as object), [name]: value })),
  );
}

/** A value that names the first account's resources wherever it can. */
function plausible(schema: NormalizedSchema, onlyRequired = false, name = "", depth = 0): unknown {
  const known = existing[name];
  if (schema.isStructSchema()) {
    if (depth > 3) return {};
    const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
    const members = [...schema.structIterator()].filter(
      ([key], index) => index < required || (!onlyRequired && key in existing),
    );
    return Object.fromEntries(members.map(([key, member]) => [key, plausible(member, onlyRequired, key, depth + 1)]));
  }
  if (schema.isListSchema()) return [plausible(schema.getValueSchema(), onlyRequired, name, depth + 1)];
  if (schema.isMapSchema()) return { a: plausible(schema.getValueSchema(), onlyRequired, "", depth + 1) };
  if (schema.isBlobSchema()) return Buffer.from(known ?? "eA==", "base64");
  if (schema.isNumericSchema()) return 80;
  if (schema.isBooleanSchema()) return true;
  if (schema.isTimestampSchema()) return new Date(0);
  return known ?? PLAUSIBLE[name] ?? "a";
}

const PLAUSIBLE: Readonly<Record<string, string>> = {
  Action: "UPSERT",
  CertificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/0",
  DomainName: "plausible.example",
  GranteePrincipal: "arn:aws:iam::210987654321:root",
  Name: "plausible",
  PolicyName: "default",
  ResourceType: "hostedzone",
  Type: "forward",
};
