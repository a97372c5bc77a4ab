import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "./config.ts";
import { approvalOrigin, configuredPostman } from "./mail-settings.ts";

const configured = (flags: Record<string, string>): ReturnType<typeof configuredPostman> =>
  configuredPostman(readConfig({ flags, environment: {} }));

function file(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-mail-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "file");
  writeFileSync(path, content);
  return path;
}

const FROM = { "mail-from": "acm@example.com" };

test("no mail server is configured unless it is said", () => {
  expect(configured({})).toBeUndefined();
});

test("a mail server, a user with a password in a file, and a sender make a postman", () => {
  expect(configured({ smtp: "smtp://127.0.0.1:25", ...FROM })?.server).toBe("127.0.0.1:25");
  const flags = { smtp: "smtps://me@mail.example.com", "smtp-password-file": file("secret\n"), ...FROM };
  expect(configured(flags)?.server).toBe("mail.example.com:465");
});

test.for<[string, Record<string, string>, RegExp]>([
  ["a sender without a mail server", FROM, /mail-from needs smtp/],
  ["a mail server without a sender", { smtp: "smtp://mail.example.com" }, /smtp needs mail-from/],
  ["a user without a password", { smtp: "smtp://me@mail.example.com", ...FROM }, /smtp-password-file must name/],
  ["a password without a user", { smtp: "smtp://m.example", "smtp-password-file": "x", ...FROM }, /needs a user/],
  [
    "a password that would go in clear",
    { smtp: "smtp://me@m.example", "smtp-password-file": "x", "smtp-clear": "true", ...FROM },
    /would send the password in clear/,
  ],
  [
    "a password file that is not there",
    { smtp: "smtp://me@m.example", "smtp-password-file": "/no/such/file", ...FROM },
    /smtp-password-file: \/no\/such\/file cannot be read/,
  ],
  ["a root that is not there", { smtp: "smtp://m.example", "smtp-ca": "/no/such/file", ...FROM }, /smtp-ca: .* cannot/],
  ["what is no mail server", { smtp: "mail.example.com", ...FROM }, /flag --smtp: "mail.example.com" is not smtp:/],
  ["what is no address", { smtp: "smtp://m.example", "mail-from": "nobody" }, /flag --mail-from: "nobody" is not an/],
])("%s is refused with what would be right", ([, flags, message]) => {
  expect(() => configured(flags)).toThrow(message);
});

test("a file that holds no certificate is no root", () => {
  const flags = { smtp: "smtp://m.example", "smtp-ca": file("nothing"), ...FROM };
  expect(() => configured(flags)).toThrow(/smtp-ca: .* holds no PEM certificate/);
});

test("a password in the URL is refused without being repeated", () => {
  expect(() => configured({ smtp: "smtp://me:hunter2@m.example", ...FROM })).toThrow(/smtp-password-file/);
  expect(() => configured({ smtp: "smtp://me:hunter2@m.example", ...FROM })).not.toThrow(/hunter2/);
});

test.for([
  ["http://127.0.0.1:4566", "http://127.0.0.1:4566"],
  ["http://localhost:4566", "http://localhost:4566"],
  ["http://[::1]:4566", "http://[::1]:4566"],
  ["http://acm.example.com:4566", "https://acm.example.com:4566"],
  ["http://acm.example.com", "https://acm.example.com"],
  ["https://acm.example.com", "https://acm.example.com"],
] as const)("with %s as public-url, domain owners answer at %s", ([publicUrl, origin]) => {
  expect(approvalOrigin(publicUrl)).toBe(origin);
});
