import { styleText } from "node:util";

/** Tells what happens: what was asked, what was answered, how long it took, and whether it is as it must be. */
export interface Narrator {
  title(text: string): void;
  /** Opens a step with the `aws` command (or another) that does the same by hand, and times it. */
  step<T>(title: string, command: string, work: () => Promise<T>): Promise<T>;
  /** A line of the answer. */
  saw(label: string, value: string): void;
  /** A check: the story holds only if all of them do. */
  check(claim: string, holds: boolean): void;
  lines(...lines: readonly string[]): void;
  broke(error: unknown, log: string): void;
  verdict(milliseconds: number): void;
  failures(): number;
}

export function narrator(out: NodeJS.WritableStream & { isTTY?: boolean }): Narrator {
  const styled = (style: Parameters<typeof styleText>[0], text: string): string =>
    out.isTTY ? styleText(style, text) : text;
  const say = (text = ""): void => void out.write(`${text}\n`);
  let number = 0;
  let checks = 0;
  let failures = 0;
  return {
    title: (text) => say(styled("bold", text)),
    async step(title, command, work) {
      number += 1;
      say(`\n${styled("bold", `${number}. ${title}`)}`);
      for (const line of command.split("\n")) say(styled("dim", line.startsWith(" ") ? `   ${line}` : `   $ ${line}`));
      const began = performance.now();
      const result = await work();
      say(styled("dim", `   took ${Math.round(performance.now() - began)} ms`));
      return result;
    },
    saw: (label, value) => say(`   ${label.padEnd(LABEL)} ${value}`),
    check(claim, holds) {
      checks += 1;
      if (!holds) failures += 1;
      say(holds ? `   ${styled("green", "✓")} ${claim}` : `   ${styled("red", "✗")} ${styled("red", claim)}`);
    },
    lines: (...lines) => say(`\n${lines.join("\n")}`),
    broke(error, log) {
      failures += 1;
      say(
        `\n${styled("red", "The story broke off:")} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      if (log) say(`The last lines of the product's log:\n${log}`);
    },
    verdict(milliseconds) {
      const time = `${(milliseconds / 1000).toFixed(1)} s`;
      say();
      if (failures === 0) say(styled(["bold", "green"], `All ${checks} checks held, in ${time}.`));
      else say(styled(["bold", "red"], `${failures} of ${checks} checks did not hold.`));
    },
    failures: () => failures,
  };
}

const LABEL = 16;
