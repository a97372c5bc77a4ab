import type { EdgeAction } from "#domain/edge-config.ts";

/** The parts of the request's URL that a redirect may reuse. */
export interface RequestedUrl {
  readonly protocol: "http" | "https";
  /** Without its port. */
  readonly host: string;
  /** The listener's. */
  readonly port: number;
  /** Path and query as the client wrote them. */
  readonly target: string;
}

/**
 * Where a redirect action sends the client.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
 */
export function redirectLocation(action: Extract<EdgeAction, { type: "redirect" }>, url: RequestedUrl): string {
  const cut = url.target.indexOf("?");
  const path = cut < 0 ? url.target : url.target.slice(0, cut);
  const parts: Readonly<Record<string, string>> = {
    protocol: url.protocol,
    host: url.host,
    port: String(url.port),
    path: path.replace(/^\//, ""),
    query: cut < 0 ? "" : url.target.slice(cut + 1),
  };
  const fill = (text: string): string =>
    text.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => parts[name] ?? "");
  const query = fill(action.query);
  const where = `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}${fill(action.path)}`;
  return query === "" ? where : `${where}?${query}`;
}
