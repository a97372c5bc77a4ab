import type { Caller } from "#domain/names.ts";
import type { Call } from "./call.ts";
import type { MountedService, OperationModel } from "./service.ts";

/** One call as the audit trail keeps it, in CloudTrail's words. It never holds a secret. */
export interface CallRecord {
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  readonly accessKeyId: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly resource?: string;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly userAgent?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Where calls are recorded. Only those of proved callers are: nobody else may make it grow. */
export interface AuditTrail {
  /** Resolves when the record is on the disk; only then is the call answered. For what changes or uses something. */
  record(call: CallRecord): Promise<void>;
  /** Takes the record without waiting. For calls that changed nothing. */
  note(call: CallRecord): void;
}

export function actOf(
  { facts }: MountedService,
  { name }: OperationModel,
  caller: Caller,
  { remoteAddress, headers }: Pick<Call, "remoteAddress" | "headers">,
): CallRecord {
  const userAgent = headers["user-agent"];
  return {
    account: caller.account,
    region: caller.region,
    principal: caller.arn,
    accessKeyId: caller.accessKeyId,
    eventSource: `${facts.scope}.amazonaws.com`,
    eventName: name,
    requestId: caller.requestId,
    sourceIp: remoteAddress,
    ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, LONGEST_AGENT) }),
  };
}

/** Whether an operation changes something or uses a key, by AWS's naming: `Decrypt` does, `DescribeKey` does not. */
export function changesSomething(operation: string): boolean {
  return !/^(Describe|Get|List|Search|Test)/.test(operation);
}

/** SDKs tell a lot of themselves. */
const LONGEST_AGENT = 512;
