import { NormalizedSchema } from "@smithy/core/schema";
import { Refusal } from "#domain/refusal.ts";
import { AwsError, type MountedService } from "./service.ts";

/** An error dressed for the wire, whatever the protocol. */
export interface Fault {
  /** The name of its shape: `ResourceNotFoundException`. */
  readonly name: string;
  readonly status: number;
  /** Code and status in the query protocol, where they can differ. */
  readonly query: readonly [code: string, status: number];
  /** Whether the service's own model has it. */
  readonly modelled: boolean;
  readonly schema: NormalizedSchema;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * What went wrong in the service's own words. What the domain refused is named by the service's table; anything else
 * that is no AwsError is a bug or an outage: the caller learns nothing but InternalFailure.
 */
export function awsError(error: unknown, refusals: MountedService["refusals"]): AwsError {
  if (error instanceof AwsError) return error;
  const name = error instanceof Refusal ? refusals[error.code] : undefined;
  if (error instanceof Refusal && name !== undefined) return new AwsError(name, error.message);
  return new AwsError("InternalFailure", "The request processing has failed because of an unknown error.");
}

/** Status, code and members of an error, by the service's own schema of it where there is one. */
export function faultOf({ code, message, members }: AwsError, errors: MountedService["errors"]): Fault {
  const model = errors.get(code);
  const common = COMMON[code];
  const schema = NormalizedSchema.of(model ?? [-3, "", code, 0, ["message"], [0]]);
  const traits = schema.getMergedTraits() as ErrorTraits;
  const status = traits.httpError ?? common?.status ?? (traits.error === "server" ? 500 : 400);
  return {
    name: code,
    status,
    query: traits.awsQueryError ?? (model ? undefined : common?.query) ?? [code, status],
    modelled: model !== undefined,
    schema,
    // Some shapes say `message`, some `Message`; what the schema does not have is left out.
    value: { ...members, message, Message: message },
  };
}

/** The traits that error shapes carry; the SDK's types do not know them. */
interface ErrorTraits {
  readonly error?: "client" | "server";
  readonly httpError?: number;
  readonly awsQueryError?: readonly [code: string, status: number];
}

/** Whose fault a status says it is, as the XML protocols spell it. */
export function faultType(status: number): "Sender" | "Receiver" {
  return status < 500 ? "Sender" : "Receiver";
}

/**
 * The errors common to all services: their status, and what they go by in the XML protocols.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
const COMMON: Readonly<Record<string, { readonly status: number; readonly query: readonly [string, number] }>> = {
  AccessDeniedException: { status: 400, query: ["AccessDenied", 403] },
  ExpiredTokenException: { status: 400, query: ["ExpiredToken", 403] },
  IncompleteSignatureException: { status: 400, query: ["IncompleteSignature", 400] },
  InternalFailure: { status: 500, query: ["InternalFailure", 500] },
  InvalidSignatureException: { status: 400, query: ["SignatureDoesNotMatch", 403] },
  MissingAuthenticationTokenException: { status: 400, query: ["MissingAuthenticationToken", 403] },
  NotImplementedException: { status: 501, query: ["NotImplemented", 501] },
  RequestEntityTooLargeException: { status: 413, query: ["RequestEntityTooLarge", 413] },
  SerializationException: { status: 400, query: ["MalformedInput", 400] },
  ThrottlingException: { status: 400, query: ["Throttling", 400] },
  UnknownOperationException: { status: 400, query: ["InvalidAction", 400] },
  UnrecognizedClientException: { status: 400, query: ["InvalidClientTokenId", 403] },
  UnsupportedMediaTypeException: { status: 415, query: ["UnsupportedMediaType", 415] },
  ValidationException: { status: 400, query: ["ValidationError", 400] },
};
