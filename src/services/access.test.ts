import { describe, expect, test } from "vitest";
import { type Access, objectionTo, tagFacts } from "#aws/access.ts";
import { mount } from "#aws/service.ts";
import type { AccountId, Caller, Region } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { acm } from "./acm/index.ts";
import { acmPca } from "./acm-pca/index.ts";
import { ec2 } from "./ec2/index.ts";
import { elbv2 } from "./elbv2/index.ts";
import { eventbridge } from "./eventbridge/index.ts";
import { kms } from "./kms/index.ts";
import { route53 } from "./route53/index.ts";
import { sts } from "./sts/index.ts";

const CALLER: Caller = {
  kind: "user",
  account: "111122223333" as AccountId,
  region: "eu-west-1" as Region,
  arn: "arn:aws:iam::111122223333:user/u",
  accessKeyId: "AKIA",
  requestId: "1",
};
const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/1";
const CA = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/1";
const services = [acm, acmPca, ec2, elbv2, eventbridge, kms, route53, sts].map((service) =>
  mount(service as typeof acm, {} as never),
);
const access = async (name: string, operation: string, input: object): Promise<Access> => {
  const found = await services.find((service) => service.name === name)?.access(operation, input, CALLER);
  if (typeof found !== "object") throw new Error(`${operation} is not asked of policies`);
  return found;
};
const regional = (scope: string, resource: string) => `arn:aws:${scope}:eu-west-1:111122223333:${resource}`;

describe("which resources a call is about", () => {
  test.each<[service: string, operation: string, input: object, resources: readonly string[]]>([
    ["acm", "ListCertificates", {}, ["*"]],
    ["acm", "DeleteCertificate", { CertificateArn: CERTIFICATE }, [CERTIFICATE]],
    ["acm", "DeleteCertificate", { CertificateArn: CA }, ["*"]],
    ["acm", "ImportCertificate", {}, [regional("acm", "certificate/*")]],
    ["acm", "ImportCertificate", { CertificateArn: CERTIFICATE }, [CERTIFICATE]],
    ["acm", "RequestCertificate", { DomainName: "a.test" }, [regional("acm", "certificate/*")]],
    ["ec2", "DescribeVpcs", { VpcIds: ["vpc-0123456789abcdef0"] }, ["*"]],
    ["ec2", "DeleteVpc", { VpcId: "vpc-0123456789abcdef0" }, [regional("ec2", "vpc/vpc-0123456789abcdef0")]],
    ["ec2", "DeleteVpc", { VpcId: "vpc-x" }, ["*"]],
    [
      "ec2",
      "CreateSecurityGroup",
      { VpcId: "vpc-0123456789abcdef0" },
      [regional("ec2", "security-group/*"), regional("ec2", "vpc/vpc-0123456789abcdef0")],
    ],
    [
      "ec2",
      "AuthorizeSecurityGroupIngress",
      { GroupId: "sg-01234567", IpPermissions: [{ UserIdGroupPairs: [{ GroupId: "sg-76543210" }] }] },
      [regional("ec2", "security-group/sg-01234567")],
    ],
    [
      "ec2",
      "CreateSecurityGroup",
      { GroupName: "sg-01234567", Description: "sg-01234567", VpcId: "vpc-01234567" },
      [regional("ec2", "security-group/*"), regional("ec2", "vpc/vpc-01234567")],
    ],
    [
      "ec2",
      "CreateTags",
      { Resources: ["sg-01234567"], Tags: [{ Key: "sg-76543210", Value: "sg-76543210" }] },
      [regional("ec2", "security-group/sg-01234567")],
    ],
    ["elbv2", "CreateLoadBalancer", { Name: "web" }, [regional("elasticloadbalancing", "loadbalancer/app/web/*")]],
    [
      "elbv2",
      "DescribeTags",
      { ResourceArns: [regional("elasticloadbalancing", "x"), CA] },
      [regional("elasticloadbalancing", "x")],
    ],
    ["eventbridge", "PutTargets", { Rule: "r" }, [regional("events", "rule/r")]],
    ["eventbridge", "DeleteArchive", { ArchiveName: "a" }, [regional("events", "archive/a")]],
    ["eventbridge", "PutEvents", { Entries: [] }, [regional("events", "event-bus/default")]],
    ["route53", "ListHostedZones", {}, ["*"]],
    ["route53", "GetHostedZone", { Id: "/hostedzone/Z1" }, ["arn:aws:route53:::hostedzone/Z1"]],
    ["route53", "GetChange", { Id: "/change/C1" }, ["arn:aws:route53:::change/C1"]],
    [
      "route53",
      "ListTagsForResource",
      { ResourceType: "hostedzone", ResourceId: "Z1" },
      ["arn:aws:route53:::hostedzone/Z1"],
    ],
  ])("%s %s %j", async (service, operation, input, resources) => {
    expect((await access(service, operation, input)).resources).toEqual(resources);
  });
});

