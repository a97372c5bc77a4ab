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
  [{ dev: "yes" }, 'flag --dev: "yes" is not true or false'],
] as [Record<string, string>, string][])("refuses %j and says what would be right", ([flags, message]) => {
  expect(() => readConfig({ ...nothing, flags })).toThrow(message);
});

test("refuses a file with an unknown setting", () => {
  expect(() => readConfig({ ...nothing, file: '{"prot":1}' })).toThrow('there is no setting "prot"');
});
