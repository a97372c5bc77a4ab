import { readFileSync } from "node:fs";
import { openPostman, type Postman } from "#mail/postman.ts";
import { isLoopback } from "./addresses.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";

type MailConfig = Pick<Config, "smtp" | "smtp-password-file" | "smtp-ca" | "smtp-clear" | "mail-from">;

/** The postman of the configured mail server; undefined where none is. Throws ConfigError for what cannot go together. */
export function configuredPostman(config: MailConfig): Postman | undefined {
  const { smtp: server, "mail-from": from, "smtp-clear": clear } = config;
  if (!server) {
    if (from) throw new ConfigError("mail-from needs smtp: which mail server takes the letters?");
    return undefined;
  }
  if (!from) throw new ConfigError("smtp needs mail-from: the address that letters come from");
  const passwordFile = config["smtp-password-file"];
  if (server.user !== undefined && passwordFile === "") {
    throw new ConfigError(
      `smtp names the user ${server.user}: smtp-password-file must name the file with the password`,
    );
  }
  if (server.user === undefined && passwordFile !== "") {
    throw new ConfigError("smtp-password-file needs a user: smtp://USER@HOST:PORT");
  }
  const onlyHere = isLoopback(server.host);
  if (clear && server.user !== undefined && !onlyHere) {
    throw new ConfigError("smtp-clear would send the password in clear: no user, or TLS");
  }
  return openPostman({
    server,
    from,
    password: passwordFile === "" ? undefined : readSetting("smtp-password-file", passwordFile).replace(/\r?\n$/, ""),
    ca: config["smtp-ca"] === "" ? undefined : readRoots(config["smtp-ca"]),
    startTls: onlyHere && config["smtp-ca"] === "" ? "never" : clear ? "offered" : "required",
  });
}

/**
 * Where domain owners answer: public-url, and by HTTPS unless that is on this machine, because whoever sees a link may
 * answer it. The port is the same, for it speaks both.
 */
export function approvalOrigin(publicUrl: string): string {
  const url = new URL(publicUrl);
  if (!isLoopback(url.hostname.replace(/^\[|\]$/g, ""))) url.protocol = "https:";
  return url.origin;
}

function readRoots(path: string): string {
  const pem = readSetting("smtp-ca", path);
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new ConfigError(`smtp-ca: ${path} holds no PEM certificate`);
  return pem;
}

function readSetting(name: "smtp-password-file" | "smtp-ca", path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      `${name}: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
