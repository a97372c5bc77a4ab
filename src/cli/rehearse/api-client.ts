import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { jsonFormat } from "#aws/codec/json-format.ts";
import { reader } from "#aws/codec/reader.ts";
import { FACTS } from "#aws/facts.ts";
import type { Clock } from "#lib/clock.ts";
import { MINUTE } from "#lib/duration.ts";
import { type AccessKey, signRequest } from "#lib/sigv4-signer.ts";
import type { SealkeeperApi } from "#services/sealkeeper/api.ts";
import { schemas } from "#services/sealkeeper/schemas.ts";

/** Sealkeeper's own API, as a client in one region sees it. */
export interface ApiClient {
  call<Name extends keyof SealkeeperApi>(
    operation: Name,
    input: SealkeeperApi[Name]["input"],
    region: string,
  ): Promise<SealkeeperApi[Name]["output"]>;
}

/** What the API refused, or an answer that is none. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A client that signs with an access key. Its calls throw ApiError for what is refused. */
export function openApiClient(endpoint: string, key: AccessKey, { clock }: { readonly clock: Clock }): ApiClient {
  const read = reader(jsonFormat(), {}, { invalidInput: "ValidationException" });
  const { scope, target } = FACTS.sealkeeper;
  const url = new URL("/", endpoint);
  return {
    async call(operation, input, region) {
      const body = Buffer.from(JSON.stringify(wire(input)));
      const headers = {
        host: url.host,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `${target}.${operation}`,
      };
      const signed = signRequest(
        { method: "POST", path: "/", headers, body },
        key,
        { service: scope, region },
        clock.now(),
      );
      const answer = await send(url, signed, body);
      const value: unknown = await answer.json().catch(() => undefined);
      if (!answer.ok) throw refusal(value, answer.status);
      const [, , , , , output] = schemas[operation] as StaticOperationSchema;
      return read(NormalizedSchema.of(output), value) as SealkeeperApi[typeof operation]["output"];
    },
  };
}

/** As JSON 1.1 has it: times are seconds since 1970. */
function wire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wire(one)]));
}

async function send(url: URL, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Response> {
  try {
    return await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError(
      "Unreachable",
      `nobody answers at ${url.origin} (${reason}): start sealkeeper serve, or give --endpoint-url`,
    );
  }
}

function refusal(value: unknown, status: number): ApiError {
  const { __type: code, message } = (value ?? {}) as { readonly __type?: unknown; readonly message?: unknown };
  return typeof code === "string"
    ? new ApiError(code, typeof message === "string" ? `${message}${HINTS[code] ?? ""}` : code)
    : new ApiError("InternalFailure", `the product answered ${status}`);
}

const OTHER_KEY = " Are these the credentials of the product that runs there? See --data-dir.";
const HINTS: Readonly<Record<string, string>> = {
  UnrecognizedClientException: OTHER_KEY,
  InvalidSignatureException: OTHER_KEY,
};
/** A page of certificates may wait for many slow name servers. */
const PATIENCE = 5 * MINUTE;
