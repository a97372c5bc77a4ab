import type { NormalizedSchema } from "@smithy/core/schema";
import type { Call, Reply } from "#aws/call.ts";
import { missing } from "#aws/codec/constraints.ts";
import { type Reader, reader } from "#aws/codec/reader.ts";
import { boundFormat } from "#aws/codec/text-format.ts";
import { writeText } from "#aws/codec/writer.ts";
import { AwsError, type OperationModel } from "#aws/service.ts";
import { type Bindings, type Bound, replyBindings, requestBindings } from "./bindings.ts";
import { type Asked, inputErrors, type MakeProtocol, type Protocol } from "./protocol.ts";

/** The documents of a REST protocol: XML or JSON. */
export interface Documents {
  readonly type: string;
  parse(body: Buffer): unknown;
  readonly read: Reader;
  write(schema: NormalizedSchema, value: object): string;
  readonly fail: Protocol["fail"];
}

/** What REST-XML and REST-JSON share: everything but the documents. */
export function rest(documentsOf: (service: Parameters<MakeProtocol>[0]) => Documents): MakeProtocol {
  return (service) => {
    const documents = documentsOf(service);
    const readBound = reader(boundFormat, service.rules, inputErrors(service));
    return {
      read(operation, asked) {
        const { input } = operation;
        if (input.isUnitSchema()) return {};
        const bindings = requestBindings(input);
        return {
          ...readBound(bindings.boundShape, carried(operation, bindings, asked)),
          ...readBody(bindings, asked.call, documents, inputErrors(service).invalidInput),
        };
      },
      write: (operation, value) => writeReply(operation, value, documents),
      fail: documents.fail,
    };
  };
}

/** The bound members as they stand in path, headers and query. */
function carried({ http }: OperationModel, { bound }: Bindings, { call, labels }: Asked): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const { name, member, traits } of bound) {
    const { httpLabel, httpHeader, httpQuery, httpQueryParams } = traits;
    if (httpLabel) raw[name] = unescape(labels[name] ?? "");
    else if (httpHeader !== undefined) raw[name] = call.headers[httpHeader.toLowerCase()];
    else if (httpQueryParams) raw[name] = otherParameters(call.query, http?.[1] ?? "", bound);
    else if (httpQuery !== undefined && call.query.has(httpQuery)) {
      raw[name] = member.isListSchema() ? call.query.getAll(httpQuery) : call.query.get(httpQuery);
    }
  }
  return raw;
}

/** All parameters that neither the operation's URI nor another member names. */
function otherParameters(query: URLSearchParams, uri: string, bound: readonly Bound[]): object {
  const marks = new URLSearchParams(uri.split("?")[1]);
  const named = new Set(bound.map(({ traits }) => traits.httpQuery));
  return Object.fromEntries([...query].filter(([key]) => !marks.has(key) && !named.has(key)));
}

function readBody(
  { payload, body: shape }: Bindings,
  { body }: Call,
  documents: Documents,
  invalidInput: string,
): object {
  if (!payload) return shape ? documents.read(shape, body.length > 0 ? documents.parse(body) : {}) : {};
  const { name, member, required } = payload;
  if (body.length === 0) {
    if (!required) return {};
    const place = name.charAt(0).toLowerCase() + name.slice(1);
    throw new AwsError(invalidInput, `1 validation error detected: ${missing(place)}`);
  }
  if (member.isBlobSchema()) return { [name]: body };
  if (member.isStringSchema()) return { [name]: body.toString() };
  return { [name]: documents.read(member, documents.parse(body)) };
}

function writeReply({ output, http }: OperationModel, value: object, documents: Documents): Reply {
  const members = value as Readonly<Record<string, unknown>>;
  const headers: Record<string, string> = {};
  let status = http?.[2] ?? 200;
  if (output.isUnitSchema()) return { status, headers };
  const { bound, payload, body } = replyBindings(output);
  for (const { name, member, traits } of bound) {
    const content = members[name];
    if (content === undefined || content === null) continue;
    if (traits.httpResponseCode) status = Number(content);
    else if (traits.httpHeader !== undefined)
      headers[traits.httpHeader.toLowerCase()] = writeText(member, content, "http");
  }
  const content = payload ? members[payload.name] : body && members;
  const shape = payload ? payload.member : body;
  if (content === undefined || content === null || !shape) return { status, headers };
  if (typeof content === "string" || content instanceof Uint8Array) {
    return { status, headers: { "content-type": "application/octet-stream", ...headers }, body: content };
  }
  return { status, headers: { "content-type": documents.type, ...headers }, body: documents.write(shape, content) };
}

function unescape(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw new AwsError("SerializationException", "The path is not correctly percent-encoded.");
  }
}
