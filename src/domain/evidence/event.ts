import { parseArn, rootArn } from "#domain/arn.ts";
import type { AccountId } from "#domain/names.ts";
import type { LeafRecord } from "./leaf.ts";

/** A record as CloudTrail shows it. */
export interface TrailEvent {
  readonly eventId: string;
  readonly time: Date;
  readonly source: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly userName: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly resources: readonly { readonly name: string; readonly type: string | undefined }[];
  /** The event in the form that CloudTrail delivers (version 1.08), as JSON. */
  readonly body: string;
}

/**
 * A record as CloudTrail's event. What the journal does not keep (a call's parameters and answer) is null, as CloudTrail has
 * it where it leaves them out. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function trailEvent(record: LeafRecord): TrailEvent {
  const eventId = eventIdOf(record);
  const readOnly = isReadOnly(record.eventName, record.eventSource);
  const resources = [record.resource, record.certificate].flatMap((name) =>
    name === null ? [] : [{ name, type: resourceType(name) }],
  );
  return {
    eventId,
    time: new Date(Math.floor(record.at / 1000) * 1000),
    source: record.eventSource,
    name: record.eventName,
    readOnly,
    userName: record.userName === "" ? undefined : record.userName,
    accessKeyId: record.accessKeyId === "" ? undefined : record.accessKeyId,
    resources,
    body: JSON.stringify(bodyOf(record, eventId, readOnly)),
  };
}

/** The id of a record's event: a UUID of version 8 (RFC 9562) out of its time and number, so that it finds the record. */
export function eventIdOf({ at, id }: Pick<LeafRecord, "at" | "id">): string {
  const time = at.toString(16).padStart(12, "0");
  const number = id.toString(16).padStart(15, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-8000-8${number.slice(0, 3)}-${number.slice(3)}`;
}

/** The record that an event's id names; undefined when it is none of ours. */
export function parseEventId(eventId: string): Pick<LeafRecord, "at" | "id"> | undefined {
  const [, high, low, first, rest] =
    /^([0-9a-f]{8})-([0-9a-f]{4})-8000-8([0-9a-f]{3})-([0-9a-f]{12})$/.exec(eventId) ?? [];
  const named = { at: Number(`0x${high}${low}`), id: Number(`0x${first}${rest}`) };
  return Number.isSafeInteger(named.id) && eventIdOf(named) === eventId ? named : undefined;
}

/** Whether an operation changes nothing, as CloudTrail's readOnly says; uses of KMS keys change nothing. */
export function isReadOnly(eventName: string, eventSource: string): boolean {
  if (/^(BatchGet|Describe|Get|List|Lookup|Search|Simulate|Test)/.test(eventName)) return true;
  return eventSource === "kms.amazonaws.com" && USES.has(eventName);
}

/** What kind of resource an ARN names, in CloudFormation's words; undefined where we know none. */
export function resourceType(name: string): string | undefined {
  const { service, resource } = parseArn(name) ?? {};
  if (service === undefined || resource === undefined) return undefined;
  return TYPES[`${service}:${/^[a-z-]*/.exec(resource)?.[0]}`];
}

function bodyOf(record: LeafRecord, eventID: string, readOnly: boolean): object {
  const { principal, resource, errorCode, errorMessage, grantId, detail, sourceIp } = record;
  const facts = detail === null ? {} : (JSON.parse(detail) as Readonly<Record<string, string>>);
  const { encryptionContext, ...others } = facts;
  const extra = { ...others, ...(grantId === null ? {} : { grantId }) };
  const type = resource === null ? undefined : resourceType(resource);
  return {
    eventVersion: "1.08",
    userIdentity: identityOf(record),
    eventTime: new Date(Math.floor(record.at / 1000) * 1000).toISOString().replace(".000Z", "Z"),
    eventSource: record.eventSource,
    eventName: record.eventName,
    awsRegion: record.region,
    sourceIPAddress: sourceIp ?? principal,
    userAgent: record.userAgent ?? (sourceIp === null ? principal : null),
    ...(errorCode === null ? {} : { errorCode, errorMessage }),
    requestParameters:
      encryptionContext === undefined ? null : { encryptionContext: JSON.parse(encryptionContext) as unknown },
    responseElements: null,
    ...(Object.keys(extra).length > 0 ? { additionalEventData: extra } : {}),
    requestID: record.requestId,
    eventID,
    readOnly,
    ...(resource !== null && parseArn(resource)
      ? {
          resources: [
            { accountId: parseArn(resource)?.account, ...(type === undefined ? {} : { type }), ARN: resource },
          ],
        }
      : {}),
    eventType: sourceIp === null && record.eventSource !== "kms.amazonaws.com" ? "AwsServiceEvent" : "AwsApiCall",
    managementEvent: true,
    recipientAccountId: record.account,
    eventCategory: "Management",
  };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function identityOf({ principal, account, accessKeyId, userName }: LeafRecord): object {
  const arn = parseArn(principal);
  if (!arn) return { type: "AWSService", invokedBy: principal };
  const known = { arn: principal, accountId: arn.account, ...(accessKeyId === "" ? {} : { accessKeyId }) };
  if (principal === rootArn(account as AccountId)) return { type: "Root", ...known };
  if (arn.resource.startsWith("assumed-role/")) return { type: "AssumedRole", ...known };
  if (arn.resource.startsWith("user/")) return { type: "IAMUser", ...known, userName };
  return { type: arn.service === "sts" ? "FederatedUser" : "Unknown", ...known };
}

const USES: ReadonlySet<string> = new Set([
  "Decapsulate",
  "Decrypt",
  "DeriveSharedSecret",
  "Encapsulate",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateMac",
  "GenerateRandom",
  "ReEncrypt",
  "Sign",
  "Verify",
  "VerifyMac",
]);

const TYPES: Readonly<Record<string, string | undefined>> = {
  "acm:certificate": "AWS::ACM::Certificate",
  "acm-pca:certificate-authority": "AWS::ACMPCA::CertificateAuthority",
  "kms:key": "AWS::KMS::Key",
  "kms:alias": "AWS::KMS::Alias",
  "elasticloadbalancing:loadbalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "elasticloadbalancing:listener": "AWS::ElasticLoadBalancingV2::Listener",
  "elasticloadbalancing:targetgroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
  "elasticloadbalancing:truststore": "AWS::ElasticLoadBalancingV2::TrustStore",
  "events:rule": "AWS::Events::Rule",
  "iam:user": "AWS::IAM::User",
  "iam:role": "AWS::IAM::Role",
  "iam:group": "AWS::IAM::Group",
  "iam:policy": "AWS::IAM::ManagedPolicy",
};
