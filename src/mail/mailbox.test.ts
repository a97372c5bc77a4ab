import fc from "fast-check";
import { expect, test } from "vitest";
import { domainOf, parseMailbox } from "./mailbox.ts";

test.for([
  ["acm@example.com", { name: "", address: "acm@example.com" }],
  ["Certificates <acm@example.com>", { name: "Certificates", address: "acm@example.com" }],
  ['"ACM, Berlin" <acm+letters@mail.example.com>', { name: "ACM, Berlin", address: "acm+letters@mail.example.com" }],
  ["<root@localhost>", { name: "", address: "root@localhost" }],
] as const)("%s is understood", ([text, expected]) => {
  expect(parseMailbox(text)).toEqual(expected);
});

test.for([
  "",
  "acm",
  "acm@",
  "@example.com",
  "a@b@example.com",
  "acm@example.com, other@example.com",
  "acm@exa mple.com",
  "acm@-example.com",
  "acm@example..com",
  ".acm@example.com",
  "Certificates acm@example.com",
  "Certificates <acm@example.com",
  "x\r\nBcc: all@example.com <acm@example.com>",
  `${"a".repeat(250)}@example.com`,
])("%j is no sender", (text) => {
  expect(parseMailbox(text)).toBeUndefined();
});

test("nothing that is understood can begin another header line", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((name) => `${name} <acm@example.com>`),
      ),
      (text) => {
        const mailbox = parseMailbox(text);
        if (mailbox) expect(`${mailbox.name}${mailbox.address}`).not.toMatch(/[\r\n]/);
      },
    ),
  );
});

test("its domain is what stands behind the @", () => {
  expect(domainOf({ name: "", address: "acm@mail.example.com" })).toBe("mail.example.com");
});
