import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { keyFileRoot } from "#custody/root.ts";
import { authenticator } from "#identity/authenticator.ts";
import { createEdgeIdentity } from "#identity/edge-identity.ts";
import { ensureFirstAccount, firstRootKey, readCredentialsFile } from "#identity/first-account.ts";
import { accountOfAccessKey } from "#identity/key-owner.ts";
import { randomIds } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { testClock } from "../support/test-clock.ts";

const parts = (store: Store) => ({
  store,
  root: keyFileRoot(randomBytes(32)),
  clock: testClock("2026-11-22T06:00:00Z"),
  ids: randomIds,
});

const from = (remoteAddress: string) => ({ remoteAddress, headers: {} });

for (const database of DATABASES) {
  describe(`identity on ${database.name}`, () => {
    test("the first start opens account 123456789012 and says its root key once", async () => {
      const deps = parts(await database.open());
      const file = await ensureFirstAccount(deps);
      expect(file).toMatch(
        /^\[default\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = [A-Za-z0-9+/]{40}\n$/,
      );
      expect(await ensureFirstAccount(deps)).toBeUndefined();
    });

    test("a credentials file that was lost, or never written, is said again", async () => {
      const deps = parts(await database.open());
      expect(await readCredentialsFile(deps).catch(String)).toContain("no active root access key");
      const file = await ensureFirstAccount(deps);
      expect(await readCredentialsFile(deps)).toBe(file);
    });

    test("of several starts at once exactly one opens the account", async () => {
      const deps = parts(await database.open());
      const files = await Promise.all([1, 2, 3].map(() => ensureFirstAccount(deps)));
      expect(files.filter((file) => file !== undefined)).toHaveLength(1);
      expect(await deps.store.selectFrom("accessKeys").select("id").execute()).toHaveLength(1);
    });

    test("no secret stands in the store", async () => {
      const deps = parts(await database.open());
      await ensureFirstAccount(deps);
      const { secretAccessKey } = await firstRootKey(deps);
      const rows = await deps.store.selectFrom("accessKeys").select(["id", "sealedSecret"]).execute();
      expect(rows).toHaveLength(1);
      expect(Buffer.from(rows[0]!.sealedSecret).includes(secretAccessKey)).toBe(false);
      const other = { ...deps, root: keyFileRoot(randomBytes(32)) };
      await expect(firstRootKey(other)).rejects.toThrow(/root/);
    });

    test("a key is found with its principal, and no longer than five seconds after it was switched off", async () => {
      const deps = parts(await database.open());
      await ensureFirstAccount(deps);
      const { accessKeyId } = await firstRootKey(deps);
      const credentials = authenticator(deps);
      const found = { account: "123456789012", kind: "root", arn: "arn:aws:iam::123456789012:root", accessKeyId };
      expect(await credentials(accessKeyId, from("203.0.113.9"))).toMatchObject(found);
      await deps.store.updateTable("accessKeys").set({ status: "Inactive" }).where("id", "=", accessKeyId).execute();
      expect(await credentials(accessKeyId, from("203.0.113.9"))).toMatchObject(found);
      deps.clock.advance(5_000);
      expect(await credentials(accessKeyId, from("203.0.113.9"))).toBeUndefined();
      await deps.store.updateTable("accessKeys").set({ status: "Active" }).where("id", "=", accessKeyId).execute();
      expect(await credentials(accessKeyId, from("203.0.113.9"))).toMatchObject(found);
    });

    test("a key that is made after it was asked for in vain is found at once", async () => {
      const deps = parts(await database.open());
      const credentials = authenticator(deps);
      await ensureFirstAccount({ ...deps, ids: { ...randomIds, hex: () => "00000000000000000000" } });
      const { accessKeyId } = await firstRootKey(deps);
      await deps.store.updateTable("accessKeys").set({ status: "Inactive" }).where("id", "=", accessKeyId).execute();
      expect(await credentials(accessKeyId, from("127.0.0.1"))).toBeUndefined();
      await deps.store.updateTable("accessKeys").set({ status: "Active" }).where("id", "=", accessKeyId).execute();
      expect(await credentials(accessKeyId, from("127.0.0.1"))).toBeDefined();
    });

    test("an edge gets one key, however often and by however many nodes it is asked for", async () => {
      const deps = parts(await database.open());
      await ensureFirstAccount(deps);
      const keys = await Promise.all([1, 2, 3].map(() => createEdgeIdentity("edge-1", deps)));
      expect(new Set(keys.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(1);
      const credential = await authenticator(deps)(keys[0]!.accessKeyId, from("127.0.0.1"));
      expect(credential).toMatchObject({ kind: "edge", arn: "arn:aws:sealkeeper::123456789012:edge/edge-1" });
      expect((await createEdgeIdentity("edge-2", deps)).accessKeyId).not.toBe(keys[0]!.accessKeyId);
      await expect(createEdgeIdentity("Not A Name", deps)).rejects.toThrow("an edge is named by");
    });

    test("whose key that is is known of every key, and refused as access-key-invalid of none", async () => {
      const deps = parts(await database.open());
      await ensureFirstAccount(deps);
      const { accessKeyId } = await firstRootKey(deps);
      expect(await accountOfAccessKey(accessKeyId, deps)).toBe("123456789012");
      await expect(accountOfAccessKey("AKIANOBODYNOBODYNOBO", deps)).rejects.toMatchObject({
        code: "access-key-invalid",
      });
    });
  });
}
