import { type HostPort, reachableAt, showHostPort } from "./addresses.ts";

/** How edges reach the fleet's port: as configured, or as it listens. */
export function fleetUrlsOf(urls: readonly string[], at: HostPort | undefined): readonly string[] {
  if (!at) return [];
  return urls.length > 0
    ? urls
    : reachableAt(at.host).map((host) => `https://${showHostPort({ host, port: at.port })}`);
}
