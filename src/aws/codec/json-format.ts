import { AwsError } from "#aws/service.ts";
import type { Format } from "./format.ts";
import { asObject, isObject, readBase64, readTime, validDate } from "./values.ts";

/** What JSON.parse gives. */
export function jsonFormat(rename?: "jsonName"): Format {
  return {
    ...(rename && { rename }),
    time: "epoch",
    object: asObject,
    list: (value) => (Array.isArray(value) ? value : undefined),
    map: (value) => (isObject(value) ? Object.entries(value) : undefined),
    number: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
    boolean: (value) => (typeof value === "boolean" ? value : undefined),
    blob: readBase64,
    timestamp(value, form) {
      if (form === "epoch") return typeof value === "number" ? validDate(value * 1000) : undefined;
      return typeof value === "string" ? readTime(value, form) : undefined;
    },
  };
}

/** Throws SerializationException when `body` is no JSON, or is nested deeper than any request is. */
export function parseJson(body: Buffer): unknown {
  if (depth(body) > MOST_DEPTH) throw new AwsError("SerializationException", "The request body is nested too deeply.");
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError("SerializationException", "The request body is not JSON.");
  }
}

/** How deeply brackets nest outside of strings. */
function depth(body: Buffer): number {
  let open = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === BRACKET || byte === BRACE) deepest = Math.max(deepest, ++open);
    else if (byte === BRACKET + 2 || byte === BRACE + 2) open--;
  }
  return deepest;
}

const MOST_DEPTH = 100;
const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];
