import { closeSync, openSync, readFileSync } from "node:fs";
import type { TokenPlace } from "#custody/pkcs11-token.ts";
import { ConfigError } from "./config-error.ts";
import type { RootSetting } from "./root-setting.ts";

/** A root as the KMS process is told of it: where its secret, or the PIN of its token, is read. */
export type KmsRoot =
  | { readonly kind: "key-file" | "passphrase"; readonly fd: number }
  | { readonly kind: "pkcs11"; readonly place: TokenPlace; readonly fd: number };

/** The descriptor on which the KMS process is asked. */
export const VAULT_FD = 3;

/** What the KMS process is started with: nothing secret in it but descriptors. */
export interface KmsArguments {
  readonly roots: readonly KmsRoot[];
  /** Ours; in the process they are the first after `VAULT_FD`, in this order. */
  readonly descriptors: readonly number[];
  close(): void;
}

/** Opens the files of roots without reading them. They are opened by this user, as the process may be another's. */
export function kmsArguments(settings: readonly RootSetting[]): KmsArguments {
  const opened: number[] = [];
  const descriptors: number[] = [];
  const hand = (source: { readonly path: string } | { readonly fd: number }): number => {
    const fd = "fd" in source ? source.fd : openSync(source.path, "r");
    if (!("fd" in source)) opened.push(fd);
    descriptors.push(fd);
    return VAULT_FD + descriptors.length;
  };
  const close = (): void => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  try {
    const roots = settings.map((setting): KmsRoot => {
      if (setting.kind !== "pkcs11") return { kind: setting.kind, fd: hand(setting) };
      return { kind: "pkcs11", place: setting.place, fd: hand(setting.pin) };
    });
    return { roots, descriptors, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A user of this machine by name. Throws ConfigError when there is none; `undefined` for a default that is not there. */
export function userOf(name: string, required: boolean): { readonly uid: number; readonly gid: number } | undefined {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [login, , uid, gid] = line.split(":");
    if (login === name) return { uid: Number(uid), gid: Number(gid) };
  }
  if (!required) return undefined;
  throw new ConfigError(`there is no user ${name} on this machine for the KMS process`);
}
