import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSmtpUrl, shownSmtpUrl } from "./smtp-url.ts";

test.for([
  ["smtp://mail.example.com", { host: "mail.example.com", port: 587, implicitTls: false, user: undefined }],
  ["smtps://mail.example.com/", { host: "mail.example.com", port: 465, implicitTls: true, user: undefined }],
  ["SMTP://Mail.Example.com:25", { host: "mail.example.com", port: 25, implicitTls: false, user: undefined }],
  [
    "smtp://me%40example.com@10.0.0.1:2525",
    { host: "10.0.0.1", port: 2525, implicitTls: false, user: "me@example.com" },
  ],
  ["smtp://[2001:db8::1]:25", { host: "2001:db8::1", port: 25, implicitTls: false, user: undefined }],
  ["smtp://relay", { host: "relay", port: 587, implicitTls: false, user: undefined }],
] as const)("%s is understood", ([text, expected]) => {
  expect(parseSmtpUrl(text)).toEqual(expected);
});

test.for([
  "mail.example.com",
  "http://mail.example.com",
  "smtp://",
  "smtp://user:password@mail.example.com",
  "smtp://user:@mail.example.com",
  "smtp://@mail.example.com",
  "smtp://%@mail.example.com",
  "smtp://me%0d%0aRCPT@mail.example.com",
  "smtp://mail.example.com:0",
  "smtp://mail.example.com:65536",
  "smtp://mail.example.com/path",
  "smtp://mail.example.com?starttls=never",
  "smtp://-mail.example.com",
  "smtp://a b",
])("%s is no mail server of ours", (text) => {
  expect(parseSmtpUrl(text)).toBeUndefined();
});

test("whatever is given, what is understood is a host, a port and a user without control characters", () => {
  const piece = fc.constantFrom(
    "smtp",
    "s",
    "://",
    ":",
    "@",
    "[",
    "]",
    "/",
    "%0a",
    "%40",
    "mail.example.com",
    "25",
    "-",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map((tail) => `smtp://${tail}`),
      ),
      (text) => {
        const url = parseSmtpUrl(text);
        if (!url) return;
        expect(url.port).toBeGreaterThan(0);
        expect(url.port).toBeLessThan(65_536);
        expect(url.host).toMatch(/^[a-z0-9.:-]+$/);
        // oxlint-disable-next-line no-control-regex -- what must not be there
        expect(url.user ?? "").not.toMatch(/[\x00-\x1f\x7f]/);
      },
    ),
  );
});

test("it is shown as host and port", () => {
  expect(shownSmtpUrl({ host: "2001:db8::1", port: 25, implicitTls: false, user: "me" })).toBe("[2001:db8::1]:25");
  expect(shownSmtpUrl({ host: "mail.example.com", port: 587, implicitTls: false, user: "me" })).toBe(
    "mail.example.com:587",
  );
});
