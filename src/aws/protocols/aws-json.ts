import { jsonFormat, parseJson } from "#aws/codec/json-format.ts";
import { reader } from "#aws/codec/reader.ts";
import { jsonLeaves, writer } from "#aws/codec/writer.ts";
import { type Fault, faultType } from "#aws/fault.ts";
import { inputErrors, type MakeProtocol } from "./protocol.ts";

/** https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export const awsJson1_0: MakeProtocol = awsJson("application/x-amz-json-1.0");
export const awsJson1_1: MakeProtocol = awsJson("application/x-amz-json-1.1");

function awsJson(type: string): MakeProtocol {
  return (service) => {
    const headers = { "content-type": type };
    const format = jsonFormat();
    const read = reader(format, service.rules, inputErrors(service));
    const write = writer(format, jsonLeaves);
    return {
      read: ({ input }, { call }) => read(input, call.body.length > 0 ? parseJson(call.body) : {}),
      write({ output }, value) {
        if (output.isUnitSchema()) return { status: 200, headers };
        return { status: 200, headers, body: JSON.stringify(write(output, value)) };
      },
      fail(fault) {
        const body = JSON.stringify({ __type: fault.name, ...(write(fault.schema, fault.value) as object) });
        return { status: jsonStatus(fault), headers: { ...headers, ...queryErrorHeader(service.facts, fault) }, body };
      },
    };
  };
}

/** Services that once spoke query go on telling the query code, which old callers look for. */
export function queryErrorHeader(
  { queryCompatible }: { readonly queryCompatible?: true },
  { query: [code, status] }: Fault,
): Readonly<Record<string, string>> {
  return queryCompatible ? { "x-amzn-query-error": `${code};${faultType(status)}` } : {};
}

/** JSON services answer 400 and 500 only; finer statuses in the models are those of other protocols (KMS API reference). */
function jsonStatus({ modelled, status }: Fault): number {
  if (!modelled) return status;
  return status < 500 ? 400 : 500;
}
