import { hostedZone } from "#dns/hosted-zones.ts";
import { testAnswer } from "#dns/test-answer.ts";
import { nameServersOf } from "#domain/zones/hosted-zone.ts";
import { isWithin } from "#domain/zones/record-name.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Operation } from "./operation.ts";
import { readStartName, readZoneId } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_TestDNSAnswer.html: who asks, and from where, makes no difference to simple routing. */
export const TestDNSAnswer: Route53Operation<"TestDNSAnswer"> = async (input, { account }, deps) => {
  const zone = await hostedZone(account, readZoneId(input.HostedZoneId), deps);
  const name = readStartName("RecordName", input.RecordName);
  if (!isWithin(name, zone.name)) throw invalidInput(`RecordName ${name} does not lie within ${zone.name}`);
  const { code, values } = await testAnswer(zone, name, input.RecordType, deps);
  const [server = ""] = nameServersOf(zone.id, deps.product.name);
  return {
    Nameserver: server.slice(0, -1),
    RecordName: name,
    RecordType: input.RecordType,
    RecordData: [...values],
    ResponseCode: code,
    Protocol: "UDP",
  };
};
