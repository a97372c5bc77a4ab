import { findCredentials } from "#cli/acme/clients.ts";
import { type ApiClient, openApiClient } from "#cli/rehearse/api-client.ts";
import { type OwnFlags, readSettings, type Settings } from "#cli/settings.ts";
import { systemClock } from "#lib/clock.ts";
import { showHostPort } from "#main/addresses.ts";

/** What an operator's command works with: the API of a control plane, and how it was called. */
export interface Operator extends Pick<Settings, "own" | "words"> {
  readonly api: ApiClient;
  /** Prints a value as JSON where that was asked for, else the text. */
  readonly print: (value: unknown, text: string) => void;
}

/** Reads a command line with `count` words, and finds the control plane as all commands do. Throws ConfigError. */
export function openOperator(args: readonly string[], count: number, flags: OwnFlags = {}): Operator {
  const all = { ...flags, json: { type: "boolean" }, "endpoint-url": { type: "string" } } as const;
  const { config, own, words } = readSettings(args, count, all);
  const { host, port } = config.listen;
  const here = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const endpoint =
    own["endpoint-url"] ?? process.env["AWS_ENDPOINT_URL"] ?? `http://${showHostPort({ host: here, port })}`;
  const key = findCredentials(config["data-dir"], process.env);
  return {
    own,
    words,
    api: openApiClient(endpoint, key, { clock: systemClock }),
    print(value, text) {
      process.stdout.write(own["json"] === "true" ? `${JSON.stringify(value, undefined, 2)}\n` : `${text}\n`);
    },
  };
}

/** Edges are of no region; a call is signed for one. */
export const ANY_REGION = "us-east-1";

/** Columns of text, aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
