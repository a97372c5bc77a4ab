import { execFileSync } from "node:child_process";

/** Makes sure that Debian packages are installed. */
export function debian(...packages: readonly string[]): void {
  execFileSync(new URL("../../scripts/debian.sh", import.meta.url).pathname, [...packages], { stdio: "inherit" });
}
