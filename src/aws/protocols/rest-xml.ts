import { reader } from "#aws/codec/reader.ts";
import { textFormat } from "#aws/codec/text-format.ts";
import { writeMembers } from "#aws/codec/xml-writer.ts";
import { parseXml } from "#aws/xml.ts";
import { inputErrors, type MakeProtocol } from "./protocol.ts";
import { rest } from "./rest.ts";
import { xmlDocument, xmlError } from "./xml-document.ts";

/** https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export const restXml: MakeProtocol = rest((service) => ({
  type: "text/xml",
  parse: (body) => parseXml(body.toString()),
  read: reader(textFormat, service.rules, inputErrors(service)),
  write(schema, value) {
    const name = schema.getMergedTraits().xmlName ?? schema.getName() ?? "";
    return xmlDocument(service.facts, name, writeMembers(schema, value as Readonly<Record<string, unknown>>));
  },
  fail: (fault, requestId) =>
    xmlError(service.facts, fault, fault.modelled ? [fault.name, fault.status] : fault.query, requestId),
}));
