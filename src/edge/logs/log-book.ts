import { gzip } from "node:zlib";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import type { Timers } from "#lib/timers.ts";
import { type LogPlace, logFile } from "./log-file.ts";

/** Where finished log files go. `path` begins with the bucket; the file is there whole when this resolves. */
export interface LogStore {
  put(path: string, bytes: Uint8Array): Promise<void>;
}

/** All logs of an edge process. Lines wait in memory; files are written beside the requests, which never wait for them. */
export interface LogBook {
  /** A log that goes nowhere until it is told where. */
  open(): Log;
  /** Writes what waits, and takes nothing more. */
  stop(): Promise<void>;
}

/** One log of one load balancer. */
export interface Log {
  /** Whether lines are wanted at all. */
  readonly enabled: boolean;
  /** A line of ASCII with its line feed. Dropped and counted when what was written before is stuck. */
  write(line: string): void;
  /** From now on lines go there; undefined: nowhere. What waits still goes where it was meant to. */
  place(place: LogPlace | undefined): void;
  close(): void;
}

export interface LogBookDeps {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  /** Lines were lost. Told once an interval at most for each log. */
  readonly onWarning: (facts: LogWarning) => void;
}

export interface LogWarning {
  readonly log: string;
  readonly dropped: number;
  readonly error: unknown;
}

/** A log is written every five minutes, or when there is much of it; nothing is written where nothing was logged. */
export function logBook(deps: LogBookDeps): LogBook {
  const logs = new Set<OpenLog>();
  /** What closed logs still have to write. */
  const ending = new Set<Promise<void>>();
  let cancel = (): void => {};
  let stopped = false;

  const turn = (): void => {
    for (const log of logs) log.flush(deps.clock.now());
    schedule();
  };
  const schedule = (): void => {
    if (stopped) return;
    const now = deps.clock.now().getTime();
    cancel = deps.timers.after(INTERVAL - (now % INTERVAL), turn);
  };
  schedule();
  return {
    open() {
      const log = openLog(deps, () => {
        logs.delete(log);
        const last = log.written().finally(() => ending.delete(last));
        ending.add(last);
      });
      if (!stopped) logs.add(log);
      return log;
    },
    async stop() {
      stopped = true;
      cancel();
      for (const log of logs) log.close();
      await Promise.all(ending);
    },
  };
}

interface OpenLog extends Log {
  flush(end: Date): void;
  /** Resolves when nothing is being written. */
  written(): Promise<void>;
}

function openLog(deps: LogBookDeps, onClose: () => void): OpenLog {
  let where: LogPlace | undefined;
  /** Lines as bytes: strings that were put together piece by piece would take a multiple. */
  let full: Buffer[] = [];
  let page: Buffer | undefined;
  let filled = 0;
  let size = 0;
  let count = 0;
  /** What is being written, one file behind the other. */
  let writing: Promise<void> = Promise.resolve();
  let waiting = 0;
  let dropped = 0;
  let failure: unknown;

  const put = async (place: LogPlace, pages: readonly Buffer[], lines: number, end: Date): Promise<void> => {
    try {
      const bytes = await zipped(Buffer.concat(pages));
      await deps.store.put(logFile(place, end, randomName(deps.ids)), bytes);
    } catch (error) {
      failure = error;
      dropped += lines;
    }
  };
  const warn = (place: LogPlace): void => {
    if (dropped === 0) return;
    deps.onWarning({ log: place.stem, dropped, error: failure });
    dropped = 0;
    failure = undefined;
  };
  /** `end` is the end of the interval, also for what is written before it is over. */
  const hand = (end: Date): void => {
    const place = where;
    if (!place || size === 0) return;
    const [pages, lines, length] = [page ? [...full, page.subarray(0, filled)] : full, count, size];
    full = [];
    page = undefined;
    size = 0;
    count = 0;
    waiting += length;
    writing = writing.then(() => put(place, pages, lines, end)).then(() => void (waiting -= length));
  };
  const log: OpenLog = {
    get enabled() {
      return where !== undefined;
    },
    write(line) {
      if (!where) return;
      if (size + waiting + line.length > MOST_WAITING) {
        dropped += 1;
        return;
      }
      if (!page || filled + line.length > page.length) {
        if (page) full.push(page.subarray(0, filled));
        page = Buffer.allocUnsafe(Math.max(PAGE, line.length));
        filled = 0;
      }
      filled += page.write(line, filled, "latin1");
      size += line.length;
      count += 1;
      if (size >= MOST_IN_A_FILE) hand(intervalEnd(deps.clock.now()));
    },
    place(place) {
      if (place?.directory === where?.directory && place?.stem === where?.stem && place?.node === where?.node) return;
      hand(intervalEnd(deps.clock.now()));
      where = place;
    },
    flush(end) {
      const place = where;
      hand(new Date(Math.round(end.getTime() / INTERVAL) * INTERVAL));
      if (place) void writing.then(() => warn(place));
    },
    close() {
      const place = where;
      hand(intervalEnd(deps.clock.now()));
      where = undefined;
      if (place) writing = writing.then(() => warn(place));
      onClose();
    },
    written: () => writing,
  };
  return log;
}

function intervalEnd(now: Date): Date {
  return new Date(Math.ceil(now.getTime() / INTERVAL) * INTERVAL);
}

function zipped(bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gzip(bytes, (error, compressed) => (error ? reject(error) : resolve(compressed)));
  });
}

/** Eight letters and digits, so that files of several processes and of one interval do not meet. */
function randomName(ids: Ids): string {
  return BigInt(`0x${ids.hex(8)}`)
    .toString(36)
    .padStart(13, "0")
    .slice(-8);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format */
const INTERVAL: Millis = 5 * MINUTE;
const PAGE = 64 * 1024;
const MOST_IN_A_FILE = 8 * 1024 * 1024;
/** Of one log, written and being written. */
const MOST_WAITING = 32 * 1024 * 1024;
