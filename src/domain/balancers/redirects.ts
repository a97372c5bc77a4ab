import type { EdgeAction } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import type { ActionPlace } from "./actions.ts";

/** Throws `action-invalid` for a redirect that such a listener cannot make, or that leads back to itself. */
export function checkRedirect(
  { protocol, host, port, path, query }: Extract<EdgeAction, { type: "redirect" }>,
  place: ActionPlace,
): void {
  if (!/^(HTTPS?|#\{protocol\})$/.test(protocol)) throw invalid(`'${protocol}' is not a protocol to redirect to`);
  if (port !== "#{port}" && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) {
    throw invalid(`The redirect port '${port}' must be a number between 1 and 65535, or #{port}`);
  }
  if (!path.startsWith("/")) throw invalid(`The redirect path '${path}' must begin with '/'`);
  for (const [part, value] of Object.entries({ host, path, query })) {
    const word = /#\{([^}]*)\}?/g;
    for (const [, name] of value.matchAll(word)) {
      if (!KEYWORDS.includes(name ?? "")) throw invalid(`The redirect ${part} '${value}' has an unknown keyword`);
    }
    // What ends up in the Location header must not end it.
    if (!/^[\x21-\x7e]*$/.test(value)) throw invalid(`The redirect ${part} '${value}' has characters of no URL`);
  }
  if (place.protocol === "HTTPS" && protocol === "HTTP") throw invalid("You cannot redirect HTTPS to HTTP");
  const sameProtocol = protocol === "#{protocol}" || protocol === place.protocol;
  const samePort = port === "#{port}" || Number(port) === place.port;
  if (sameProtocol && samePort && host === "#{host}" && path === "/#{path}" && query === "#{query}") {
    throw invalid("The redirect configuration is not valid because it creates a loop");
  }
}

function invalid(message: string): Refusal {
  return new Refusal("action-invalid", message);
}

const KEYWORDS = ["protocol", "host", "port", "path", "query"];
