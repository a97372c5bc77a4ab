import type { NormalizedSchema } from "@smithy/core/schema";
import { type Format, memo, once, type TimeForm, timeForm, wireName } from "./format.ts";
import { writeBase64, writeTime } from "./values.ts";

/** An output as the plain object that an encoder takes. */
export type Writer = (schema: NormalizedSchema, value: unknown) => unknown;

/** How an encoder wants its leaves. */
export interface Leaves {
  readonly blob: (value: Uint8Array) => unknown;
  readonly timestamp: (value: Date, form: TimeForm) => unknown;
}

export const jsonLeaves: Leaves = { blob: writeBase64, timestamp: writeTime };

/** A writer of output shapes. What the schema does not name is left out, and so is what is undefined. */
export function writer({ rename, time }: Pick<Format, "rename" | "time">, leaves: Leaves): Writer {
  const writing = memo((schema): Write => {
    if (schema.isStructSchema()) {
      const members = once(() =>
        [...schema.structIterator()].map(([name, member]) => ({
          name,
          wire: wireName(member, name, rename),
          write: writing(member),
        })),
      );
      return (value: Fields) => {
        const result: Record<string, unknown> = {};
        for (const { name, wire, write } of members()) {
          const content = value[name];
          if (content !== undefined && content !== null) result[wire] = write(content as never);
        }
        return result;
      };
    }
    if (schema.isListSchema()) {
      const item = once(() => writing(schema.getValueSchema()));
      return (value: readonly never[]) => value.map((content) => item()(content));
    }
    if (schema.isMapSchema()) {
      const item = once(() => writing(schema.getValueSchema()));
      return (value: Fields) =>
        Object.fromEntries(Object.entries(value).map(([key, content]) => [key, item()(content as never)]));
    }
    if (schema.isBlobSchema()) return leaves.blob;
    if (schema.isTimestampSchema()) {
      const form = timeForm(schema, time);
      return (value: Date) => leaves.timestamp(value, form);
    }
    return (value: unknown) => value;
  });
  return (schema, value) => writing(schema)(value as never);
}

/** A leaf as text, for headers and XML. */
export function writeText(schema: NormalizedSchema, value: unknown, fallback: TimeForm): string {
  if (value instanceof Date) return String(writeTime(value, timeForm(schema, fallback)));
  return value instanceof Uint8Array ? writeBase64(value) : String(value);
}

/** A handler's answer has the shape of its schema: the compiler has seen to that. */
type Write = (value: never) => unknown;
type Fields = Readonly<Record<string, unknown>>;
