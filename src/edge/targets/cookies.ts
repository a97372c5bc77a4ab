import type { Fields } from "#edge/http/fields.ts";

/** The value of the first cookie of that name in a request (RFC 6265 section 5.4); undefined when it brings none. */
export function cookieValue(fields: Fields, name: string): string | undefined {
  for (const { key, value } of fields) {
    if (key !== "cookie") continue;
    const found = valueIn(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether an answer sets a cookie of that name. */
export function setsCookie(fields: Fields, name: string): boolean {
  return fields.some(({ key, value }) => key === "set-cookie" && value.slice(0, value.indexOf("=")).trim() === name);
}

function valueIn(cookies: string, name: string): string | undefined {
  for (let at = cookies.indexOf(name); at !== -1; at = cookies.indexOf(name, at + 1)) {
    const equals = at + name.length;
    if (cookies.charCodeAt(equals) !== EQUALS || !begins(cookies, at)) continue;
    const end = cookies.indexOf(";", equals);
    return cookies.slice(equals + 1, end === -1 ? undefined : end).trim();
  }
  return undefined;
}

/** Whether a cookie begins there: at the beginning, or behind a semicolon and white space. */
function begins(cookies: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (cookies.charCodeAt(before) === SPACE || cookies.charCodeAt(before) === TAB)) before -= 1;
  return before < 0 || cookies.charCodeAt(before) === SEMICOLON;
}

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;
