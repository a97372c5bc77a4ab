import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { type Place, type Product, startProduct } from "#cli/demo/product.ts";
import { get } from "#cli/demo/wire.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { clientsOf, describe, openShop, request } from "../support/shop.ts";
import { softHsm } from "../support/soft-hsm.ts";

test("the root moves into a token and is rotated while it serves; only the token starts it then, and its backup", {
  timeout: 600_000,
}, async () => {
  const place = await testPlace();
  const product = await testProduct({ "key-pool": "0" }, place);
  const shop = await openShop(product);
  const hsm = softHsm();
  const token = hsm.setting("root");
  expect(root(place, "make-key", token)).toContain("made pkcs11:token=custody;object=root");
  expect(root(place, "make-key", token)).toContain('has a key "root" already');
  expect(root(place, "show")).toMatch(/root {6}\w+ {2}key-file {2}in force/);
  expect(root(place, "move", "--to", token)).toContain("opens everything, and so does the old one");
  expect(root(place, "finish", "--root-of-custody", token)).toContain("again with the new root of custody first");
  expect((await get(shop)).status).toBe(200);
  await product.stop();

  const settings = { "root-of-custody": token, "key-pool": "0" };
  const moved = await testProduct(settings, place);
  const clients = clientsOf(moved);
  expect(root(place, "finish", "--root-of-custody", token)).toContain("The old one opens nothing");
  const rotated = root(place, "rotate", "--root-of-custody", token);
  expect(rotated).toMatch(/\d+ values are sealed anew under custody key \w+; the one before is destroyed/);
  expect(root(place, "verify", "--root-of-custody", token)).toMatch(/\d+ sealed values open, which is all/);
  expect((await describe(clients, shop.certificateArn)).Status).toBe("ISSUED");
  expect(await request(clients, "another.example")).toContain(":certificate/");

  const restored = await testPlace();
  await copyDatabase(moved, restored);
  await moved.stop();
  copyFileSync(join(place.dataDir, "root.key"), join(restored.dataDir, "root.key"));
  await expect(startProduct(restored, {})).rejects.toThrow(/sealed under a PKCS#11 token/);
  rmSync(join(restored.dataDir, "root.key"));
  const again = await testProduct(settings, restored);
  expect((await describe(clientsOf(again), shop.certificateArn)).Status).toBe("ISSUED");
  expect(root(restored, "verify", "--root-of-custody", token)).toContain("which is all");
});

/** `sealkeeper root …` on this place: what it said. */
function root(place: Place, command: string, ...args: readonly string[]): string {
  const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  const where = command === "make-key" ? [] : ["--data-dir", place.dataDir];
  const { stdout, stderr } = spawnSync(process.execPath, [bin, "root", command, ...args, ...where], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

async function copyDatabase(from: Product, to: Place): Promise<void> {
  const running = new DatabaseSync(join(from.dataDir, "sealkeeper.db"), { readOnly: true });
  await backup(running, join(to.dataDir, "sealkeeper.db"));
  running.close();
}
