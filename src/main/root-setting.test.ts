import { expect, test } from "vitest";
import { parseRootSetting, showRootSetting } from "./root-setting.ts";

test("reads where a root of custody is, and writes it the same", () => {
  expect(parseRootSetting("key-file:/etc/root.key")).toEqual({ kind: "key-file", path: "/etc/root.key" });
  expect(parseRootSetting("passphrase:p")).toEqual({ kind: "passphrase", path: "p" });
  const uri = "pkcs11:token=My%20token;object=root?module-path=/usr/lib/x.so&pin-source=/run/pin";
  const read = parseRootSetting(uri);
  expect(read).toEqual({
    kind: "pkcs11",
    place: { library: "/usr/lib/x.so", token: "My token", object: "root" },
    pin: { path: "/run/pin" },
  });
  expect(showRootSetting(read)).toBe(uri);
  const fd = parseRootSetting("pkcs11:object=o;token=t?pin-source=fd:3&module-path=l");
  expect(fd).toMatchObject({ pin: { fd: 3 } });
});

test.for([
  ["", "is not key-file:PATH"],
  ["root.key", "is not key-file:PATH"],
  ["key-file:", "is not key-file:PATH"],
  ["pkcs11:token=t;object=o?module-path=l&pin-value=1234", "a PIN is never given in a setting"],
  ["pkcs11:token=t?module-path=l&pin-source=p", "needs object"],
  ["pkcs11:token=t;token=u;object=o?module-path=l&pin-source=p", "has token twice"],
  ["pkcs11:token=%zz;object=o?module-path=l&pin-source=p", "not percent-encoded"],
  ["pkcs11:token=t;object=o;slot-id=0?module-path=l&pin-source=p", 'does not take "slot-id"'],
  ["pkcs11:token=t;object=o?module-path=l&pin-source=|cat pin", "names a file or fd:N"],
] as const)("refuses %s", ([text, why]) => {
  expect(() => parseRootSetting(text)).toThrow(why);
});
