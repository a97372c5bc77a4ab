import { cbor, dateToTag } from "@smithy/core/cbor";
import { parseCbor } from "#aws/codec/cbor.ts";
import { cborFormat } from "#aws/codec/cbor-format.ts";
import { reader } from "#aws/codec/reader.ts";
import { type Leaves, writer } from "#aws/codec/writer.ts";
import { queryErrorHeader } from "./aws-json.ts";
import { inputErrors, type MakeProtocol } from "./protocol.ts";

/** https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export const rpcV2Cbor: MakeProtocol = (service) => {
  const headers = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };
  const read = reader(cborFormat, service.rules, inputErrors(service));
  const write = writer(cborFormat, LEAVES);
  return {
    read: ({ input }, { call }) => read(input, call.body.length > 0 ? parseCbor(call.body) : {}),
    write({ output }, value) {
      if (output.isUnitSchema()) return { status: 200, headers };
      return { status: 200, headers, body: encode(write(output, value)) };
    },
    fail(fault) {
      const body = encode({ __type: fault.name, ...(write(fault.schema, fault.value) as object) });
      return { status: fault.status, headers: { ...headers, ...queryErrorHeader(service.facts, fault) }, body };
    },
  };
};

/** The encoder hands out a view of a buffer that it uses again. */
const encode = (value: unknown): Uint8Array => Uint8Array.from(cbor.serialize(value));

const LEAVES: Leaves = { blob: (value) => value, timestamp: dateToTag };
