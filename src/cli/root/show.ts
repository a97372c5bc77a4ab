import { NODE_GONE } from "#custody/custodian.ts";
import { later } from "#lib/duration.ts";
import { showRootSetting } from "#main/root-setting.ts";
import { listCustodyKeys, listCustodyNodes, listCustodyRoots } from "#store/custody-roots.ts";
import type { RootCommand } from "./open.ts";

/** `sealkeeper root show` */
export async function show({ deps: { store, ring, clock }, setting, print }: RootCommand): Promise<number> {
  print(`given     ${ring.rootFingerprint}  ${showRootSetting(setting)}`);
  for (const { fingerprint, kind, state } of await listCustodyRoots(store)) {
    print(`root      ${fingerprint}  ${kind}  ${state === "leaving" ? "leaving: finish the move" : "in force"}`);
  }
  for (const { id, state } of await listCustodyKeys(store, ring.rootFingerprint)) {
    print(`key       ${id}  ${KEYS[state]}`);
  }
  for (const { node, root, sealing, seenAt } of await listCustodyNodes(store, later(clock.now(), -NODE_GONE))) {
    const seconds = Math.max(0, Math.round((clock.now().getTime() - seenAt) / 1000));
    print(`node      ${node}  started with ${root}, seals under ${sealing}, seen ${seconds} s ago`);
  }
  return 0;
}

const KEYS = {
  current: "in force: everything is sealed under it",
  coming: "coming: a rotation waits until every node knows it",
  leaving: "leaving: what is sealed under it is being sealed anew",
  token: "for tokens that others keep; it is not rotated",
} as const;
