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
 * Makes a redirect action ready: the answer tells where it sends a client.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
 */
export function redirectTo(action: Extract<EdgeAction, { type: "redirect" }>): (url: RequestedUrl) => string {
  const [protocol, host, port, path, query] = PARTS.map((part) => template(action[part]));
  return (url) => {
    const cut = url.target.indexOf("?");
    const parts: UrlParts = {
      protocol: url.protocol,
      host: url.host,
      port: String(url.port),
      path: url.target.slice(url.target.startsWith("/") ? 1 : 0, cut < 0 ? undefined : cut),
      query: cut < 0 ? "" : url.target.slice(cut + 1),
    };
    const asked = fill(query, parts);
    const where = `${fill(protocol, parts).toLowerCase()}://${fill(host, parts)}:${fill(port, parts)}${fill(path, parts)}`;
    return asked === "" ? where : `${where}?${asked}`;
  };
}

type UrlParts = Readonly<Record<(typeof PARTS)[number], string>>;

/** Texts and the names of parts in turn. */
type Template = readonly string[];

function template(text: string): Template {
  return text.split(/#\{(protocol|host|port|path|query)\}/);
}

function fill(filled: Template | undefined, parts: UrlParts): string {
  let text = "";
  filled?.forEach((one, at) => {
    text += at % 2 === 0 ? one : parts[one as keyof UrlParts];
  });
  return text;
}

const PARTS = ["protocol", "host", "port", "path", "query"] as const;
