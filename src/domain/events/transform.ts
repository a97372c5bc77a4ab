import { atPath, parseJsonPath } from "./json-path.ts";

/** What a target is to get of an event: all of it unless one of these is given. */
export interface TargetInput {
  /** JSON text, whatever the event says. */
  readonly input?: string | undefined;
  /** A part of the event. */
  readonly inputPath?: string | undefined;
  readonly inputTransformer?: InputTransformer | undefined;
}

export interface InputTransformer {
  /** Paths by the name of the variable. */
  readonly paths: Readonly<Record<string, string>>;
  /** Text with `<variable>` in it. */
  readonly template: string;
}

/** What variables are there beside those of the transformer. */
export interface RuleContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestedAt: Date;
}

/** An event that becomes larger in the form in which its target wants it than EventBridge sends anything. */
export class TooLargeInput extends Error {
  override readonly name = "TooLargeInput";
}

/** The text that a target gets. Throws TooLargeInput. */
export function targetInput(
  event: Readonly<Record<string, unknown>>,
  { input, inputPath, inputTransformer }: TargetInput,
  context: RuleContext,
): string {
  if (input !== undefined) return input;
  if (inputPath !== undefined) {
    const path = parseJsonPath(inputPath);
    return JSON.stringify(path && atPath(event, path)) ?? "null";
  }
  return inputTransformer ? filled(inputTransformer, event, context) : JSON.stringify(event);
}

/** What is wrong with a transformer, in words that follow "for target X"; undefined when nothing is. */
export function transformerProblem({ paths, template }: InputTransformer): string | undefined {
  for (const [name, path] of Object.entries(paths)) {
    if (/^aws\./i.test(name)) return `has the variable ${name}: names that begin with "aws." are reserved`;
    if (!parseJsonPath(path)) return `has the invalid path ${path} for the variable ${name}`;
  }
  const unknown = [...template.matchAll(VARIABLE)].find(
    ([, name = ""]) => !Object.hasOwn(paths, name) && !PREDEFINED.includes(name),
  );
  return unknown && `contains invalid placeholder ${unknown[1]}`;
}

/**
 * Fills in a template. In JSON a variable is a value of JSON, inside quotes a part of a text, escaped; in other text it
 * stands as it is. What the event does not have is empty.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function filled(
  { paths, template }: InputTransformer,
  event: Readonly<Record<string, unknown>>,
  context: RuleContext,
): string {
  const { detail: _, ...withoutDetail } = event;
  const predefined: Readonly<Record<string, unknown>> = {
    "aws.events.rule-arn": context.ruleArn,
    "aws.events.rule-name": context.ruleName,
    "aws.events.event.ingestion-time": context.ingestedAt.toISOString(),
    "aws.events.event": withoutDetail,
    "aws.events.event.json": event,
  };
  const valueOf = (name: string): unknown => {
    if (Object.hasOwn(predefined, name)) return predefined[name];
    const path = Object.hasOwn(paths, name) ? parseJsonPath(paths[name] ?? "") : undefined;
    return (path && atPath(event, path)) ?? "";
  };
  let left = LARGEST_INPUT;
  const isJson = /^\s*([{["]|<[^>]*>\s*$)/.test(template);
  let quoted = false;
  return template.replaceAll(PIECE, (piece, variable: string | undefined) => {
    if (variable === undefined) {
      if (piece === '"') quoted = !quoted;
      return piece;
    }
    const value = valueOf(variable);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const shown = quoted ? JSON.stringify(text).slice(1, -1) : isJson ? JSON.stringify(value) : text;
    left -= shown.length;
    if (left < 0) throw new TooLargeInput(`its InputTransformer makes more than ${LARGEST_INPUT} characters of it`);
    return shown;
  });
}

/** Twice what an event has at most, as escaping makes it longer. */
const LARGEST_INPUT = 524_288;
const PREDEFINED: readonly string[] = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
];
const VARIABLE = /<([A-Za-z0-9_.-]+)>/g;
/** A variable, an escaped character, or a quote. */
const PIECE = /<([A-Za-z0-9_.-]+)>|\\.|"/gs;
