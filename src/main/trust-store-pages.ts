import type { Reply } from "#aws/call.ts";
import type { Pages } from "#aws/http-server.ts";
import { linkedContent, TRUST_STORE_PATH } from "#integrations/elbv2/trust-store-links.ts";
import type { Clock } from "#lib/clock.ts";
import type { SecretDeps } from "#lifecycle/instance-secret.ts";
import type { Store } from "#store/store.ts";

/** The files of trust stores, for whoever has a link that GetTrustStore… gave out in the last ten minutes. */
export function trustStorePages(deps: SecretDeps & { readonly store: Store; readonly clock: Clock }): Pages {
  return async ({ method, path }) => {
    if (!path.startsWith(`${TRUST_STORE_PATH}/`)) return undefined;
    if (method !== "GET" && method !== "HEAD") return { ...text(405, "Links are fetched by GET."), headers: ALLOWED };
    const content = await linkedContent(path.slice(TRUST_STORE_PATH.length + 1), deps);
    if (!content) return text(403, "This link has expired, or never was one.");
    return { status: 200, headers: { ...HEADERS, "content-type": "application/x-pem-file" }, body: content };
  };
}

function text(status: number, body: string): Reply {
  return { status, headers: HEADERS, body: `${body}\n` };
}

const HEADERS: Reply["headers"] = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};
const ALLOWED: Reply["headers"] = { ...HEADERS, allow: "GET, HEAD" };
