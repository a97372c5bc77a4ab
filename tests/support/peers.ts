import { debian } from "./debian.ts";

/** Vitest's global set-up of the live tests: the clients of others that they speak with. */
export default function setup(): void {
  debian("openssl", "curl", "bind9-dnsutils");
}
