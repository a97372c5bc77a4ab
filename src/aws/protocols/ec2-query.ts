import { reader } from "#aws/codec/reader.ts";
import { ec2Format } from "#aws/codec/text-format.ts";
import { writeMembers } from "#aws/codec/xml-writer.ts";
import { queryTree } from "#aws/query-tree.ts";
import { element, escapeXml } from "#aws/xml.ts";
import { inputErrors, type MakeProtocol } from "./protocol.ts";
import { XML_HEADERS, xmlDocument } from "./xml-document.ts";

/**
 * EC2's kind of the query protocol: lists without wrappers, answers without a result element, errors in a document of
 * their own. https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export const ec2Query: MakeProtocol = (service) => {
  const read = reader(ec2Format, service.rules, inputErrors(service));
  return {
    read: ({ input }, { form }) => read(input, queryTree(form)),
    write({ name, output }, value, requestId) {
      // What answers nothing else answers that it was done.
      const result = output.isUnitSchema()
        ? element("return", "true")
        : writeMembers(output, value as Readonly<Record<string, unknown>>);
      const content = element("requestId", requestId) + result;
      return { status: 200, headers: XML_HEADERS, body: xmlDocument(service.facts, `${name}Response`, content) };
    },
    fail({ name, query, value }, requestId) {
      const [code, status] = (Object.hasOwn(COMMON, name) ? COMMON[name] : undefined) ?? query;
      const message = element("Message", escapeXml(String(value["message"])));
      const errors = element("Errors", element("Error", element("Code", escapeXml(code)) + message));
      const content = element("Response", errors + element("RequestID", requestId));
      return { status, headers: XML_HEADERS, body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}` };
    },
  };
};

/** What the errors common to all services go by at EC2. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const COMMON: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ["UnauthorizedOperation", 403],
  InternalFailure: ["InternalError", 500],
  InvalidSignatureException: ["AuthFailure", 401],
  MissingAuthenticationTokenException: ["AuthFailure", 401],
  SerializationException: ["InvalidParameterValue", 400],
  ThrottlingException: ["RequestLimitExceeded", 503],
  UnrecognizedClientException: ["AuthFailure", 401],
};
