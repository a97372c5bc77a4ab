import { FLAG, FRAME } from "#edge/http2/frame.ts";
import { http2Target } from "#edge/http2/target-connection.ts";
import type { TargetSocketHearer } from "#edge/targets/target-connection.ts";
import { block, frame, settings, word } from "../../tests/support/http2-frames.ts";
import { between, chance, pick, pieces, times } from "./draw.ts";
import type { Fuzzer, Random } from "./fuzzer.ts";
import { memorySocket } from "./memory-socket.ts";

/** Frames of targets: whatever they say, nothing is thrown, and every request hears of exactly one end. */
export const http2Answers: Fuzzer = {
  what: "frames of HTTP/2 targets: every request ends exactly once, whatever they are",
  attempt(random) {
    const target = memorySocket();
    let hearer: TargetSocketHearer | undefined;
    const socket = Object.assign(target.socket, { destroySoon: () => target.socket.destroy() });
    const connection = http2Target({ socket, hear: (who) => void (hearer = who) });
    const ends = times(between(random, 1, 4), () => {
      const heard = { heads: 0, ends: [] as string[], late: 0 };
      const end = (how: string): void => void heard.ends.push(how);
      const { body } = connection.send(
        {
          ...REQUEST,
          bodyLength: pick(random, [0, "unknown"] as const),
          method: pick(random, ["GET", "HEAD", "POST"]),
        },
        {
          informed: () => void (heard.late += heard.heads + heard.ends.length),
          answered() {
            heard.heads++;
            return {
              write: () => {
                heard.late += heard.ends.length;
                return chance(random, 0.8);
              },
              end: () => end("whole"),
              abort: () => end("aborted"),
              drained: (act) => void (chance(random, 0.5) && queueMicrotask(act)),
            };
          },
          switched: () => end("switched"),
          failed: ({ kind }) => end(kind),
        },
      );
      if (chance(random, 0.5)) body.write(Buffer.alloc(between(random, 0, 70_000)));
      if (chance(random, 0.5)) body.end();
      return heard;
    });
    const said = Buffer.concat([settings(), ...times(between(random, 1, 12), () => drawFrame(random))]);
    const shared = Buffer.alloc(65_536);
    for (const piece of pieces(random, said)) {
      for (let at = 0; at < piece.length; at += shared.length) {
        const length = piece.copy(shared, 0, at, at + shared.length);
        hearer?.received(shared, length);
        shared.fill(0xaa, 0, length);
      }
    }
    hearer?.closed(undefined);
    const wrong = ends.filter((heard) => heard.ends.length !== 1 || heard.heads > 1 || heard.late > 0);
    // A sink that was full is told the end when it has room again.
    const waits = wrong.every((heard) => heard.ends.length === 0 && heard.heads === 1 && heard.late === 0);
    if (connection.open || connection.room > 0) return { failure: `it is open: ${said.toString("hex")}` };
    return wrong.length === 0 || waits ? "same" : { failure: `${JSON.stringify(ends)}\n${said.toString("hex")}` };
  },
};

function drawFrame(random: Random): Buffer {
  const id = pick(random, [1, 1, 1, 3, 5, 7, 0, 2, 9]);
  const flags = pick(random, [0, 1, 4, 5, 4, 5, 8, 13, 255]);
  const fields = chance(random, 0.9)
    ? [[":status", pick(random, ["200", "103", "204", "304", "101", "99", "x"])] as const]
    : [];
  const head = block([...fields, ...times(between(random, 0, 2), () => pick(random, FIELDS))]);
  const one = pick(random, [
    () => frame(FRAME.headers, flags, id, head),
    () => frame(FRAME.headers, FLAG.endHeaders | pick(random, [0, 1]), id, head),
    () => frame(FRAME.data, pick(random, [0, 0, 1, 8]), id, Buffer.alloc(pick(random, [0, 1, 3, 1_000, 16_384]), 2)),
    () => word(FRAME.rstStream, id, pick(random, [0, 2, 7, 8])),
    () => word(FRAME.windowUpdate, pick(random, [0, id]), pick(random, [0, 1, 65_535, 2 ** 31 - 1])),
    () => settings([pick(random, [1, 2, 3, 4, 5]), pick(random, [0, 1, 65_535, 2 ** 31])]),
    () => frame(FRAME.goaway, 0, 0, Buffer.from([0, 0, 0, pick(random, [0, 1, 3]), 0, 0, 0, pick(random, [0, 2])])),
    () =>
      frame(
        between(random, 0, 12),
        flags,
        id,
        Buffer.from(times(between(random, 0, 12), () => between(random, 0, 255))),
      ),
  ])();
  if (chance(random, 0.9)) return one;
  one[between(random, 0, one.length - 1)] = between(random, 0, 255);
  return one;
}

const FIELDS: readonly (readonly [string, string])[] = [
  ["content-length", "3"],
  ["content-length", "0"],
  ["x-a", "b"],
  ["connection", "close"],
  ["A", "b"],
];
const REQUEST = {
  path: "/",
  host: "a.test",
  scheme: "http",
  fields: [],
  upgrade: undefined,
  wantsTrailers: true,
} as const;
