import fc from "fast-check";
import { expect, it } from "vitest";
import { testAuthority } from "../../tests/support/trust.ts";
import { BundleError, readCaBundle, writeCaBundle } from "./ca-bundle.ts";
import { pem } from "./pem.ts";
import { CrlError, readCrl } from "./x509-crl.ts";

const LIMITS = { certificates: 3, certificateBytes: 16_384 };
const one = await testAuthority("one");
const two = await testAuthority("two");

it("reads CA certificates with comments around them, and writes nothing but them", () => {
  const text = `# ours\n${one.certificate}\r\n\n# theirs\n${two.certificate}`;
  const read = readCaBundle(Buffer.from(text), LIMITS);
  expect(read.map(({ subject }) => subject)).toEqual(["CN=one", "CN=two"]);
  const written = writeCaBundle(read);
  expect(written.toString()).not.toContain("#");
  expect(readCaBundle(written, LIMITS).map(({ raw }) => raw)).toEqual(read.map(({ raw }) => raw));
});

it.for<[string, () => Promise<string> | string, string]>([
  ["nothing", () => "# nothing\n", "holds no certificate"],
  ["a leaf", () => one.leaf("client"), "is not the certificate of a CA"],
  ["a certificate twice", () => one.certificate + one.certificate, "stands in it twice"],
  ["too many", () => one.certificate.repeat(4), "more than 3 blocks"],
  ["a private key", () => pem("PRIVATE KEY", Buffer.from("x")), "is PRIVATE KEY, not CERTIFICATE"],
  ["no certificate", () => pem("CERTIFICATE", Buffer.from("hello")), "is no certificate"],
  ["text", () => `hello\n${one.certificate}`, "stands outside"],
  ["a weak key", async () => (await testAuthority("weak", 1024)).certificate, "has a key that is neither"],
])("refuses %s", async ([, make, message]) => {
  const text = await make();
  expect(() => readCaBundle(Buffer.from(text), LIMITS)).toThrow(message);
});

it("refuses a certificate that is too large", () => {
  expect(() => readCaBundle(Buffer.from(one.certificate), { ...LIMITS, certificateBytes: 100 })).toThrow(
    "can have 100",
  );
});

it("counts what a revocation list revokes, and knows who signed it", async () => {
  const crl = readCrl(await one.crl(["01", "ff02", "7f"]));
  expect(crl.entries).toBe(3);
  expect([crl.verifies(one.publicKey), crl.verifies(two.publicKey)]).toEqual([true, false]);
  expect(readCrl(await one.crl([])).entries).toBe(0);
});

it("reads whatever the bytes are as a bundle and as a revocation list, or throws its error", async () => {
  const crl = await one.crl(["01"]);
  const bundle = Buffer.from(one.certificate);
  const broken = fc
    .tuple(fc.constantFrom(crl, bundle), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([bytes, at, value]) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = value;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), broken), (bytes) => {
      for (const [read, Expected] of [
        [() => readCaBundle(bytes, LIMITS), BundleError],
        [() => readCrl(bytes), CrlError],
      ] as const) {
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(Expected);
        }
      }
    }),
    { numRuns: 500 },
  );
});
