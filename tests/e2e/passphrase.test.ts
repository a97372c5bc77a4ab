import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { describe, openShop, request } from "../support/shop.ts";

test("a passphrase seals everything: the right one opens it again, a wrong one or a key file ends the start with 1", async () => {
  const place = await testPlace();
  const file = join(place.dataDir, "passphrase");
  const settings = { "passphrase-file": file };
  writeFileSync(file, "correct horse battery staple\n", { mode: 0o600 });
  const product = await testProduct(settings, place);
  const shop = await openShop(product);
  expect(existsSync(join(place.dataDir, "root.key"))).toBe(false);
  await product.stop();

  await expect(startProduct(place, {})).rejects.toThrow(
    /ended with 1:.*the keys of this store are sealed under a passphrase \(root of custody \w+\), not a key file/s,
  );
  writeFileSync(file, "correct horse battery stable\n");
  await expect(startProduct(place, settings)).rejects.toThrow(
    /ended with 1:.*sealed under root of custody (\w+), but this is root \w+: give the key file, passphrase or token of \1/s,
  );
  await expect(startProduct(place, { "passphrase-file": `${file}-not-there` })).rejects.toThrow(
    /ended with 1:.*no such file/s,
  );

  writeFileSync(file, "correct horse battery staple"); // an editor's line end does not count
  await testProduct(settings, place);
  expect((await describe(shop.clients, shop.certificateArn)).Status).toBe("ISSUED");
  expect(await request(shop.clients, "another.example")).toContain(":certificate/");
  await until("service", () => get(shop).catch(() => undefined));
});

test("a key file seals everything: another one, a short one, or a passphrase ends the start with 1", async () => {
  const place = await testPlace();
  await (await testProduct({}, place)).stop();
  const key = join(place.dataDir, "root.key");
  const passphrase = join(place.dataDir, "passphrase");
  writeFileSync(passphrase, "a passphrase\n", { mode: 0o600 });
  await expect(startProduct(place, { "passphrase-file": passphrase })).rejects.toThrow(
    /ended with 1:.*the keys of this store are sealed under a key file \(root of custody \w+\), not a passphrase/s,
  );
  writeFileSync(key, randomBytes(32));
  await expect(startProduct(place, {})).rejects.toThrow(
    /ended with 1:.*sealed under root of custody (\w+), but this is root \w+: give the key file, passphrase or token of \1/s,
  );
  writeFileSync(key, randomBytes(31));
  await expect(startProduct(place, {})).rejects.toThrow(/ended with 1:.*is not a machine key: it has 31 bytes/s);
});
