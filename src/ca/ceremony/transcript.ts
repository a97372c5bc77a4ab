import { createHash } from "node:crypto";
import { HierarchyError } from "#ca/hierarchies/error.ts";

/** One step of a ceremony, for whoever audits it. It holds no secret. */
export interface Step {
  readonly at: Date;
  /** Who did it, on which machine. */
  readonly by: string;
  readonly step: string;
  /** What was read and written, by SHA-256. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** What was signed, in words: names, serial numbers, fingerprints. */
  readonly details: Readonly<Record<string, string>>;
}

/** The next line of a transcript: JSON that holds the SHA-256 of the line before, so that none can be changed or left out. */
export function transcriptLine(before: string, step: Step): string {
  return `${JSON.stringify({ ...step, at: step.at.toISOString(), previous: digest(lastLine(before)) })}\n`;
}

/** Checks a transcript, and answers how many steps it has and the digest of the last: what is written on paper. Throws HierarchyError. */
export function checkTranscript(text: string): { readonly steps: number; readonly last: string } {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new HierarchyError("the transcript breaks off in its last line");
  let previous = "";
  for (const [index, line] of lines.entries()) {
    if (previousIn(line) !== digest(previous)) {
      throw new HierarchyError(`the transcript was changed: line ${index + 1} does not follow the one before`);
    }
    previous = line;
  }
  return { steps: lines.length, last: digest(previous) };
}

/** SHA-256 as a transcript writes it. */
export function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

function previousIn(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "previous" in value ? String(value.previous) : undefined;
  } catch {
    return undefined;
  }
}
