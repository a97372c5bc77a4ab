import { join } from "node:path";
import { type HostPort, showHostPort } from "#main/addresses.ts";

/** What a person needs to know who has just started the product: where it is, and how the first call is made. */
export function welcome({ api, dns, dataDir, dev }: Welcome): string {
  const endpoint = `http://${showHostPort({ ...api, host: here(api.host) })}`;
  return [
    "Sealkeeper is running. Ctrl-C stops it.",
    "",
    `  AWS APIs     ${endpoint}   also HTTPS, by the root at /ca/root.pem`,
    `  credentials  ${join(dataDir, "credentials")}${dev ? "   or test/test" : ""}`,
    `  DNS          dig @${here(dns.host)} -p ${dns.port} NAME`,
    "",
    "The first call, in another terminal:",
    "",
    `  export AWS_SHARED_CREDENTIALS_FILE=${shellWord(join(dataDir, "credentials"))} AWS_DEFAULT_REGION=eu-west-1`,
    `  aws --endpoint-url ${endpoint} sts get-caller-identity`,
    "",
    "",
  ].join("\n");
}

export interface Welcome {
  readonly api: HostPort;
  readonly dns: HostPort;
  readonly dataDir: string;
  readonly dev: boolean;
}

/** How this machine reaches a server that listens on every address. */
function here(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
