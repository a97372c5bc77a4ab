import { ConfigError } from "#main/config-error.ts";
import { verifyTransparency } from "./ca/ct-verify.ts";

/** `sealkeeper ca …`: what concerns the built-in CA. */
export async function main(args: readonly string[]): Promise<number> {
  const [area, verb, ...rest] = args;
  if (area === "ct" && verb === "verify") return await verifyTransparency(rest);
  throw new ConfigError("what is to be done? sealkeeper ca ct verify");
}