test("a request for a certificate says which names, how they are proved, with what key, and who is to sign", async () => {
  const input = { DomainName: "A.test", SubjectAlternativeNames: ["a.test", "*.a.test"], ValidationMethod: "DNS" };
  expect((await access("acm", "RequestCertificate", input)).facts).toEqual(
    factsOf({
      "acm:DomainNames": ["a.test", "*.a.test"],
      "acm:ValidationMethod": "DNS",
      "acm:KeyAlgorithm": "RSA_2048",
      "acm:CertificateTransparencyLogging": "ENABLED",
      "acm:Export": "DISABLED",
      "acm:CertificateKeyPairOrigin": "AWS_MANAGED",
    }),
  );
  const own = await access("acm", "RequestCertificate", { DomainName: "a.test", CertificateAuthorityArn: CA });
  expect(own.facts).toMatchObject({ "acm:certificateauthority": [CA] });
  const identity = [
    readPolicyDocument(
      JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "acm:*", Resource: "*" } }),
      "identity",
    ),
  ];
  const who = { ...CALLER, authority: { identity, facts: {} } };
  expect(objectionTo(who, "acm:RequestCertificate", own, {})).toBe(
    `User: ${CALLER.arn} is not authorized to perform: acm-pca:IssueCertificate on resource: ${CA} because no identity-based policy allows the acm-pca:IssueCertificate action`,
  );
});

describe("making something with tags needs leave to tag it", () => {
  const balancer = regional("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188");
  const listener = regional("elasticloadbalancing", "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2");
  const rule = regional("elasticloadbalancing", "listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/*");
  const adding = (of: string) => ["elasticloadbalancing:AddTags", of] as const;
  test.each<[service: string, operation: string, input: object, tagging: readonly [action: string, resource: string]]>([
    [
      "acm",
      "RequestCertificate",
      { DomainName: "a.test" },
      ["acm:AddTagsToCertificate", regional("acm", "certificate/*")],
    ],
    ["acm", "ImportCertificate", {}, ["acm:AddTagsToCertificate", regional("acm", "certificate/*")]],
    [
      "acm-pca",
      "CreateCertificateAuthority",
      {},
      ["acm-pca:TagCertificateAuthority", regional("acm-pca", "certificate-authority/*")],
    ],
    ["eventbridge", "PutRule", { Name: "r" }, ["events:TagResource", regional("events", "rule/r")]],
    [
      "elbv2",
      "CreateLoadBalancer",
      { Name: "web" },
      adding(regional("elasticloadbalancing", "loadbalancer/app/web/*")),
    ],
    ["elbv2", "CreateListener", { LoadBalancerArn: balancer }, adding(listener.replace(/[^/]+$/, "*"))],
    ["elbv2", "CreateRule", { ListenerArn: listener }, adding(rule)],
    ["elbv2", "CreateTargetGroup", { Name: "t" }, adding(regional("elasticloadbalancing", "targetgroup/t/*"))],
    ["elbv2", "CreateTrustStore", { Name: "t" }, adding(regional("elasticloadbalancing", "truststore/t/*"))],
    ["sts", "GetFederationToken", { Name: "eve" }, ["sts:TagSession", "arn:aws:sts::111122223333:federated-user/eve"]],
    ["kms", "CreateKey", {}, ["kms:TagResource", regional("kms", "key/*")]],
    [
      "kms",
      "ReplicateKey",
      { KeyId: regional("kms", "key/mrk-1"), ReplicaRegion: "us-east-1" },
      ["kms:TagResource", "arn:aws:kms:us-east-1:111122223333:key/mrk-1"],
    ],
    [
      "ec2",
      "AuthorizeSecurityGroupIngress",
      { GroupId: "sg-01234567", TagSpecifications: [{ ResourceType: "security-group-rule" }] },
      ["ec2:CreateTags", regional("ec2", "security-group-rule/*")],
    ],
    ...["vpc", "subnet", "security-group", "route-table", "internet-gateway"].map(
      (kind): [string, string, object, readonly [string, string]] => [
        "ec2",
        `Create${kind.replace(/(^|-)[a-z]/g, (letter) => letter.slice(-1).toUpperCase())}`,
        { TagSpecifications: [{ ResourceType: kind }] },
        ["ec2:CreateTags", regional("ec2", `${kind}/*`)],
      ],
    ),
  ])("%s %s %j", async (name, operation, input, [action, resource]) => {
    const service = services.find((one) => one.name === name);
    const own = await service?.access(operation, input, CALLER);
    const resources = typeof own === "object" ? own.resources : [];
    expect(service?.tagging(operation, input, CALLER, resources)).toMatchObject({ action, resources: [resource] });
    expect(service?.tagging("ListTags", input, CALLER, resources)).toBe(undefined);
  });
});

