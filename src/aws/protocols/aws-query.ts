import { reader } from "#aws/codec/reader.ts";
import { textFormat } from "#aws/codec/text-format.ts";
import { writeXml } from "#aws/codec/xml-writer.ts";
import { queryTree } from "#aws/query-tree.ts";
import { element } from "#aws/xml.ts";
import { inputErrors, type MakeProtocol } from "./protocol.ts";
import { XML_HEADERS, xmlDocument, xmlError } from "./xml-document.ts";

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const awsQuery: MakeProtocol = (service) => {
  const read = reader(textFormat, service.rules, inputErrors(service));
  return {
    read: ({ input }, { form }) => read(input, queryTree(form)),
    write({ name, output }, value, requestId) {
      const result = output.isUnitSchema() ? "" : writeXml(output, value, `${name}Result`);
      const metadata = element("ResponseMetadata", element("RequestId", requestId));
      return {
        status: 200,
        headers: XML_HEADERS,
        body: xmlDocument(service.facts, `${name}Response`, result + metadata),
      };
    },
    fail: (fault, requestId) => xmlError(service.facts, fault, fault.query, requestId),
  };
};
