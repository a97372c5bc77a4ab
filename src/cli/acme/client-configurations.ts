import type { EndpointSetUp } from "./set-up.ts";

/** What the configuration of an ACME client is made of. */
export interface ToConfigure extends EndpointSetUp {
  readonly domain: string;
  readonly wildcard: boolean;
  readonly email: string | undefined;
  /** Where everybody can fetch the root that the endpoint's own certificate stands under. */
  readonly rootUrl: string;
  /** PEM of it. */
  readonly rootPem: string;
}

/** One client's configuration, ready to paste. */
export interface ClientConfiguration {
  readonly client: "certbot" | "lego" | "cert-manager";
  readonly text: string;
}

/** certbot, lego and cert-manager; others take the same directory URL, KeyId and MacKey. */
export function clientConfigurations(to: ToConfigure): readonly ClientConfiguration[] {
  return [
    { client: "certbot", text: certbot(to) },
    { client: "lego", text: lego(to) },
    { client: "cert-manager", text: certManager(to) },
  ];
}

/** No challenge is asked for, so none of the authenticators has anything to do: --standalone opens no port. */
function certbot({ directoryUrl, keyId, macKey, rootUrl, email, ...to }: ToConfigure): string {
  return lines(
    `curl -so sealkeeper-root.pem ${rootUrl}`,
    "REQUESTS_CA_BUNDLE=sealkeeper-root.pem certbot certonly --standalone --non-interactive --agree-tos \\",
    `  ${email === undefined ? "--register-unsafely-without-email" : `--email ${email} --no-eff-email`} \\`,
    `  --server ${directoryUrl} \\`,
    `  --eab-kid ${keyId} \\`,
    `  --eab-hmac-key ${macKey} \\`,
    `  ${names(to)}`,
  );
}

function lego({ directoryUrl, keyId, macKey, rootUrl, email, domain, ...to }: ToConfigure): string {
  return lines(
    `curl -so sealkeeper-root.pem ${rootUrl}`,
    "LEGO_CA_CERTIFICATES=sealkeeper-root.pem lego --accept-tos \\",
    `  --email ${email ?? `admin@${domain}`} \\`,
    `  --server ${directoryUrl} \\`,
    `  --eab --kid ${keyId} \\`,
    `  --hmac ${macKey} \\`,
    `  --http ${names({ domain, ...to })} run`,
  );
}

/** cert-manager solves nothing for names that are authorized already, but wants a solver to be named. */
function certManager({ directoryUrl, keyId, macKey, rootPem, email, domain }: ToConfigure): string {
  return lines(
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    "  name: sealkeeper-acme-eab",
    "stringData:",
    // What cert-manager wants is the base64url text itself.
    `  secret: ${macKey}`,
    "---",
    "apiVersion: cert-manager.io/v1",
    "kind: Issuer",
    "metadata:",
    "  name: sealkeeper",
    "spec:",
    "  acme:",
    `    server: ${directoryUrl}`,
    `    email: ${email ?? `admin@${domain}`}`,
    `    caBundle: ${Buffer.from(rootPem).toString("base64")}`,
    "    externalAccountBinding:",
    `      keyID: ${keyId}`,
    "      keySecretRef:",
    "        name: sealkeeper-acme-eab",
    "        key: secret",
    "    privateKeySecretRef:",
    "      name: sealkeeper-acme-account",
    "    solvers:",
    "      - http01:",
    "          ingress: {}",
  );
}

function names({ domain, wildcard }: Pick<ToConfigure, "domain" | "wildcard">): string {
  return wildcard ? `-d ${domain} -d '*.${domain}'` : `-d ${domain}`;
}

function lines(...text: readonly string[]): string {
  return text.join("\n");
}
