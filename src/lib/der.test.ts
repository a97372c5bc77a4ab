import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Time } from "@peculiar/asn1-x509";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bitString,
  type Der,
  encode,
  enumerated,
  generalizedTime,
  integer,
  NULL,
  namedBits,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  TRUE,
  tagged,
  taggedAscii,
  taggedBytes,
  time,
  utf8String,
} from "./der.ts";
import { checkDer, children, contents, DerError, readElement, slice } from "./der-reader.ts";

describe("DER is written as X.690 says", () => {
  test.for<[string, Der, string]>([
    ["zero", integer(0), "020100"],
    ["127", integer(127), "02017f"],
    ["128 with a leading zero, as it is positive", integer(128), "02020080"],
    ["a number beyond 32 bits", integer(2 ** 40), "0206010000000000"],
    ["a magnitude without its leading zeros", integer(Buffer.from("0000ff", "hex")), "020200ff"],
    ["a magnitude of nothing", integer(Buffer.alloc(0)), "020100"],
    ["ENUMERATED", enumerated(6), "0a0106"],
    ["an empty SEQUENCE", sequence(), "3000"],
    ["parts in their order", sequence(integer(1), integer(2)), "3006020101020102"],
    ["SET", setOf(NULL), "31020500"],
    ["an explicit tag", tagged(3, TRUE), "a3030101ff"],
    ["an implicit primitive", taggedBytes(0, Buffer.from([9])), "800109"],
    ["an implicit IA5String", taggedAscii(6, "ab"), "86026162"],
    ["an OCTET STRING that holds DER", octetString(NULL), "04020500"],
    ["a BIT STRING", bitString(Buffer.from([0xaa])), "030200aa"],
    ["named bits without trailing zeros", namedBits([0, 2]), "030205a0"],
    ["named bits of two bytes", namedBits([8]), "0303070080"],
    ["UTF8String", utf8String("é"), "0c02c3a9"],
    ["PrintableString", printableString("XX"), "13025858"],
    ["an OID with arcs of several bytes", oid("1.2.840.113549.1.1.11"), "06092a864886f70d01010b"],
    ["an OID under 2", oid("2.23.140.1.2.1"), "060667810c010201"],
    ["an OID of 128 bytes", oid(`1.2${".3".repeat(127)}`), `068180${"2a"}${"03".repeat(127)}`],
    ["UTCTime until 2049", time(new Date("2049-12-31T23:59:59.999Z")), "170d3439313233313233353935395a"],
    ["GeneralizedTime from 2050", time(new Date("2050-01-01T00:00:00Z")), "180f32303530303130313030303030305a"],
    [
      "GeneralizedTime where it is demanded",
      generalizedTime(new Date("1999-02-03T04:05:06Z")),
      "180f31393939303230333034303530365a",
    ],
  ])("%s", ([, part, hex]) => {
    expect(encode(part).toString("hex")).toBe(hex);
  });

  test.for([0, 1, 127, 128, 255, 256, 1000, 65_535, 65_536, 70_000])("a length of %i bytes", (length) => {
    const bytes = Buffer.alloc(length, 7);
    const written = encode(octetString(bytes));
    expect(Buffer.from(AsnConvert.parse(written, OctetString).buffer)).toEqual(bytes);
    expect(readElement(written)).toMatchObject({ tag: 0x04, start: 0, end: written.length });
  });

  test("any moment reads back as itself, to the second", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1950-01-01"), max: new Date("2200-01-01"), noInvalidDate: true }),
        (date) => {
          const read = AsnConvert.parse(encode(time(date)), Time)
            .getTime()
            .getTime();
          expect(read).toBe(Math.floor(date.getTime() / 1000) * 1000);
        },
      ),
    );
  });
});

describe("DER is read strictly", () => {
  test("what is written reads back as the same tree", () => {
    const tree = fc.letrec<{ node: Tree; leaf: Tree; inner: Tree }>((tie) => ({
      node: fc.oneof({ maxDepth: 6 }, tie("leaf"), tie("inner")),
      leaf: fc.uint8Array({ maxLength: 300 }),
      inner: fc.array(tie("node"), { maxLength: 5 }),
    })).node;
    fc.assert(
      fc.property(tree, (wanted) => {
        const written = encode(writeTree(wanted));
        checkDer(written);
        expect(readTree(written, readElement(written))).toEqual(wanted);
      }),
    );
  });

  test.for([
    ["nothing", ""],
    ["a header only", "30"],
    ["an element that runs past the end", "300201"],
    ["an indefinite length", "30800000"],
    ["a long length for a short element", "04810100"],
    ["a length with a leading zero", "0482008000"],
    ["a length of five bytes", "04850100000000"],
    ["a high tag number", "1f8101"],
    ["bytes behind the end", "050000"],
    ["a BIT STRING in pieces", "230603020780"],
    ["an OCTET STRING in pieces", "2403040100"],
    ["a UTF8String in pieces", "2c030c0161"],
    ["a PrintableString in pieces", "3303130161"],
    ["an IA5String in pieces", "3603160161"],
    ["an INTEGER in pieces", "2203020100"],
    ["an inner element longer than the outer one", "3003020201"],
  ] as const)("refuses %s", ([, hex]) => {
    expect(() => checkDer(Buffer.from(hex, "hex"))).toThrow(DerError);
  });

  test("refuses what is nested too deeply or has too many elements", () => {
    let deep: Der = NULL;
    for (let i = 0; i < 40; i++) deep = sequence(deep);
    expect(() => checkDer(encode(deep))).toThrow("nested too deeply");
    expect(() => checkDer(encode(sequence(...Array.from({ length: 30_000 }, () => NULL))))).toThrow(
      "too many elements",
    );
  });

  test("any bytes are read or refused with DerError, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          checkDer(bytes);
          children(bytes, readElement(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

type Tree = Uint8Array | readonly Tree[];

function writeTree(tree: Tree): Der {
  return tree instanceof Uint8Array ? taggedBytes(1, tree) : sequence(...tree.map(writeTree));
}

function readTree(bytes: Buffer, element: ReturnType<typeof readElement>): Tree {
  if (element.tag === 0x81) return new Uint8Array(contents(bytes, element));
  expect(slice(bytes, element).length).toBe(element.end - element.start);
  return children(bytes, element).map((child) => readTree(bytes, child));
}
