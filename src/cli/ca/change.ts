import { activateIssuer, distrustRoot, readReason, retireIssuer, revokeIssuer } from "#ca/hierarchies/change.ts";
import { ConfigError } from "#main/config-error.ts";
import { AT_FLAG, momentIn, onCa } from "./operator.ts";

/** `sealkeeper ca activate ID`. */
export function activateCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, AT_FLAG, async (called, deps) => {
    const [id = ""] = called.words;
    const at = momentIn(called);
    await activateIssuer(id, at, deps);
    return { value: { id, at }, text: `${id} signs from ${at.toISOString()} on.` };
  });
}

/** `sealkeeper ca retire ID`. */
export function retireCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, {}, async ({ words: [id = ""] }, deps) => {
    await retireIssuer(id, deps);
    return { value: { id }, text: `${id} signs no more. What it signed stays valid; its CRL and OCSP go on.` };
  });
}

/** `sealkeeper ca revoke ID --reason …`. */
export function revokeCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, { reason: { type: "string" } }, async ({ own, words: [id = ""] }, deps) => {
    const { reason } = own;
    if (reason === undefined) throw new ConfigError("say why: --reason keyCompromise, for example");
    const { needsCeremony, rootId, serial } = await revokeIssuer(id, readReason(reason), deps);
    const text = needsCeremony
      ? `${id} is revoked here. The key of ${rootId} is offline: sign its CRL with ca ceremony crl --revoke ${serial}=${reason}, and install it.`
      : `${id} is revoked: the CRL of ${rootId} says so, at /ca/${rootId}.crl.`;
    return { value: { id, serial, root: rootId, needsCeremony }, text: `${text}\nRenew what it signed.` };
  });
}

/** `sealkeeper ca distrust ROOT`. */
export function distrustCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, {}, async ({ words: [id = ""] }, deps) => {
    await distrustRoot(id, deps);
    return {
      value: { id },
      text: `${id} is in no bundle and no chain any more. Take it from the trust stores of clients.`,
    };
  });
}
