import type { Call, Reply } from "#aws/call.ts";
import type { InputErrors } from "#aws/codec/reader.ts";
import type { Fault } from "#aws/fault.ts";
import type { MountedService, OperationModel } from "#aws/service.ts";

/** The protocols of AWS, as a request chooses among them. */
export type ProtocolName = "awsJson1_0" | "awsJson1_1" | "rpcV2Cbor" | "awsQuery" | "ec2Query" | "restXml" | "restJson";

/** What a request asks of one operation. */
export interface Asked {
  readonly call: Call;
  /** Parts of the path, still percent-encoded; for the REST protocols. */
  readonly labels: Readonly<Record<string, string>>;
  /** The parameters; for the query protocol. */
  readonly form: URLSearchParams;
}

/** One protocol of one service, seen from the server: a request in, an answer or an error out. */
export interface Protocol {
  /** Throws SerializationException, MalformedInput, or what the service calls invalid input. */
  read(operation: OperationModel, asked: Asked): Readonly<Record<string, unknown>>;
  write(operation: OperationModel, output: object, requestId: string): Reply;
  fail(fault: Fault, requestId: string): Reply;
}

/** Makes a protocol for a service; done once, when it is first spoken. */
export type MakeProtocol = (service: Pick<MountedService, "facts" | "rules" | "errors">) => Protocol;

/** What a service calls input that it cannot take. */
export function inputErrors({ facts }: Pick<MountedService, "facts">): InputErrors {
  return { invalidInput: facts.invalidInput ?? "ValidationException", missingInput: facts.missingInput };
}
