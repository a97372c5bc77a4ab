import type { Pages } from "#aws/http-server.ts";
import type { SecretDeps } from "#lifecycle/instance-secret.ts";
import { servedToken } from "#lifecycle/proof/http-token.ts";
import type { Store } from "#store/store.ts";

/**
 * What HTTP validation redirects to: `/<12>/.well-known/pki-validation/<32>.txt`, for everybody and in clear HTTP too;
 * undefined for paths where we serve no token.
 */
export function tokenPage(deps: SecretDeps & { readonly store: Store }): Pages {
  return async ({ method, path }) => {
    const content = await servedToken(deps.store, path, deps);
    if (content === undefined) return undefined;
    const headers = { "content-type": "text/plain; charset=utf-8" };
    if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { ...headers, allow: "GET, HEAD" } };
    return { status: 200, headers, body: `${content}\n` };
  };
}
