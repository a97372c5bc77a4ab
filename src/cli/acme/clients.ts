import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACMClient } from "@aws-sdk/client-acm";
import { Route53Client } from "@aws-sdk/client-route-53";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ConfigError } from "#main/config-error.ts";
import type { AcmeOptions } from "./options.ts";

/** The AWS APIs of a running product, as any client speaks to them. */
export interface Clients extends Disposable {
  readonly acm: ACMClient;
  readonly route53: Route53Client;
  /** Whose the credentials are. */
  readonly account: string;
}

/**
 * Clients with the credentials of the environment, or else of the data directory. Throws ConfigError where there are
 * none, and where nobody answers.
 */
export async function openClients(
  { endpointUrl, region, dataDir }: AcmeOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Clients> {
  const configuration = {
    endpoint: endpointUrl,
    region,
    credentials: findCredentials(dataDir, environment),
    maxAttempts: 2,
  };
  const acm = new ACMClient(configuration);
  const route53 = new Route53Client(configuration);
  const sts = new STSClient(configuration);
  try {
    const { Account: account = "" } = await sts.send(new GetCallerIdentityCommand({}));
    return {
      acm,
      route53,
      account,
      [Symbol.dispose]() {
        acm.destroy();
        route53.destroy();
      },
    };
  } catch (error) {
    throw new ConfigError(whyNot(error, endpointUrl, dataDir));
  } finally {
    sts.destroy();
  }
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access key of the environment, or else of the data directory. Throws ConfigError where there is none. */
export function findCredentials(
  dataDir: string,
  environment: Readonly<Record<string, string | undefined>>,
): Credentials {
  const [id, secret] = [environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]];
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret };
  const path = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(dataDir, "credentials");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new ConfigError(
      `there are no credentials in ${path}: give --data-dir of the running product, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  }
  const field = (name: string): string | undefined => new RegExp(`^${name}\\s*=\\s*(\\S+)`, "m").exec(text)?.[1];
  const [accessKeyId, secretAccessKey] = [field("aws_access_key_id"), field("aws_secret_access_key")];
  if (!accessKeyId || !secretAccessKey) throw new ConfigError(`${path} holds no access key`);
  return { accessKeyId, secretAccessKey };
}

function whyNot(error: unknown, endpointUrl: string, dataDir: string): string {
  const { code, name, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ECONNRESET") {
    return `nobody answers at ${endpointUrl}: start \`sealkeeper serve\`, or give --endpoint-url`;
  }
  if (/SignatureDoesNotMatch|InvalidClientTokenId|UnrecognizedClient/.test(name)) {
    return `${endpointUrl} does not know these credentials: is ${dataDir} the data directory of the product that runs there? (${message})`;
  }
  return `${endpointUrl} cannot be used: ${message}`;
}
