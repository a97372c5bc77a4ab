/** A record of the journal with every column that it has. */
export interface LeafRecord {
  readonly id: number;
  readonly at: number;
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  readonly accessKeyId: string;
  readonly userName: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly resource: string | null;
  readonly certificate: string | null;
  readonly grantId: string | null;
  readonly requestId: string;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly detail: string | null;
}

/**
 * Whether a record is an event of its own, as CloudTrail has it: a call, or what a service did. What a call did inside is in
 * the journal beside it (with the grant that allowed it), under the same request id, and comes from nowhere.
 */
export function isEvent({ account, accessKeyId, sourceIp }: LeafRecord): boolean {
  return account !== "" && (accessKeyId === "" || sourceIp !== null);
}

/** The members of a record in the order in which they stand in a leaf. */
export const LEAF_MEMBERS: readonly (keyof LeafRecord)[] = [
  "id",
  "at",
  "account",
  "region",
  "principal",
  "accessKeyId",
  "userName",
  "eventSource",
  "eventName",
  "resource",
  "certificate",
  "grantId",
  "requestId",
  "sourceIp",
  "userAgent",
  "errorCode",
  "errorMessage",
  "detail",
];

/**
 * The one text of a record that the tree is made of: a JSON array, the form's number first, then every member in the order of
 * `LEAF_MEMBERS`; texts are escaped as ECMA-262 does it (QuoteJSONString), and there is no white space. Two records that
 * differ in anything have different texts.
 */
export function leafEntry(record: LeafRecord): string {
  return JSON.stringify([
    LEAF_FORM,
    record.id,
    record.at,
    record.account,
    record.region,
    record.principal,
    record.accessKeyId,
    record.userName,
    record.eventSource,
    record.eventName,
    record.resource,
    record.certificate,
    record.grantId,
    record.requestId,
    record.sourceIp,
    record.userAgent,
    record.errorCode,
    record.errorMessage,
    record.detail,
  ]);
}

/** The record that a leaf's text says; undefined when it is none, or not written as `leafEntry` writes it. */
export function parseLeafEntry(entry: string): LeafRecord | undefined {
  let values: unknown;
  try {
    values = JSON.parse(entry);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || values.length !== LEAF_MEMBERS.length + 1 || values[0] !== LEAF_FORM) return undefined;
  const members = LEAF_MEMBERS.map((member, index) => [member, values[index + 1] as unknown] as const);
  if (!members.every(([member, value]) => isMember(member, value))) return undefined;
  const record = Object.fromEntries(members) as unknown as LeafRecord;
  return leafEntry(record) === entry ? record : undefined;
}

function isMember(member: keyof LeafRecord, value: unknown): boolean {
  if (member === "id" || member === "at") return Number.isSafeInteger(value);
  return typeof value === "string" || (value === null && NULLABLE.has(member));
}

const NULLABLE: ReadonlySet<keyof LeafRecord> = new Set([
  "resource",
  "certificate",
  "grantId",
  "sourceIp",
  "userAgent",
  "errorCode",
  "errorMessage",
  "detail",
]);

/** Changes when a column is added: older leaves keep the form in which they were hashed. */
export const LEAF_FORM = 1;
