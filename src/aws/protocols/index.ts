import { awsJson1_0, awsJson1_1 } from "./aws-json.ts";
import { awsQuery } from "./aws-query.ts";
import { ec2Query } from "./ec2-query.ts";
import type { MakeProtocol, ProtocolName } from "./protocol.ts";
import { restJson } from "./rest-json.ts";
import { restXml } from "./rest-xml.ts";
import { rpcV2Cbor } from "./rpc-v2-cbor.ts";

/** Every protocol that AWS services speak. Which one a request speaks is the request's choice, not the service's. */
export const PROTOCOLS: Readonly<Record<ProtocolName, MakeProtocol>> = {
  awsJson1_0,
  awsJson1_1,
  awsQuery,
  ec2Query,
  restJson,
  restXml,
  rpcV2Cbor,
};
