import { type AcmeEntry, acmeServer } from "#acme/server/index.ts";
import { ACME_PATH } from "#acme/urls.ts";
import type { Pages } from "#aws/http-server.ts";
import type { Logger } from "./log.ts";
import type { World } from "./world.ts";

/** The ACME server as pages of the front door. */
export function acmeSite(world: World, log: Logger): Pages {
  const serve = acmeServer(world, {
    log: (entry) => logRequest(log, entry),
    onError: (error) => log.error({ err: error }, "an ACME request failed"),
  });
  return async ({ method, path, query, headers, body }) => {
    if (!path.startsWith(`${ACME_PATH}/`)) return undefined;
    return await serve({ method, path, hasQuery: query.size > 0, contentType: headers["content-type"], body });
  };
}

/** RFC 8555 section 6.1: nothing of it goes over the wire in clear. */
export const acmeInClear: Pages = ({ path }) => {
  const refused = {
    status: 403,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({
      type: "urn:ietf:params:acme:error:malformed",
      detail: "ACME is served over HTTPS only: use the same URL with https://.",
      status: 403,
    }),
  };
  return Promise.resolve(path.startsWith(`${ACME_PATH}/`) ? refused : undefined);
};

function logRequest(log: Logger, { status, ...entry }: AcmeEntry): void {
  if (status < 500) log.info({ ...entry, status }, "acme");
  else log.warn({ ...entry, status }, "acme");
}
