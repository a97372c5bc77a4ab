import { beforeOf, holds } from "./assertions.ts";
import type { Program } from "./program.ts";

/**
 * Where the leftmost match and its groups begin and end (Pike's machine: all ways at once, the preferred one first);
 * undefined when nothing matches.
 */
export function findMatch(program: Program, text: string): readonly number[] | undefined {
  const { steps, slots, anchored } = program;
  let current = threadList(steps.length);
  let following = threadList(steps.length);
  let found: readonly number[] | undefined;
  const nothing: readonly number[] = Array.from({ length: slots }, () => -1);

  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) & 0xff : undefined;
    const before = at === 0 ? "nothing" : beforeOf(text.charCodeAt(at - 1));
    /** Follows what costs no character, the preferred way first. */
    const follow = (list: ThreadList, start: number, saved: readonly number[]): void => {
      const open: [number, readonly number[]][] = [[start, saved]];
      for (let next = open.pop(); next; next = open.pop()) {
        const [step, kept] = next;
        if (list.seen[step] === list.mark) continue;
        list.seen[step] = list.mark;
        const one = steps[step];
        if (one?.op === "jump") open.push([one.to, kept]);
        else if (one?.op === "split") open.push([one.second, kept], [one.first, kept]);
        else if (one?.op === "save") open.push([step + 1, kept.with(one.slot, at)]);
        else if (one?.op === "assert") {
          if (holds(one.assertion, before, code)) open.push([step + 1, kept]);
        } else list.threads.push({ step, saved: kept });
      }
    };
    // Those that wait were stopped before this character, so that assertions could see it.
    const waiting = current.threads;
    const list = clear(following);
    for (const { step, saved } of waiting) follow(list, step, saved);
    if (!found && (at === 0 || !anchored)) follow(list, 0, nothing);
    const advanced = clear(current);
    for (const { step, saved } of list.threads) {
      const one = steps[step];
      if (one?.op === "match") {
        found = saved;
        break; // what is preferred less than this does not matter any more
      }
      if (one?.op === "char" && code !== undefined && one.set[code] === true) {
        advanced.threads.push({ step: step + 1, saved });
      }
    }
    if (advanced.threads.length === 0 && (found || anchored)) break;
    [current, following] = [advanced, list];
  }
  return found;
}

interface ThreadList {
  threads: { readonly step: number; readonly saved: readonly number[] }[];
  readonly seen: Uint32Array;
  mark: number;
}

function threadList(size: number): ThreadList {
  return { threads: [], seen: new Uint32Array(size), mark: 1 };
}

function clear(list: ThreadList): ThreadList {
  list.threads = [];
  list.mark += 1;
  return list;
}
