import { jsonFormat, parseJson } from "#aws/codec/json-format.ts";
import { reader } from "#aws/codec/reader.ts";
import { jsonLeaves, writer } from "#aws/codec/writer.ts";
import { inputErrors, type MakeProtocol } from "./protocol.ts";
import { rest } from "./rest.ts";

/** https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const restJson: MakeProtocol = rest((service) => {
  const format = jsonFormat("jsonName");
  const type = "application/json";
  const write = writer(format, jsonLeaves);
  return {
    type,
    parse: parseJson,
    read: reader(format, service.rules, inputErrors(service)),
    write: (schema, value) => JSON.stringify(write(schema, value)),
    fail: ({ name, status, schema, value }) => ({
      status,
      headers: { "content-type": type, "x-amzn-errortype": name },
      body: JSON.stringify(write(schema, value)),
    }),
  };
});
