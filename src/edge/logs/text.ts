/** ISO 8601 with microseconds, of which the last three are zeros: `2026-11-22T12:00:00.186000Z`. */
export function isoMicros(at: number): string {
  const second = Math.floor(at / 1000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedText = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${cachedText}${threeDigits(Math.floor(at) - second * 1000)}000Z`;
}

/** Seconds with three decimals, or `-1` for what did not come about. */
export function seconds(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return "-1";
  const millis = Math.max(0, Math.round(to - from));
  return `${Math.floor(millis / 1000)}.${threeDigits(millis % 1000)}`;
}

/** A text between double quotes: what would end it, or could not be seen, is written as `\xHH`. */
export function quoted(text: string | undefined): string {
  return text === undefined || text === "" ? '"-"' : `"${SPECIAL.test(text) ? escaped(text) : text}"`;
}

/** The same for a text that stands alone: white space would end it. */
export function plain(text: string | undefined): string {
  if (text === undefined || text === "") return "-";
  return SPECIAL.test(text) || text.includes(" ") ? escaped(text).replaceAll(" ", "\\x20") : text;
}

/** `address:port`, as Elastic Load Balancing writes IPv6 addresses, too: without brackets. */
export function endpoint(address: string, port: number): string {
  return `${address}:${port}`;
}

function escaped(text: string): string {
  return text.replace(SPECIALS, (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

function threeDigits(number: number): string {
  return THREE_DIGITS[number] ?? "000";
}

let cachedSecond: number | undefined;
let cachedText = "";
const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));
const SPECIAL = /["\\]|[^\x20-\x7e]/;
const SPECIALS = /["\\]|[^\x20-\x7e]/g;
