import { allValues, type Field, type Fields, field } from "#edge/http/fields.ts";

/** The value of a cookie; undefined when the client sent none of that name. */
export function cookieValue(fields: Fields, name: string): string | undefined {
  const begin = `${name}=`;
  for (const value of allValues(fields, "cookie")) {
    for (const crumb of value.split(";")) {
      const one = crumb.trim();
      if (one.startsWith(begin)) return one.slice(begin.length);
    }
  }
  return undefined;
}

/** A long value from the cookies `name-0`, `name-1` …; undefined when there is none. */
export function shardedValue(fields: Fields, name: string): string | undefined {
  const first = cookieValue(fields, `${name}-0`);
  if (first === undefined || first === "") return undefined;
  let whole = first;
  for (let shard = 1; shard < MOST_SHARDS; shard++) {
    const more = cookieValue(fields, `${name}-${shard}`);
    if (more === undefined || more === "") break;
    whole += more;
  }
  return whole;
}

/**
 * The fields that set a long value as cookies of less than 4 kB each, and end those that the client has from a longer
 * one. Undefined when it is too long.
 */
export function shardedCookies(name: string, value: string, expires: Date, before: Fields): Fields | undefined {
  const count = Math.ceil(value.length / SHARD);
  if (count > MOST_SHARDS) return undefined;
  return Array.from({ length: MOST_SHARDS }, (_, shard) => {
    if (shard < count) return cookie(`${name}-${shard}`, value.slice(shard * SHARD, (shard + 1) * SHARD), expires);
    return cookieValue(before, `${name}-${shard}`) === undefined ? undefined : endedCookie(`${name}-${shard}`);
  }).filter((one) => one !== undefined);
}

/** A cookie that scripts do not see, and that also comes with requests from other sites, as ALB sets it. */
export function cookie(name: string, value: string, expires: Date): Field {
  return field(
    "Set-Cookie",
    `${name}=${value}; Expires=${expires.toUTCString()}; Path=/; Secure; HttpOnly; SameSite=None`,
  );
}

export function endedCookie(name: string): Field {
  return cookie(name, "", new Date(0));
}

const MOST_SHARDS = 4;
/** Browsers take 4,096 bytes of name, value and attributes. */
const SHARD = 3_800;
