import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as acmSdk from "@aws-sdk/client-acm";
import * as elbSdk from "@aws-sdk/client-elastic-load-balancing-v2";
import * as kmsSdk from "@aws-sdk/client-kms";
import * as route53Sdk from "@aws-sdk/client-route-53";
import * as stsSdk from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { edgeArn } from "#domain/arn.ts";
import { Refusal, type RefusalCode } from "#domain/refusal.ts";
import { MINUTE, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { TEST_KEY, testCredential } from "../../tests/support/access-key.ts";
import { type Answer, sendSigned, type ToSign } from "../../tests/support/signed-request.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { FACTS } from "./facts.ts";
import { type CallEntry, gateway } from "./gateway.ts";
import { type HttpServer, httpServer } from "./http-server.ts";
import type { CallRecord } from "./record.ts";
import { AwsError, mount, type Service } from "./service.ts";
import { sigv4 } from "./sigv4/authenticate.ts";

const none = {} as Readonly<Record<RefusalCode, "ValidationException">>;
const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const SESSION = { accessKeyId: "ASIATESTTESTTESTTEST", secretAccessKey: "other", sessionToken: "tok=/+" };
const EDGE = { accessKeyId: "AKIAEDGEEDGEEDGEEDGE", secretAccessKey: "edge" };
const NAME = /^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$/i;

const acm: Service<typeof acmSdk, undefined> = {
  name: "acm",
  sdk: acmSdk,
  facts: FACTS.acm,
  rules: {
    DomainName: { min: 1, max: 253, pattern: NAME },
    SubjectAlternativeNames: { min: 1, max: 3, each: { min: 1, max: 253, pattern: NAME } },
    KeyAlgorithm: { oneOf: acmSdk.KeyAlgorithm },
    IdempotencyToken: { max: 32 },
    MaxItems: { min: 1, max: 1000 },
    PrivateKey: { max: 4 },
    "Tag.Value": { max: 5, secret: true },
    keyTypes: { each: { oneOf: { RSA_1024: "RSA_1024", RSA_2048: "RSA_2048" } } },
  },
  refusals: { ...none, "certificate-not-found": "ResourceNotFoundException" },
  operations: {
    ListCertificates: () => ({ CertificateSummaryList: [] }),
    RequestCertificate: ({ DomainName }) => ({ CertificateArn: `${ARN}-${DomainName}` }),
    DescribeCertificate() {
      throw new Refusal("certificate-not-found", "Could not find it.");
    },
    DeleteCertificate() {
      throw new Error("the password is 123");
    },
    GetCertificate() {
      throw new Refusal("access-denied", "not in the table");
    },
    ImportCertificate: () => ({ CertificateArn: ARN }),
    AddTagsToCertificate: () => undefined,
  },
};
const elbv2: Service<typeof elbSdk, undefined> = {
  name: "elbv2",
  sdk: elbSdk,
  facts: FACTS.elbv2,
  rules: {},
  refusals: none as never,
  operations: {
    CreateListener: ({ Port }) => ({ Listeners: [{ ListenerArn: "arn:aws:x", Port }] }),
    DescribeLoadBalancers() {
      throw new AwsError("LoadBalancerNotFoundException", "Load balancers '[a]' not found");
    },
    SetRulePriorities: () => ({}),
  },
};
const route53: Service<typeof route53Sdk, undefined> = {
  name: "route53",
  sdk: route53Sdk,
  facts: FACTS.route53,
  rules: { HostedZoneId: { max: 32 } },
  refusals: none as never,
  operations: {
    ChangeResourceRecordSets: ({ ChangeBatch }) => ({
      ChangeInfo: {
        Id: "/change/C",
        Status: "INSYNC",
        SubmittedAt: new Date(0),
        Comment: `${ChangeBatch.Comment}${ChangeBatch.Changes.length}`,
      },
    }),
    GetHostedZone({ Id }) {
      throw new AwsError("NoSuchHostedZone", `No hosted zone found with ID: ${Id}`);
    },
  },
};
const kms: Service<typeof kmsSdk, undefined> = {
  name: "kms",
  sdk: kmsSdk,
  facts: FACTS.kms,
  rules: {},
  refusals: none as never,
  operations: {
    Decrypt: () => ({ KeyId: "arn:aws:kms:us-east-1:123456789012:key/1" }),
    ListKeys: () => ({ Keys: [] }),
    DescribeKey() {
      throw new AwsError("NotFoundException", "Alias is not found.");
    },
  },
};
const sts: Service<typeof stsSdk, undefined> = {
  name: "sts",
  sdk: stsSdk,
  facts: FACTS.sts,
  rules: {},
  refusals: none as never,
  operations: { GetCallerIdentity: (_, { account, arn }) => ({ Account: account, Arn: arn, UserId: account }) },
};

const clock = testClock("2026-11-22T06:00:00Z");
const recorded: [how: "record" | "note", act: CallRecord][] = [];
const logged: CallEntry[] = [];
let front: HttpServer;
let port = 0;

beforeAll(async () => {
  const edge = { ...testCredential(EDGE), kind: "edge" as const, arn: edgeArn(testCredential(EDGE).account, "one") };
  const keys = [testCredential(TEST_KEY), testCredential(SESSION), edge];
  front = httpServer({
    answer: gateway(
      [
        mount(acm, undefined),
        mount(elbv2, undefined),
        mount(route53, undefined),
        mount(kms, undefined),
        mount(sts, undefined),
      ],
      {
        authenticate: sigv4({ credentials: (id) => keys.find(({ accessKeyId }) => accessKeyId === id), clock }),
        ids: randomIds,
        audit: {
          record: (act) => Promise.resolve(void recorded.push(["record", act])),
          note: (act) => void recorded.push(["note", act]),
        },
        log: (entry) => void logged.push(entry),
      },
    ),
    ids: randomIds,
    onError: (error) => expect.unreachable(String(error)),
  });
  front.server.listen(0, "127.0.0.1");
  await once(front.server, "listening");
  port = (front.server.address() as AddressInfo).port;
});
afterAll(() => front.stop());
beforeEach(() => {
  recorded.length = 0;
  logged.length = 0;
});

const send = (toSign: ToSign): Promise<Answer> => sendSigned(port, { at: clock.now(), ...toSign });
const json = (operation: string, body: string, more: ToSign = {}): Promise<Answer> =>
  send({
    ...more,
    body,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `CertificateManager.${operation}`,
      ...more.headers,
    },
  });
