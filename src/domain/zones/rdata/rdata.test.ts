import packet from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES, type RecordType } from "#domain/zones/record-set.ts";
import { rdata, valueProblem } from "./rdata.ts";

/** One answer record around the data, read back by an independent decoder. */
function decode(type: RecordType, data: Buffer): unknown {
  const header = Buffer.from("00008400000000010000000000", "hex"); // header and the root as owner
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(RECORD_TYPES[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  const [answer] = packet.decode(Buffer.concat([header, fixed, data])).answers ?? [];
  return (answer as { data: unknown }).data;
}

test("an address that is too long is refused before it is looked at", () => {
  for (const value of [`:${".".repeat(3998)}x`, `:${"1".repeat(3998)}`]) {
    expect(valueProblem("AAAA", value)).toContain("IPv6");
  }
});

describe("a record's value", () => {
  test.for<[RecordType, string, unknown]>([
    ["A", "192.0.2.1", "192.0.2.1"],
    ["AAAA", "2001:DB8::1", "2001:db8::1"],
    ["AAAA", "::", "::"],
    ["AAAA", "::ffff:192.0.2.1", "::ffff:c000:201"],
    ["CAA", '0 issue "ca.example; a=b"', { flags: 0, issuerCritical: false, tag: "issue", value: "ca.example; a=b" }],
    ["CNAME", "Host.Example.NET", "host.example.net"],
    ["MX", "10 mail.example.com.", { preference: 10, exchange: "mail.example.com" }],
    ["MX", "0 .", { preference: 0, exchange: "." }],
    ["NS", "ns.example.com", "ns.example.com"],
    ["SRV", "1 2 443 host.example.com", { priority: 1, weight: 2, port: 443, target: "host.example.com" }],
    ["TXT", '"a b" "c"', [Buffer.from("a b"), Buffer.from("c")]],
    ["TXT", '"q\\"\\134\\303\\266"', [Buffer.from('q"\\ö')]],
    ["SSHFP", `1 1 ${"ab".repeat(20)}`, { algorithm: 1, hash: 1, fingerprint: "AB".repeat(20) }],
    ["DS", "12 13 2 ABCD 01", { keyTag: 12, algorithm: 13, digestType: 2, digest: Buffer.from("abcd01", "hex") }],
    ["TLSA", "3 1 1 00ff", { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from("00ff", "hex") }],
    [
      "NAPTR",
      '10 20 "s" "SIP+D2U" "" _sip._udp.example.com.',
      { order: 10, preference: 20, flags: "s", services: "SIP+D2U", regexp: "", replacement: "_sip._udp.example.com" },
    ],
    [
      "SOA",
      "ns.example.com. admin.example.com. 1 7200 900 1209600 86400",
      {
        mname: "ns.example.com",
        rname: "admin.example.com",
        serial: 1,
        refresh: 7200,
        retry: 900,
        expire: 1209600,
        minimum: 86400,
      },
    ],
  ])("%s %s is read by others as meant", ([type, value, meant]) => {
    expect(decode(type, rdata(type, value))).toEqual(meant);
  });

  // RFC 9460, appendix D.
  test.for([
    ["0 foo.example.com.", "000003666f6f076578616d706c6503636f6d00"],
    ["1 .", "000100"],
    ["16 foo.example.com. port=53", "001003666f6f076578616d706c6503636f6d00000300020035"],
    ["1 foo.example.com. key667=hello", "000103666f6f076578616d706c6503636f6d00029b000568656c6c6f"],
    [
      '16 foo.example.org. alpn=h2,h3-19 mandatory="ipv4hint,alpn" ipv4hint=192.0.2.1',
      "001003666f6f076578616d706c65036f726700000000040001000400010009026832056833 2d31390004 0004c0000201",
    ],
    [
      '1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1"',
      "000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db8000000000000000000530001",
    ],
  ])("HTTPS %s is as in RFC 9460", ([value, wire]) => {
    expect(rdata("HTTPS", value!).toString("hex")).toBe(wire!.replaceAll(" ", ""));
  });

  test.for<[RecordType, string, string]>([
    ["A", "192.0.2.256", "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"],
    ["A", "192.0.2.01", "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"],
    ["AAAA", "1::2::3", "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"],
    ["AAAA", "1:2:3:4:5:6:7:8:9", "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"],
    ["AAAA", "1:2:3:4:5:6:7::8", "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"],
    ["CNAME", "", "DomainNameEmpty (Domain name is empty)"],
    ["CNAME", `${"x".repeat(64)}.com`, "DomainLabelTooLong (Domain label is too long)"],
    ["TXT", "v=spf1 -all", "InvalidCharacterString (Value should be enclosed in quotation marks)"],
    ["TXT", '"open', "InvalidCharacterString (Value should be enclosed in quotation marks)"],
    ["TXT", `"${"x".repeat(256)}"`, "CharacterStringTooLong (Value is too long)"],
    ["TXT", '"ö"', "UnsupportedCharacter (Value contains unsupported characters)"],
    ["MX", "mail.example.com", "MXRRDATANotTwoFields (Value should be: priority name)"],
    ["MX", "70000 mail.example.com", "InvalidNumber (Value is not a number of 16 bits)"],
    ["SRV", "1 2 3", "SRVRRDATANotFourFields (Value should be: priority weight port name)"],
    ["CAA", "0 issue ca.example", "InvalidCharacterString (Value should be enclosed in quotation marks)"],
    ["SVCB", "0 a.example port=1", "InvalidSvcParam (Value is malformed: an alias takes no parameters)"],
    ["SVCB", "1 a.example mandatory=port", "InvalidSvcParam (Value is malformed: a mandatory parameter is missing)"],
    ["SVCB", '1 a.example alpn="h2', "InvalidCharacterString (Value should be enclosed in quotation marks)"],
  ])("%s %j is refused: %s", ([type, value, problem]) => {
    expect(valueProblem(type, value) ?? "").toBe(problem);
  });

  test("of any text is read or refused, never more, and what is read is bounded and decodable", () => {
    const types = Object.keys(RECORD_TYPES) as RecordType[];
    const pieces = fc.constantFrom(
      "0",
      "1",
      "255",
      "65536",
      ".",
      "a.example.",
      '"',
      "\\",
      " ",
      "=",
      "port",
      "alpn",
      ",",
      ":",
      "ff",
      "1.2.3.4",
      "\\777",
      "ö",
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), texts, (type, value) => {
        if (valueProblem(type, value) !== undefined) return;
        const data = rdata(type, value);
        expect(data.length).toBeLessThan(4096);
        if (type !== "SSHFP") decode(type, data); // the decoder knows only two kinds of fingerprint
      }),
      { numRuns: 2000 },
    );
  });
});
