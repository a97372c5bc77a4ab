import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { onTestFinished } from "vitest";
import type { Foreign } from "./self-signed.ts";

/** A real OpenID provider on 127.0.0.1, with its login and consent pages, and one client. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly endpoints: {
    readonly authorizationEndpoint: string;
    readonly tokenEndpoint: string;
    readonly userInfoEndpoint: string;
  };
  readonly clientId: string;
  readonly clientSecret: string;
  /** Paths of the requests that came. */
  readonly asked: string[];
  /** Ends every session and grant: refreshing fails from now on. */
  revokeAll(): void;
}

export interface ProviderOptions {
  readonly redirectUri: string;
  /** Of access tokens, in seconds. */
  readonly accessLife?: number;
  /** Speaks HTTPS as `localhost`, with this certificate. */
  readonly tls?: Foreign;
  /** What the provider says of a user, besides `sub`. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export async function identityProvider(options: ProviderOptions): Promise<IdentityProvider> {
  const { tls } = options;
  const server = tls ? createSecureServer({ key: tls.privateKey, cert: tls.certificate }) : createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const issuer = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const clientId = "sealkeeper client/1"; // both must be form-encoded before they are sent
  const clientSecret = "correct horse: battery+staple%";
  const stored = new Map<string, unknown>();
  const claims = { email: "user@example.com", name: "Ünïcode User", ...options.claims };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [options.redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    claims: { openid: ["sub"], profile: Object.keys(claims) },
    conformIdTokenClaims: true,
    features: { devInteractions: { enabled: true } },
    ttl: { AccessToken: options.accessLife ?? 3600, Session: 3600, Grant: 3600, Interaction: 3600, IdToken: 3600 },
    pkce: { required: () => false },
    issueRefreshToken: async () => true,
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
    cookies: { keys: ["test"] },
    adapter: memoryAdapter(stored),
  });
  const asked: string[] = [];
  const answer = provider.callback();
  server.on("request", (request, response) => {
    asked.push(request.url ?? "");
    void answer(request, response);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    issuer,
    clientId,
    clientSecret,
    asked,
    endpoints: {
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      userInfoEndpoint: `${issuer}/me`,
    },
    revokeAll: () => stored.clear(),
  };
}

/** What oidc-provider keeps, in a map of ours, so that it can be taken away. */
function memoryAdapter(stored: Map<string, unknown>): (name: string) => object {
  return (name) => {
    const key = (id: string): string => `${name}:${id}`;
    const find = (test: (payload: Record<string, unknown>) => boolean): unknown =>
      [...stored].find(([at, payload]) => at.startsWith(`${name}:`) && test(payload as Record<string, unknown>))?.[1];
    return {
      upsert: async (id: string, payload: object) => void stored.set(key(id), payload),
      find: async (id: string) => stored.get(key(id)),
      findByUid: async (uid: string) => find((payload) => payload["uid"] === uid),
      findByUserCode: async () => undefined,
      destroy: async (id: string) => void stored.delete(key(id)),
      consume: async (id: string) => {
        const payload = stored.get(key(id)) as Record<string, unknown> | undefined;
        if (payload) payload["consumed"] = Math.floor(Date.now() / 1000);
      },
      revokeByGrantId: async (grantId: string) => {
        for (const [at, payload] of stored) {
          if ((payload as Record<string, unknown>)["grantId"] === grantId) stored.delete(at);
        }
      },
    };
  };
}
