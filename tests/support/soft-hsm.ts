import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pkcs11js from "pkcs11js";
import { onTestFinished } from "vitest";
import { debian } from "./debian.ts";

/** A PKCS#11 token in software: SoftHSM2, with tokens in a directory of its own. */
export interface SoftHsm {
  readonly library: string;
  readonly token: string;
  /** The directory of its tokens. */
  readonly tokens: string;
  /** A file with the PIN. */
  readonly pinFile: string;
  /** What processes need to find its tokens. */
  readonly environment: Readonly<Record<string, string>>;
  /** As a setting: the key with this label. */
  setting(object: string): string;
}

/** Makes a token; it is gone when the test ends. This process finds it, too. */
export function softHsm(token = "custody"): SoftHsm {
  debian("softhsm2");
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-hsm-"));
  const tokens = join(directory, "tokens");
  mkdirSync(tokens);
  const configuration = join(directory, "softhsm2.conf");
  writeFileSync(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const environment = { SOFTHSM2_CONF: configuration };
  const before = process.env["SOFTHSM2_CONF"];
  process.env["SOFTHSM2_CONF"] = configuration;
  onTestFinished(() => {
    forget();
    if (before === undefined) delete process.env["SOFTHSM2_CONF"];
    else process.env["SOFTHSM2_CONF"] = before;
    rmSync(directory, { recursive: true, force: true });
  });
  const pinFile = join(directory, "pin");
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 });
  execFileSync("softhsm2-util", ["--init-token", "--free", "--label", token, "--pin", PIN, "--so-pin", "87654321"], {
    env: { ...process.env, ...environment },
    stdio: "ignore",
  });
  const setting = (object: string): string =>
    `pkcs11:token=${token};object=${object}?module-path=${LIBRARY}&pin-source=${pinFile}`;
  return { library: LIBRARY, token, tokens, pinFile, environment, setting };
}

/** The library keeps the tokens that it found first. */
function forget(): void {
  const module = new pkcs11js.PKCS11();
  module.load(LIBRARY);
  try {
    module.C_Finalize();
  } catch {
    // It was not in use.
  } finally {
    module.close();
  }
}

const LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";
const PIN = "1234";
