import { createHierarchy } from "#ca/hierarchies/create.ts";
import { ISSUANCE_PURPOSES } from "#domain/hierarchy/names.ts";
import { parseAccountId } from "#domain/names.ts";
import { ConfigError } from "#main/config-error.ts";
import { onCa } from "./operator.ts";

/** `sealkeeper ca create NAME --account … --purpose …`. */
export function createCommand(args: readonly string[]): Promise<number> {
  const flags = {
    account: { type: "string" },
    purpose: { type: "string" },
    "root-key": { type: "string" },
    "offline-root": { type: "boolean" },
  } as const;
  return onCa(args, 1, flags, async ({ own, words: [name = ""] }, deps) => {
    const { account = "", purpose: given = "", "root-key": key = "EC_secp384r1" } = own;
    if (account !== "" && !parseAccountId(account)) throw new ConfigError(`--account: "${account}" is no account id`);
    const purpose = ISSUANCE_PURPOSES.find((one) => one === given) ?? "";
    if (given !== purpose) throw new ConfigError(`--purpose: "${given}" is none of ${ISSUANCE_PURPOSES.join(", ")}`);
    if (key !== "EC_secp384r1" && key !== "RSA_4096") {
      throw new ConfigError(`--root-key: "${key}" is neither EC_secp384r1 nor RSA_4096`);
    }
    const offline = own["offline-root"] === "true";
    await createHierarchy({ name, account, purpose, rootKey: offline ? undefined : key }, deps);
    const text = offline
      ? `The hierarchy ${name} waits for its root: bring it with ca import-root FILE --hierarchy ${name}.`
      : `The hierarchy ${name} signs from now on. Give its clients /ca/${name}/root.pem to trust.`;
    return { value: { name, account, purpose }, text };
  });
}
