import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { readValidationDomains, requestedNames } from "./requested-names.ts";

const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
};

test("the first name leads, doubles collapse, the order of the request stays", () => {
  expect(requestedNames("example.com", ["b.example.com", "*.example.com", "EXAMPLE.com", "b.example.com"])).toEqual([
    "example.com",
    "b.example.com",
    "*.example.com",
  ]);
});

test("refuses a first name of more than 64 characters with InvalidDomainValidationOptionsException", () => {
  const long = `${"a".repeat(50)}.${"b".repeat(10)}.com`;
  expect(code(() => requestedNames(long, []))).toBe(
    "domain-validation-options-invalid: The first domain name can be no longer than 64 characters.",
  );
  expect(requestedNames("example.com", [long])).toContain(long);
});

test("refuses a hundred and first name with LimitExceededException", () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}.example.com`);
  expect(requestedNames("n0.example.com", names)).toHaveLength(100);
  expect(code(() => requestedNames("example.com", names))).toBe(
    "quota-exceeded: A certificate can have at most 100 domain names; 101 were given.",
  );
});

describe("internationalized names", () => {
  test.for(["xn--bcher-kva.example", "*.xn--fa-hia.example", "xn--nxasmq6b.xn--jxalpdlp"])("accepts %s", (name) => {
    expect(requestedNames(name, [])).toEqual([name]);
  });
  test.for(["xn--a.example", "ab--cd.example", "xn--zzzzzzzzzzzz99999.example", "www.xn--.example"])(
    "refuses %s with InvalidParameterException",
    (name) => {
      expect(code(() => requestedNames("example.com", [name]))).toContain("domain-name-invalid");
    },
  );
});

test.for(["amazonaws.com", "*.s3.amazonaws.com", "d1.cloudfront.net", "x.eu-west-1.elasticbeanstalk.com"])(
  "refuses %s, which is Amazon's, with InvalidParameterException",
  (name) => {
    expect(code(() => requestedNames(name, []))).toContain("Amazon's own");
  },
);

test("a name that only ends like Amazon's is nobody's concern", () => {
  expect(requestedNames("notamazonaws.com", [])).toEqual(["notamazonaws.com"]);
});

test("whatever is asked for is refused or comes out in the form of a host name", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.stringMatching(/^(\*\.)?([a-z0-9-]{1,64}\.){1,5}(xn--)?[a-zA-Z0-9-]{1,20}\.?$/),
  );
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (first, others) => {
      try {
        for (const name of requestedNames(first, others)) {
          expect(name).toMatch(/^(\*\.)?([a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$/);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
  );
});

describe("DomainValidationOptions", () => {
  const names = requestedNames("a.b.example.com", ["*.b.example.com"]);
  test("take the name itself and any domain above it", () => {
    for (const above of ["a.b.example.com", "b.example.com", "example.com"]) {
      expect(code(() => readValidationDomains(names, [["a.b.example.com", above]]))).toBe("accepted");
    }
    expect(code(() => readValidationDomains(names, [["*.b.example.com", "b.example.com"]]))).toBe("accepted");
  });
  test.for([
    ["c.example.com", "example.com"],
    ["a.b.example.com", "c.example.com"],
    ["a.b.example.com", "x.a.b.example.com"],
    ["a.b.example.com", "ple.com"],
  ] as const)("refuse %s by %s with InvalidDomainValidationOptionsException", ([domain, above]) => {
    expect(code(() => readValidationDomains(names, [[domain, above]]))).toContain("domain-validation-options-invalid");
  });
});
