import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const nothing = { flags: {}, environment: {} };

test("without any setting the defaults of the design hold", () => {
  const config = readConfig({ ...nothing, environment: { SEALKEEPER_HOME: "/srv/sk" } });
  expect(config).toMatchObject({
    "data-dir": "/srv/sk",
    database: "file:/srv/sk/sealkeeper.db",
    listen: { host: "127.0.0.1", port: 4566 },
    dns: { host: "127.0.0.1", port: 10053 },
    "public-url": "http://127.0.0.1:4566",
    "leaf-lifetime": 198 * 86_400_000,
    dev: false,
  });
});

test("a flag beats the environment, which beats the file", () => {
  const file = JSON.stringify({ zone: "file.test", "key-pool": 7, dev: true });
  const environment = { SEALKEEPER_ZONE: "env.test", SEALKEEPER_KEY_POOL: "8" };
  const config = readConfig({ flags: { zone: "flag.test" }, environment, file });
  expect([config.zone, config["key-pool"], config.dev]).toEqual(["flag.test", 8, true]);
});

test.for([
  [{ listen: "4566" }, 'flag --listen: "4566" is not HOST:PORT, for example 127.0.0.1:4566'],
  [{ "leaf-lifetime": "long" }, 'flag --leaf-lifetime: "long" is not a duration such as 15m, 72h or 198d'],
  [{ "public-url": "ftp://x" }, 'flag --public-url: "ftp://x" is not an http:// or https:// URL without a path'],
  [{ "log-level": "loud" }, 'flag --log-level: "loud" is not one of trace, debug, info, warn, error, fatal, silent'],
  [{ perspectives: "192.0.2.1+x" }, '"x" is not the address of a resolver, for example 192.0.2.1 or 192.0.2.1:53'],
  [{ "private-names": "*.corp" }, '"*.corp" is not the end of a name, for example internal or corp.example.com'],
  [{ "http-validation-networks": "10/8" }, '"10/8" is not a block of addresses such as 10.0.0.0/8 or fd00::/8'],
  [{ dev: "yes" }, 'flag --dev: "yes" is not true or false'],
] as [Record<string, string>, string][])("refuses %j and says what would be right", ([flags, message]) => {
  expect(() => readConfig({ ...nothing, flags })).toThrow(message);
});

test("who is asked to believe a domain is read into places, networks and ends of names", () => {
  const config = readConfig({
    ...nothing,
    flags: {
      perspectives: "192.0.2.1, 198.51.100.1+[2001:db8::1]:5353",
      "private-names": "Internal,corp.example.com.",
      "http-validation-networks": "10.0.0.0/8",
      "caa-identities": "",
    },
  });
  expect(config.perspectives).toEqual([
    [{ address: "192.0.2.1", port: 53 }],
    [
      { address: "198.51.100.1", port: 53 },
      { address: "2001:db8::1", port: 5353 },
    ],
  ]);
  expect(config["private-names"]).toEqual(["internal", "corp.example.com"]);
  expect(config["http-validation-networks"]).toEqual([{ bytes: Buffer.from([10, 0, 0, 0]), bits: 8 }]);
  expect(config["caa-identities"]).toEqual([]);
});

test("refuses a file with an unknown setting", () => {
  expect(() => readConfig({ ...nothing, file: '{"prot":1}' })).toThrow('there is no setting "prot"');
});