const list = (more: ToSign = {}): Promise<Answer> => json("ListCertificates", "{}", more);
const form = (body: string, more: ToSign = {}): Promise<Answer> =>
  send({
    service: "elasticloadbalancing",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
    ...more,
  });
const change = (body: string, more: ToSign = {}): Promise<Answer> =>
  send({
    service: "route53",
    path: "/2013-04-01/hostedzone/Z1/rrset",
    headers: { "content-type": "text/xml" },
    body,
    ...more,
  });

describe("a signature", () => {
  const cases: readonly [name: string, toSign: ToSign, outcome: string][] = [
    ["that is right is let in", {}, "200"],
    ["of temporary credentials with their token is let in", { key: SESSION }, "200"],
    ["made 14 minutes ago is let in", { at: new Date(clock.now().getTime() - 14 * MINUTE) }, "200"],
    ["by a wrong secret", { key: { ...TEST_KEY, secretAccessKey: "no" } }, "400 InvalidSignatureException"],
    ["by an unknown key", { key: { ...TEST_KEY, accessKeyId: "AKIANO" } }, "400 UnrecognizedClientException"],
    ["made 16 minutes ago", { at: new Date(clock.now().getTime() - 16 * MINUTE) }, "400 InvalidSignatureException"],
    ["made 16 minutes ahead", { at: new Date(clock.now().getTime() + 16 * MINUTE) }, "400 InvalidSignatureException"],
    ["that is not there", { tamper: drop("authorization") }, "400 MissingAuthenticationTokenException"],
    [
      "without its last part",
      { tamper: edit("authorization", (text) => text.replace(/, Sig.*/, "")) },
      "400 IncompleteSignatureException",
    ],
    [
      "of another scheme",
      { tamper: edit("authorization", () => "Basic dGVzdDp0ZXN0") },
      "400 IncompleteSignatureException",
    ],
    [
      "with a scope of four parts",
      { tamper: edit("authorization", (text) => text.replace("/aws4_request", "")) },
      "400 IncompleteSignatureException",
    ],
    [
      "with another terminator",
      { tamper: edit("authorization", (text) => text.replace("aws4_request", "aws5_request")) },
      "400 InvalidSignatureException",
    ],
    ["over another body", { tamper: body("{ }") }, "400 InvalidSignatureException"],
    [
      "over another body without a hash in its header",
      { tamper: (request) => (drop("x-amz-content-sha256")(request), body("{ }")(request)) },
      "400 InvalidSignatureException",
    ],
    [
      "over UNSIGNED-PAYLOAD",
      { headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
      "400 InvalidSignatureException",
    ],
    [
      "over another operation",
      { tamper: edit("x-amz-target", () => "CertificateManager.DeleteCertificate") },
      "400 InvalidSignatureException",
    ],
    [
      "with an x-amz header that is not signed",
      { tamper: (request) => void (request.headers["x-amz-more"] = "1") },
      "400 InvalidSignatureException",
    ],
    [
      "with a protocol that is not signed",
      { tamper: (request) => void (request.headers["smithy-protocol"] = "rpc-v9") },
      "400 InvalidSignatureException",
    ],
    [
      "with a content encoding that is not signed",
      { tamper: (request) => void (request.headers["content-encoding"] = "identity") },
      "400 InvalidSignatureException",
    ],
    [
      "for another region",
      { tamper: edit("authorization", (text) => text.replace("us-east-1", "eu-west-1")) },
      "400 InvalidSignatureException",
    ],
    ["for what is no region", { region: "mars" }, "400 InvalidSignatureException"],
    ["for another service", { service: "kms" }, "400 InvalidSignatureException"],
    [
      "with another day in its scope",
      { tamper: edit("authorization", (text) => text.replace("20261122", "20261121")) },
      "400 InvalidSignatureException",
    ],
    [
      "that signs a header called constructor",
      { tamper: edit("authorization", (text) => text.replace("SignedHeaders=", "SignedHeaders=constructor;")) },
      "400 InvalidSignatureException",
    ],
    [
      "of temporary credentials without their token",
      { key: { accessKeyId: SESSION.accessKeyId, secretAccessKey: "other" } },
      "400 UnrecognizedClientException",
    ],
    [
      "of temporary credentials with another token",
      { key: { ...SESSION, sessionToken: "x" } },
      "400 UnrecognizedClientException",
    ],
  ];
  test.for(cases)("%s: %o", async ([, toSign, outcome]) => {
    expect((await list(toSign)).outcome).toBe(outcome);
  });

  const presigned = {
    service: "sts",
    method: "GET",
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    presigned: 60,
  };
  test("in the query is let in until it expires", async () => {
    expect((await send(presigned)).text).toContain("<Arn>arn:aws:iam::123456789012:root</Arn>");
    expect((await send({ ...presigned, key: SESSION })).outcome).toBe("200");
    const late = { ...presigned, at: new Date(clock.now().getTime() - 61 * SECOND) };
    expect((await send(late)).outcome).toBe("403 SignatureDoesNotMatch");
  });
  test("in the query is refused when the query was changed, or it is for more than a week", async () => {
    const more = {
      ...presigned,
      tamper: (request: { query: object }) => void Object.assign(request.query, { Extra: "1" }),
    };
    expect((await send(more)).outcome).toBe("403 SignatureDoesNotMatch");
    const ever = {
      ...presigned,
      tamper: (request: { query: object }) => void Object.assign(request.query, { "X-Amz-Expires": "604801" }),
    };
    expect((await send(ever)).outcome).toBe("400 IncompleteSignature");
  });
  test("is for the operation that its path names, whatever content type is put beside it", async () => {
    const tamper = (request: { headers: object }) =>
      void Object.assign(request.headers, { "content-type": "application/x-www-form-urlencoded" });
    const hidden = "<!--&Version=2013-04-01&Action=GetHostedZone&Id=Z2&-->";
    const body = `${hidden}<ChangeResourceRecordSetsRequest><ChangeBatch><Changes/></ChangeBatch></ChangeResourceRecordSetsRequest>`;
    expect((await change(body, { headers: {}, tamper })).outcome).toBe("200");
  });
  test("says in its refusal what is wrong", async () => {
    const old = await list({ at: new Date(clock.now().getTime() - 20 * MINUTE) });
    expect(old.text).toContain("Signature expired: 20261122T054000Z is now earlier than 20261122T054500Z");
    const none = await list({ tamper: edit("authorization", () => "AWS4-HMAC-SHA256 Credential=a/b/c/d/e") });
    expect(none.text).toContain(
      "requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
    );
  });
  test.for(["/a%20b", "/a%2Fb", "/a.b%3Ac", "/%E2%82%AC", "//a/./b/../c/", "/arn%3Aaws%3A%3A%2Fx"])(
    "is over the path %s and the query in their canonical form",
    async (path) => {
      const query = { b: "a b&c='()*~é", z: "", a: "1" };
      const reply = await send({ service: "route53", method: "GET", path: `/2013-04-01/hostedzone${path}`, query });
      expect(reply.outcome).not.toMatch(/Signature/);
    },
  );
});

describe("errors of signatures in the query protocol", () => {
  test.for<[string, ToSign, string]>([
    ["SignatureDoesNotMatch", { key: { ...TEST_KEY, secretAccessKey: "no" } }, "403 SignatureDoesNotMatch"],
    ["InvalidClientTokenId", { key: { ...TEST_KEY, accessKeyId: "AKIANO" } }, "403 InvalidClientTokenId"],
    ["MissingAuthenticationToken", { tamper: drop("authorization") }, "403 MissingAuthenticationToken"],
  ])("%s", async ([, toSign, outcome]) => {
    expect((await form("Action=DescribeLoadBalancers&Version=2015-12-01", toSign)).outcome).toBe(outcome);
  });
});

describe("an edge", () => {
  test("may decrypt, and is told AccessDeniedException for anything else", async () => {
    const decrypt = { service: "kms", key: EDGE, headers: { "x-amz-target": "TrentService.Decrypt" } };
    expect((await json("", '{"CiphertextBlob":"YQ=="}', decrypt)).outcome).toBe("200");
    const denied = await list({ key: EDGE });
    expect(denied.outcome).toBe("400 AccessDeniedException");
    expect(JSON.parse(denied.text)).toMatchObject({
      Message:
        "User: arn:aws:sealkeeper::123456789012:edge/one is not authorized to perform: acm:ListCertificates on resource: * because no identity-based policy allows the acm:ListCertificates action",
    });
    const query = await form("Action=DescribeLoadBalancers&Version=2015-12-01", { key: EDGE });
    expect(query.outcome).toBe("403 AccessDenied");
  });
});

describe("what is not there", () => {
  test("an operation that is not implemented answers 501 NotImplemented in the form of the service", async () => {
    const acm501 = await json("ExportCertificate", "{}");
    expect(acm501.outcome).toBe("501 NotImplementedException");
    expect(acm501.text).toContain("docs/parity/acm.md");
    expect((await form("Action=CreateRule&Version=2015-12-01")).outcome).toBe("501 NotImplemented");
    const zones = await send({ service: "route53", method: "GET", path: "/2013-04-01/hostedzone" });
    expect(zones.outcome).toBe("501 NotImplemented");
  });
  test("an unsigned operation answers 501 too, without a caller", async () => {
    const saml = "Action=AssumeRoleWithSAML&Version=2011-06-15";
    expect((await form(saml, { tamper: drop("authorization") })).outcome).toBe("501 NotImplemented");
  });
  test.for<[string, () => Promise<Answer>, string]>([
    ["an operation", () => json("Nope", "{}"), "400 UnknownOperationException"],
    ["a target", () => json("", "{}", { headers: { "x-amz-target": "No.Nope" } }), "400 UnknownOperationException"],
    ["an action", () => form("Action=Nope&Version=2015-12-01"), "400 InvalidAction"],
    ["a version", () => form("Action=CreateRule&Version=2000-01-01"), "400 InvalidAction"],
    ["a path", () => send({ service: "route53", method: "GET", path: "/2013-04-01/nope" }), "400 InvalidAction"],
    ["a GET of JSON", () => json("ListCertificates", "", { method: "GET" }), "400 UnknownOperationException"],
  ])("%s that AWS does not know either is refused", async ([, ask, outcome]) => {
    expect((await ask()).outcome).toBe(outcome);
  });
  test("an action without a version is named in the message", async () => {
    expect((await form("Action=Nope")).text).toContain(
      "Could not find operation Nope for version NO_VERSION_SPECIFIED",
    );
  });
});

describe("a malformed body", () => {
  const request = (body: string) => () => json("RequestCertificate", body);
  const listener = (parameters: string) => () => form(`Action=CreateListener&Version=2015-12-01&${parameters}`);
  const comment = (inner: string) => () =>
    change(`<R><ChangeBatch><Comment>${inner}</Comment><Changes/></ChangeBatch></R>`);
  test.for<[string, () => Promise<Answer>, string]>([
    ["no JSON", request("{"), "400 SerializationException"],
    ["a JSON array", request("[]"), "400 SerializationException"],
    ["JSON null", request("null"), "400 SerializationException"],
    ["a number for a string", request('{"DomainName":7}'), "400 SerializationException"],
    ["an object for a string", request('{"DomainName":{"a":1}}'), "400 SerializationException"],
    [
      "a string for a list",
      request('{"DomainName":"a.bc","SubjectAlternativeNames":"b"}'),
      "400 SerializationException",
    ],
    ["a list for a structure", request('{"DomainName":"a.bc","Options":[]}'), "400 SerializationException"],
    [
      "a number in a list",
      request('{"DomainName":"a.bc","SubjectAlternativeNames":[1]}'),
      "400 SerializationException",
    ],
    ["null in a list", request('{"DomainName":"a.bc","SubjectAlternativeNames":[null]}'), "400 SerializationException"],
    ["a required member that is null", request('{"DomainName":null}'), "400 ValidationException"],
    ["no body", request(""), "400 ValidationException"],
    ["deep JSON", request(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`), "400 SerializationException"],
    ["a deep condition", () => json("SearchCertificates", ""), "501 NotImplementedException"],
    [
      "a blob not in base64",
      () => json("ImportCertificate", '{"Certificate":"!!","PrivateKey":"YQ=="}'),
      "400 SerializationException",
    ],
    [
      "a blob that is a number",
      () => json("ImportCertificate", '{"Certificate":5,"PrivateKey":"YQ=="}'),
      "400 SerializationException",
    ],
    ["a missing parameter", listener("Port=1"), "400 ValidationError"],
    [
      "a parameter that is no number",
      listener("LoadBalancerArn=a&Port=0x10&DefaultActions.member.1.Type=forward"),
      "400 MalformedInput",
    ],
    [
      "a parameter that contradicts another",
      listener("LoadBalancerArn=a&LoadBalancerArn.member.1=x"),
      "400 MalformedInput",
    ],
    ["a parameter that comes twice", listener("LoadBalancerArn=a&LoadBalancerArn=b"), "400 MalformedInput"],
    [
      "a structure where text is meant",
      listener("LoadBalancerArn.x=a&DefaultActions.member.1.Type=forward"),
      "400 MalformedInput",
    ],
    ["XML without an end", () => change("<R><ChangeBatch>"), "400 MalformedInput"],
    ["no XML", () => change("hello"), "400 MalformedInput"],
    [
      "a DTD",
      () => change('<!DOCTYPE x [<!ENTITY a "aaaa">]><R><ChangeBatch><Changes/></ChangeBatch></R>'),
      "400 MalformedInput",
    ],
    ["an entity", comment("&b;"), "400 MalformedInput"],
    ["an element where text is meant", comment("<x>1</x>"), "400 MalformedInput"],
    ["deep XML", () => change("<a>".repeat(50_000) + "</a>".repeat(50_000)), "400 MalformedInput"],
    ["no document where one is required", () => change(""), "400 InvalidInput"],
    ["a document without its required member", () => change("<R><ChangeBatch/></R>"), "400 InvalidInput"],
    [
      "a path that is not percent-encoded",
      () => send({ service: "route53", method: "GET", path: "/2013-04-01/hostedzone/%zz" }),
      "400 MalformedInput",
    ],
  ])("(%s) is refused in the form of its protocol", async ([, ask, outcome]) => {
    expect((await ask()).outcome).toBe(outcome);
  });

  test("with members called __proto__ or constructor reaches nobody's prototype", async () => {
    const reply = await json("RequestCertificate", '{"DomainName":"a.bc","__proto__":{"x":1},"constructor":{"y":1}}');
    expect(reply.outcome).toBe("200");
    const query = await form(
      "Action=SetRulePriorities&Version=2015-12-01&RulePriorities=&__proto__.x=1&a.__proto__.y=2&constructor.prototype.z=3",
    );
    expect(query.outcome).toBe("200");
    expect([({} as { x?: 1 }).x, ({} as { y?: 1 }).y, ({} as { z?: 1 }).z]).toEqual([undefined, undefined, undefined]);
  });
  test("in XML is read with comments, CDATA, character references and white space", async () => {
    const reply = await change(
      `<?xml version="1.0"?><!-- c --><R xmlns="x">\n <ChangeBatch>\n <Comment>a<![CDATA[<&>]]>&#66;&#x43;&amp;</Comment>\n <Changes>\n </Changes>\n</ChangeBatch></R>`,
    );
    expect(reply.text).toContain("<Comment>a&lt;&amp;&gt;BC&amp;0</Comment>");
  });
});

describe("a broken constraint", () => {
  const message = async (body: object, operation = "RequestCertificate"): Promise<string> => {
    const reply = await json(operation, JSON.stringify(body));
    expect(reply.outcome).toBe("400 ValidationException");
    return (JSON.parse(reply.text) as { message: string }).message;
  };
  test("is reported with the value and the place, as ACM does", async () => {
    expect(await message({ DomainName: "bad_domain" })).toBe(
      `1 validation error detected: Value 'bad_domain' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${NAME.source}`,
    );
    expect(await message({})).toBe(
      "1 validation error detected: Value null at 'domainName' failed to satisfy constraint: Member must not be null",
    );
    expect(await message({ DomainName: "a.example", KeyAlgorithm: "RSA_1" })).toMatch(
      /Value 'RSA_1' at 'keyAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: \[.*RSA_2048/,
    );
    expect(await message({ MaxItems: 1001 }, "ListCertificates")).toContain(
      "Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
    );
  });
  test("of a list's elements is reported once for the list", async () => {
    const wrong = {
      DomainName: "a.example",
      SubjectAlternativeNames: ["b.example", "ccc"],
      IdempotencyToken: "x".repeat(33),
    };
    expect(await message(wrong)).toBe(
      `2 validation errors detected: Value '[b.example, ccc]' at 'subjectAlternativeNames' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 253, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${NAME.source}]; Value '${"x".repeat(33)}' at 'idempotencyToken' failed to satisfy constraint: Member must have length less than or equal to 32`,
    );
    expect(await message({ Includes: { keyTypes: ["x"] } }, "ListCertificates")).toContain(
      "Value '[x]' at 'includes.keyTypes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [RSA_1024, RSA_2048]]",
    );
  });
  test("of a blob or a secret does not show the value", async () => {
    const key = Buffer.from("private").toString("base64");
    expect(await message({ Certificate: "YQ==", PrivateKey: key }, "ImportCertificate")).toBe(
      "1 validation error detected: Value at 'privateKey' failed to satisfy constraint: Member must have length less than or equal to 4",
    );
    const tagged = { CertificateArn: ARN, Tags: [{ Key: "a", Value: "private" }, { Value: "b" }] };
    expect(await message(tagged, "AddTagsToCertificate")).toBe(
      "2 validation errors detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 5; Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
    );
  });
  test("has the service's own code where it has one", async () => {
    const reply = await change("<R><ChangeBatch><Changes/></ChangeBatch></R>", {
      path: `/2013-04-01/hostedzone/${"Z".repeat(33)}/rrset`,
    });
    expect(reply.outcome).toBe("400 InvalidInput");
    expect(reply.text).toContain("at &apos;hostedZoneId&apos;".replaceAll("&apos;", "'"));
  });
});

describe("a refusal", () => {
  test("is named by the service's table", async () => {
    const reply = await json("DescribeCertificate", JSON.stringify({ CertificateArn: ARN }));
    expect(reply.outcome).toBe("400 ResourceNotFoundException");
    expect(JSON.parse(reply.text)).toEqual({ __type: "ResourceNotFoundException", message: "Could not find it." });
  });
  test.for(["DeleteCertificate", "GetCertificate"])(
    "that nobody foresaw (%s) is InternalFailure to the caller and everything to the log",
    async (operation) => {
      const reply = await json(operation, JSON.stringify({ CertificateArn: ARN }));
      expect(reply.outcome).toBe("500 InternalFailure");
      expect(reply.text).not.toMatch(/password|table/);
      expect(String(logged[0]?.bug)).toMatch(/password|table/);
    },
  );
  test("has the status and the code of its protocol", async () => {
    const query = await form("Action=DescribeLoadBalancers&Version=2015-12-01");
    expect(query.outcome).toBe("400 LoadBalancerNotFound");
    const rest = await send({ service: "route53", method: "GET", path: "/2013-04-01/hostedzone/Z9" });
    expect(rest.outcome).toBe("404 NoSuchHostedZone");
    const key = await json("", '{"KeyId":"alias/x"}', {
      service: "kms",
      headers: { "x-amz-target": "TrentService.DescribeKey" },
    });
    expect(key.outcome).toBe("400 NotFoundException");
  });
});

describe("every call", () => {
  test("is answered with the id under which it is logged and recorded", async () => {
    const reply = await json("RequestCertificate", '{"DomainName":"a.example"}');
    const id = reply.headers.get("x-amzn-requestid");
    expect(logged[0]).toMatchObject({ requestId: id, service: "acm", operation: "RequestCertificate", status: 200 });
    expect(recorded).toEqual([
      [
        "record",
        {
          account: "123456789012",
          region: "us-east-1",
          principal: "arn:aws:iam::123456789012:root",
          accessKeyId: TEST_KEY.accessKeyId,
          eventSource: "acm.amazonaws.com",
          eventName: "RequestCertificate",
          resource: `${ARN}-a.example`,
          requestId: id,
          sourceIp: "127.0.0.1",
          userAgent: expect.any(String) as string,
        },
      ],
    ]);
    const rest = await change("<R><ChangeBatch><Changes/></ChangeBatch></R>");
    expect(rest.headers.get("x-amz-request-id")).toBe(rest.headers.get("x-amzn-requestid"));
    expect(recorded[1]).toMatchObject(["record", { eventSource: "route53.amazonaws.com", resource: "Z1" }]);
  });
  test("that only reads, or fails, is noted without waiting", async () => {
    await list();
    await json("DescribeCertificate", JSON.stringify({ CertificateArn: ARN }));
    expect(recorded).toMatchObject([
      ["note", { eventName: "ListCertificates" }],
      ["note", { eventName: "DescribeCertificate", resource: ARN, error: { code: "ResourceNotFoundException" } }],
    ]);
  });
  test("that uses a key is recorded before it is answered", async () => {
    await json("", '{"CiphertextBlob":"YQ=="}', {
      service: "kms",
      headers: { "x-amz-target": "TrentService.Decrypt" },
    });
    expect(recorded).toMatchObject([["record", { eventName: "Decrypt", resource: expect.stringContaining(":key/1") }]]);
  });
  test("of nobody that could be proved is logged, but never recorded", async () => {
    await list({ key: { ...TEST_KEY, secretAccessKey: "no" } });
    expect(recorded).toEqual([]);
    expect(logged[0]).toMatchObject({ caller: undefined, error: { code: "InvalidSignatureException" } });
  });
});

function drop(header: string): NonNullable<ToSign["tamper"]> {
  return (request) => void delete request.headers[header];
}

function edit(header: string, change: (text: string) => string): NonNullable<ToSign["tamper"]> {
  return (request) => void (request.headers[header] = change(request.headers[header] ?? ""));
}

function body(text: string): NonNullable<ToSign["tamper"]> {
  return (request) => void (request.body = text);
}
