import { openMaterial } from "#custody/material.ts";
import type { RootOfCustody } from "#custody/root.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { ServiceAlias } from "#domain/keys/service-authority.ts";
import { type Check, failed, passed } from "#rehearsal/check.ts";
import { findAliasTarget } from "#store/key-aliases.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Store } from "#store/store.ts";

export interface EncryptionKeyDeps {
  readonly store: Store;
  readonly root: RootOfCustody;
}

/** Whether the master key that will seal the next private key can be used. */
export const encryptionKey: Check<EncryptionKeyDeps> = {
  name: "ENCRYPTION_KEY",
  async look({ certificate }, { store, root }) {
    const id = await findAliasTarget(store, certificate, ALIAS);
    if (!id) return passed(`${ALIAS} is made when it is needed.`);
    const key = await findMasterKey(store, id);
    const arn = arnOf({ ...certificate, id });
    if (!key) return failed(`${ALIAS} stands for ${arn}, which is gone.`);
    if (key.state !== "Enabled") return failed(`${ALIAS} (${arn}) is ${key.state}: it must be Enabled to seal a key.`);
    try {
      const opened = await openMaterial(store, key, key.version, root);
      await opened?.material.do({ do: "check" });
    } catch {
      return failed(`${ALIAS} (${arn}) cannot be opened: this is not the root of custody that sealed it.`);
    }
    return passed(`${ALIAS} can be used.`);
  },
};

const ALIAS: ServiceAlias = "alias/aws/acm";
