import { environmentName } from "#main/config.ts";
import { OPTIONS, type OptionName } from "#main/options.ts";
import { COMMANDS, type CommandName } from "./commands.ts";

/** The help of one command, or of all of them. */
export function help(command?: string): string {
  return command !== undefined && Object.hasOwn(COMMANDS, command) ? commandHelp(command as CommandName) : overview();
}

function overview(): string {
  const commands = Object.entries(COMMANDS)
    .filter(([, { internal }]) => !internal)
    .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  return [
    "Sealkeeper: AWS Certificate Manager on your own machines.",
    "",
    "usage: sealkeeper COMMAND [--help]",
    "",
    ...commands,
    `  ${"version".padEnd(14)}print the version`,
    "",
    "First certificate:",
    "  sealkeeper serve &",
    "  export AWS_SHARED_CREDENTIALS_FILE=$PWD/.sealkeeper/credentials AWS_DEFAULT_REGION=eu-west-1",
    "  aws --endpoint-url http://127.0.0.1:4566 acm request-certificate \\",
    "      --domain-name example.com --validation-method DNS",
  ].join("\n");
}

function commandHelp(name: CommandName): string {
  const { usage, summary, details = [] } = COMMANDS[name];
  const settings = name === "serve" ? ["", "settings (flag, environment variable, default):", ...optionLines()] : [];
  const keep =
    name === "demo" ? ["", "  --keep    leave everything running at the end, and print how to reach it"] : [];
  return [`usage: ${usage}`, "", summary, ...keep, ...details, ...settings].join("\n");
}

function optionLines(): string[] {
  return Object.entries(OPTIONS).flatMap(([name, { default: standard, help: text, value }]) => [
    `  --${name}${value === undefined ? "" : ` ${value}`}`,
    `        ${text}`,
    `        ${environmentName(name as OptionName)}${standard === "" ? "" : `, default ${standard}`}`,
  ]);
}
