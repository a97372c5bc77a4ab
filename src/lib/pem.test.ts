import { generateKeyPairSync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PemError, parsePem, pem, privatePem } from "./pem.ts";

test("a private key's PEM bytes are those that OpenSSL writes", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const der = privateKey.export({ type: "pkcs8", format: "der" });
  expect(privatePem("PRIVATE KEY", der).toString()).toBe(privateKey.export({ type: "pkcs8", format: "pem" }));
});

test("bytes of any length come back from PEM", () => {
  for (let length = 1; length < 200; length++) {
    const der = randomBytes(length);
    expect(privatePem("X", der).toString()).toBe(pem("X", der));
    expect(parsePem(pem("X", der), 1)).toEqual([{ label: "X", der, line: 1 }]);
  }
});

test("blocks may stand behind each other, with any line ends and empty lines", () => {
  const [first, second] = [randomBytes(100), randomBytes(50)];
  const text = `\r\n${pem("CERTIFICATE", first).replaceAll("\n", "\r\n")}\n\n${pem("CERTIFICATE", second)}  `;
  expect(parsePem(text, 2).map(({ der, line }) => [der, line])).toEqual([
    [first, 2],
    [second, 9],
  ]);
});

const body = "AAAA";
test.for([
  ["text in front of a block", `hello\n${pem("X", randomBytes(3))}`, "line 1 stands outside"],
  ["a block that does not end", `-----BEGIN X-----\n${body}\n`, "line 1 has no -----END X-----"],
  ["a block in a block", `-----BEGIN X-----\n-----BEGIN X-----\n`, "line 2 begins a block inside"],
  ["another end", `-----BEGIN X-----\n${body}\n-----END Y-----`, "line 3 ends a block that was not begun"],
  ["an end alone", "-----END X-----", "line 1 ends a block that was not begun"],
  ["letters that are no base64", `-----BEGIN X-----\n${body}\nA%AA\n-----END X-----`, "line 3 is not base64"],
  ["an unfinished group", `-----BEGIN X-----\n${body}A\n-----END X-----`, "line 1 is not whole base64"],
  ["an empty block", "-----BEGIN X-----\n-----END X-----", "line 1 is not whole base64"],
  ["more blocks than allowed", pem("X", randomBytes(3)).repeat(3), "more than 2 blocks"],
] as const)("refuses %s and names the line", ([, text, message]) => {
  expect(() => parsePem(text, 2)).toThrow(message);
});

test("any text is read or refused with PemError", () => {
  const line = fc.oneof(fc.string(), fc.constantFrom("-----BEGIN X-----", "-----END X-----", body, "-----BEGIN ", ""));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      try {
        parsePem(lines.join("\n"), 3);
      } catch (error) {
        expect(error).toBeInstanceOf(PemError);
      }
    }),
  );
});