test("who makes a binding for ACME clients passes on the role that it names", async () => {
  const RoleArn = "arn:aws:iam::111122223333:role/acme";
  const AcmeEndpointArn = "arn:aws:acm:eu-west-1:111122223333:acme-endpoint/1";
  expect(await access("acm", "CreateAcmeExternalAccountBinding", { AcmeEndpointArn, RoleArn })).toEqual({
    resources: [AcmeEndpointArn],
    also: {
      action: "iam:PassRole",
      resources: [RoleArn],
      facts: factsOf({ "iam:PassedToService": "acm.amazonaws.com" }),
    },
  });
});

test("changes of records say which names, types and actions, as Route 53 writes names", async () => {
  const change = (Action: string, Name: string, Type: string) => ({ Action, ResourceRecordSet: { Name, Type } });
  const ChangeBatch = {
    Changes: [
      change("UPSERT", "*.A.test.", "CNAME"),
      change("DELETE", "b.test", "A"),
      change("CREATE", "\\141\\144min.test", "A"),
    ],
  };
  expect((await access("route53", "ChangeResourceRecordSets", { HostedZoneId: "Z1", ChangeBatch })).facts).toEqual(
    factsOf({
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["\\052.a.test", "b.test", "admin.test"],
      "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME", "A", "A"],
      "route53:ChangeResourceRecordSetsActions": ["UPSERT", "DELETE", "CREATE"],
    }),
  );
});

test("tags that a request sets or removes are known, in every service's spelling", () => {
  expect(tagFacts({ Tags: [{ Key: "a", Value: "1" }, { Key: "b" }] })).toEqual(
    factsOf({ "aws:TagKeys": ["a", "b"], "aws:RequestTag/a": "1", "aws:RequestTag/b": "" }),
  );
  expect(tagFacts({ Tags: [{ TagKey: "a", TagValue: "1" }] })).toEqual(
    factsOf({ "aws:TagKeys": ["a"], "aws:RequestTag/a": "1" }),
  );
  expect(tagFacts({ TagKeys: ["a"] })).toEqual(factsOf({ "aws:TagKeys": ["a"] }));
  expect(tagFacts({ TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "a", Value: "1" }] }, {}] })).toEqual(
    factsOf({ "aws:TagKeys": ["a"], "aws:RequestTag/a": "1" }),
  );
  expect(tagFacts({ Tags: "no list", TagKeys: { a: 1 } })).toEqual({});
});
