import type { Reply } from "#aws/call.ts";
import { writeMembers } from "#aws/codec/xml-writer.ts";
import type { Facts } from "#aws/facts.ts";
import { type Fault, faultType } from "#aws/fault.ts";
import { element, escapeXml } from "#aws/xml.ts";

export const XML_HEADERS: Readonly<Record<string, string>> = { "content-type": "text/xml" };

/** A whole document with its root element in the service's namespace. */
export function xmlDocument({ namespace = "" }: Pick<Facts, "namespace">, name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${namespace}">${content}</${name}>`;
}

/** The error document that the query and the REST-XML protocol share. */
export function xmlError(
  facts: Pick<Facts, "namespace">,
  { schema, value }: Fault,
  [code, status]: readonly [code: string, status: number],
  requestId: string,
): Reply {
  const { message, Message, ...members } = value;
  const text = element("Message", escapeXml(String(message ?? Message)));
  const error = element("Type", faultType(status)) + element("Code", code) + text + writeMembers(schema, members);
  const body = xmlDocument(facts, "ErrorResponse", element("Error", error) + element("RequestId", requestId));
  return { status, headers: XML_HEADERS, body };
}
