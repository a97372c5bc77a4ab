import type { RecordType } from "#domain/zones/record-set.ts";
import {
  characterString,
  characterStrings,
  domain,
  exactly,
  fieldsOf,
  hex,
  ipv4,
  ipv6,
  uint,
  unquote,
  ValueProblem,
} from "./fields.ts";
import { serviceBinding } from "./service-binding.ts";

/** The value as it stands in a DNS message. Throws ValueProblem, whose message AWS's users know. */
export function rdata(type: RecordType, value: string): Buffer {
  return FORMS[type](value);
}

/** What is wrong with a value, in AWS's words; undefined when it is right. */
export function valueProblem(type: RecordType, value: string): string | undefined {
  try {
    rdata(type, value);
    return undefined;
  } catch (error) {
    if (error instanceof ValueProblem) return error.message;
    throw error;
  }
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html */
const FORMS: Readonly<Record<RecordType, (value: string) => Buffer>> = {
  A: (value) => ipv4(value.trim()),
  AAAA: (value) => ipv6(value.trim()),
  CAA: caa,
  CNAME: (value) => domain(value.trim()),
  DS: ds,
  HTTPS: serviceBinding,
  MX: mx,
  NAPTR: naptr,
  NS: (value) => domain(value.trim()),
  PTR: (value) => domain(value.trim()),
  SOA: soa,
  SPF: (value) => characterStrings(fieldsOf(value)),
  SRV: srv,
  SSHFP: sshfp,
  SVCB: serviceBinding,
  TLSA: tlsa,
  TXT: (value) => characterStrings(fieldsOf(value)),
};

/** RFC 8659 §4.1. */
function caa(value: string): Buffer {
  const fields = fieldsOf(value);
  const [flags, tag = "", property] = fields;
  exactly(3, fields, "CAARRDATANotThreeFields", 'Value should be: flags tag "value"');
  if (!/^[a-z0-9]{1,15}$/i.test(tag)) {
    throw new ValueProblem("CAARRDATAIllegalTag", "Tag should be 1 to 15 letters and digits");
  }
  return Buffer.concat([uint(flags, 1), Buffer.of(tag.length), Buffer.from(tag, "latin1"), unquote(property)]);
}

/** RFC 4034 §5.1. */
function ds(value: string): Buffer {
  const [keyTag, algorithm, digestType, ...digest] = fieldsOf(value);
  return Buffer.concat([uint(keyTag, 2), uint(algorithm, 1), uint(digestType, 1), hex(digest)]);
}

function mx(value: string): Buffer {
  const fields = fieldsOf(value);
  exactly(2, fields, "MXRRDATANotTwoFields", "Value should be: priority name");
  return Buffer.concat([uint(fields[0], 2), domain(fields[1], "allow-root")]);
}

/** RFC 3403 §4.1. */
function naptr(value: string): Buffer {
  const fields = fieldsOf(value);
  const [order, preference, flags, service, regexp, replacement] = fields;
  exactly(6, fields, "NAPTRRRDATANotSixFields", 'Value should be: order preference "flags" "service" "regexp" name');
  return Buffer.concat([
    uint(order, 2),
    uint(preference, 2),
    characterString(flags),
    characterString(service),
    characterString(regexp),
    domain(replacement, "allow-root"),
  ]);
}

function soa(value: string): Buffer {
  const fields = fieldsOf(value);
  const [server, mailbox, ...numbers] = fields;
  exactly(7, fields, "SOARRDATANotSevenFields", "Value should be: server mailbox serial refresh retry expire minimum");
  return Buffer.concat([domain(server), domain(mailbox), ...numbers.map((number) => uint(number, 4))]);
}

/** RFC 2782. */
function srv(value: string): Buffer {
  const fields = fieldsOf(value);
  const [priority, weight, port, target] = fields;
  exactly(4, fields, "SRVRRDATANotFourFields", "Value should be: priority weight port name");
  return Buffer.concat([uint(priority, 2), uint(weight, 2), uint(port, 2), domain(target, "allow-root")]);
}

/** RFC 4255 §3.1. */
function sshfp(value: string): Buffer {
  const [algorithm, kind, ...fingerprint] = fieldsOf(value);
  return Buffer.concat([uint(algorithm, 1), uint(kind, 1), hex(fingerprint)]);
}

/** RFC 6698 §2.1. */
function tlsa(value: string): Buffer {
  const [usage, selector, matching, ...data] = fieldsOf(value);
  return Buffer.concat([uint(usage, 1), uint(selector, 1), uint(matching, 1), hex(data)]);
}
