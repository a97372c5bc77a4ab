import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

/** A machine of its own, as far as the network goes: a network namespace with one address on a bridge. */
export interface Machine {
  readonly address: string;
  /** Runs a command there until it ends. */
  run(...command: readonly string[]): string;
  /** Starts a process there, which is killed at the end of the test. */
  start(...command: readonly string[]): { kill(): Promise<void> };
  /** Pulls the cable out, and puts it back. */
  cut(): void;
  rejoin(): void;
}

/** A bridge of this machine, `10.<n>.0.1/24`, and machines on it. Needs root and iproute2; gone at the end of the test. */
export function network(): { readonly address: string; machine(last: number): Machine } {
  const number = 64 + (process.pid % 128);
  const [bridge, prefix] = [`sk${number}`, `10.${number}.0`];
  ip("link", "add", bridge, "type", "bridge");
  onTestFinished(() => void ip("link", "delete", bridge));
  ip("address", "add", `${prefix}.1/24`, "dev", bridge);
  ip("link", "set", bridge, "up");
  return {
    address: `${prefix}.1`,
    machine(last) {
      const name = `${bridge}-${last}`;
      const [outside, inside] = [`${bridge}v${last}`, "eth0"];
      const address = `${prefix}.${last}`;
      ip("netns", "add", name);
      onTestFinished(() => void ip("netns", "delete", name));
      ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name);
      ip("link", "set", outside, "master", bridge, "up");
      ip("-n", name, "address", "add", `${address}/24`, "dev", inside);
      for (const device of ["lo", inside]) ip("-n", name, "link", "set", device, "up");
      return {
        address,
        run: (...command) => execFileSync("ip", ["netns", "exec", name, ...command], { encoding: "utf8" }),
        start(...command) {
          const child = spawn("ip", ["netns", "exec", name, ...command], { stdio: ["ignore", "inherit", "inherit"] });
          const kill = async (): Promise<void> => {
            if (child.exitCode !== null || child.signalCode !== null) return;
            child.kill("SIGTERM");
            await once(child, "exit");
          };
          onTestFinished(kill);
          return { kill };
        },
        cut: () => void ip("link", "set", outside, "down"),
        rejoin: () => void ip("link", "set", outside, "up"),
      };
    },
  };
}

function ip(...words: readonly string[]): string {
  return execFileSync("ip", words, { encoding: "utf8" });
}
