import { keyIdOf } from "#domain/keys/names.ts";
import { type Check, type Found, failed, passed } from "#rehearsal/check.ts";
import { findGrant } from "#store/grants.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Store } from "#store/store.ts";

/** Whether everybody who uses it may open the key of the next version: a grant each, and a key that is enabled. */
export const grants: Check<{ readonly store: Store }> = {
  name: "GRANTS",
  async look({ associations }, { store }) {
    const found: Found[] = [];
    for (const { resourceArn, keyArn, grantId } of associations) {
      const key = await findMasterKey(store, keyIdOf(keyArn));
      if (!(await findGrant(store, keyIdOf(keyArn), grantId))) {
        found.push(
          failed(
            `${resourceArn} may not open the key: its grant ${grantId} was ended by hand. Detach the certificate and attach it again.`,
          ),
        );
      } else if (key?.state !== "Enabled") {
        found.push(failed(`${resourceArn} cannot open the key: ${keyArn} is ${key?.state ?? "gone"}.`));
      }
    }
    if (found.length > 0) return found.flat();
    return associations.length === 0 ? [] : passed("Whoever uses it may open its key.");
  },
};
