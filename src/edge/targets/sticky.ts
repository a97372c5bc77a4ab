import { type Field, type Fields, field, firstValue } from "#edge/http/fields.ts";
import { DAY, SECOND } from "#lib/duration.ts";
import { type CookieSeal, SEALED_LENGTH } from "./cookie-seal.ts";
import { cookieValue, setsCookie } from "./cookies.ts";
import type { GroupStickiness } from "./group-settings.ts";
import type { Station } from "./station.ts";

/** What keeping a visitor where it was asks for. `now` is in seconds. */
export interface StickyDeps {
  readonly seal: CookieSeal;
  readonly now: number;
  /** The target of any target group of this load balancer that a badge names. */
  readonly find: (badge: string) => Station | undefined;
}

/**
 * The target that the cookies of a request stick to; undefined when there is none, or they are too old.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html
 */
export function stuckTo(
  groupArn: string,
  stickiness: GroupStickiness,
  request: Fields,
  { seal, now, find }: StickyDeps,
): Station | undefined {
  switch (stickiness.type) {
    case "lb_cookie": {
      const value = cookieValue(request, "AWSALB") ?? cookieValue(request, "AWSALBCORS");
      const sealed = value === undefined ? undefined : seal.open("target", value);
      if (!sealed || now - sealed.at > stickiness.seconds) return undefined;
      const station = find(sealed.badge);
      return station?.group.arn === groupArn ? station : undefined;
    }
    case "app_cookie":
      if (cookieValue(request, stickiness.name) === undefined) return undefined;
      return applicationEntries(request, { seal, now, find }).find(
        ({ station, at }) => station.group.arn === groupArn && now - at <= stickiness.seconds,
      )?.station;
    case "source_ip":
      return undefined;
  }
}

/** The `Set-Cookie` fields that make a client come back to its target. */
export function targetCookies(
  station: Station,
  stickiness: GroupStickiness,
  request: Fields,
  answer: Fields,
  deps: StickyDeps,
): Fields {
  switch (stickiness.type) {
    case "lb_cookie":
      // The same for all answers within a second.
      if (station.cookies?.second !== deps.now) {
        const value = deps.seal.seal("target", { badge: station.badge, at: deps.now });
        station.cookies = { second: deps.now, fields: withTwin("AWSALB", value, deps.now) };
      }
      return station.cookies.fields;
    case "app_cookie":
      return applicationCookie(station, stickiness.name, request, answer, deps);
    case "source_ip":
      return [];
  }
}

/** The fields that make a client come back to a target group of a forward action. */
export function groupCookies(badge: string, { seal, now }: Pick<StickyDeps, "seal" | "now">): Fields {
  return withTwin("AWSALBTG", seal.seal("group", { badge, at: now }), now);
}

/** The badge of the target group that a request sticks to. */
export function stuckGroup(
  request: Fields,
  seconds: number,
  { seal, now }: Pick<StickyDeps, "seal" | "now">,
): string | undefined {
  const value = cookieValue(request, "AWSALBTG") ?? cookieValue(request, "AWSALBTGCORS");
  const sealed = value === undefined ? undefined : seal.open("group", value);
  return sealed && now - sealed.at <= seconds ? sealed.badge : undefined;
}

/** Given when the application gives its own cookie, and again whenever a client brings both. */
function applicationCookie(station: Station, name: string, request: Fields, answer: Fields, deps: StickyDeps): Fields {
  const entries = applicationEntries(request, deps);
  const renews = entries.length > 0 && cookieValue(request, name) !== undefined;
  if (!renews && !setsCookie(answer, name)) return [];
  const others = entries.filter((entry) => entry.station.group !== station.group).slice(0, MOST_ENTRIES - 1);
  const value = deps.seal.seal("application", { badge: station.badge, at: deps.now });
  const agent = firstValue(request, "user-agent") ?? "";
  // Chromium 80 was the first that sends no cookie without these across sites.
  const crossSite = Number(/Chrom(?:e|ium)\/(\d{1,4})/.exec(agent)?.[1] ?? 0) >= 80 ? "; SameSite=None; Secure" : "";
  const all = [value, ...others.map((entry) => entry.value)].join("");
  return [field("Set-Cookie", `AWSALBAPP-0=${all}; Expires=${expiry(deps.now)}; Path=/${crossSite}`)];
}

interface Entry {
  readonly value: string;
  readonly station: Station;
  readonly at: number;
}

/** One for each target group that the client was given a target of. */
function applicationEntries(request: Fields, { seal, find }: StickyDeps): readonly Entry[] {
  const all = cookieValue(request, "AWSALBAPP-0");
  if (all === undefined || all.length > MOST_ENTRIES * SEALED_LENGTH) return [];
  const entries: Entry[] = [];
  for (let at = 0; at < all.length; at += SEALED_LENGTH) {
    const value = all.slice(at, at + SEALED_LENGTH);
    const sealed = seal.open("application", value);
    const station = sealed && find(sealed.badge);
    if (sealed && station) entries.push({ value, station, at: sealed.at });
  }
  return entries;
}

/** The second is for requests across sites, which browsers send no other cookies with. */
function withTwin(name: string, value: string, now: number): readonly Field[] {
  const rest = `${value}; Expires=${expiry(now)}; Path=/`;
  return [field("Set-Cookie", `${name}=${rest}`), field("Set-Cookie", `${name}CORS=${rest}; SameSite=None; Secure`)];
}

/** Always seven days: how long it counts is inside. */
function expiry(now: number): string {
  return new Date(now * SECOND + 7 * DAY).toUTCString();
}

const MOST_ENTRIES = 20;
