import { GREETING } from "../../tests/support/http2-frames.ts";
import { pieces } from "./draw.ts";
import type { Fuzzer, Outcome, Random } from "./fuzzer.ts";
import { ALLOWED } from "./http2-differences.ts";
import { drawBlockRounds, drawRounds, type Rounds } from "./http2-draw.ts";
import { ourPeer, type Peer, theirPeer } from "./http2-peers.ts";
import { ClientFrames, type Verdict, verdictOf } from "./http2-verdict.ts";

/** Frames of clients: what our server makes of them beside what node:http2 (nghttp2) does, after every few frames. */
export const http2Frames: Fuzzer = {
  what: "frames of HTTP/2: requests, bodies, trailers, ended streams and connections of our server beside node:http2's",
  attempt: async (random) => {
    const outcome = await attempt(random, drawRounds(random));
    return typeof outcome === "object" && "same" in outcome ? "same" : outcome;
  },
};

/** Header blocks. Many are judged in one case, for node:http2 takes its time to begin a connection. */
export const http2Blocks: Fuzzer = {
  what: "header blocks of HTTP/2 (HPACK): what our server reads beside what node:http2 does; each block counts",
  attempt: (random) => attempt(random, drawBlockRounds(random)),
};

async function attempt(random: Random, rounds: Rounds): Promise<Outcome> {
  const cut = rounds.map((frames) => pieces(random, Buffer.concat(frames)));
  const [ours, theirs] = [ourPeer(), theirPeer()];
  try {
    return await compareRounds(ours, theirs, cut);
  } finally {
    ours.end();
    theirs.end();
  }
}

async function compareRounds(ours: Peer, theirs: Peer, rounds: readonly (readonly Buffer[])[]): Promise<Outcome> {
  const said = new ClientFrames();
  let frames = 0;
  for (const peer of [ours, theirs]) peer.feed(GREETING);
  for (const [round, cut] of rounds.entries()) {
    said.take(Buffer.concat(cut));
    for (const peer of [ours, theirs]) for (const piece of cut) peer.feed(piece);
    await turns(4);
    let [mine, other] = [verdictOf(ours), verdictOf(theirs)];
    let stream = differing(mine, other);
    for (let patience = 20; stream !== "none" && patience > 0; patience--) {
      await turns(1); // node:http2 may not have read everything yet
      [mine, other] = [verdictOf(ours), verdictOf(theirs)];
      stream = differing(mine, other);
    }
    if (stream !== "none") {
      const difference = { ours: mine, theirs: other, stream: stream === "connection" ? undefined : stream, said };
      const allowed = Object.entries(ALLOWED).find(([, isIt]) => isIt(difference))?.[0];
      return allowed === undefined
        ? { failure: show(rounds.slice(0, round + 1), mine, other, String(stream)) }
        : { allowed };
    }
    if (mine.goaway !== undefined) return { same: frames + 1 };
    frames += said.frames.length;
    for (const peer of [ours, theirs]) peer.answer();
    await turns(3);
  }
  return { same: frames };
}

/** What they do not agree on. */
function differing(mine: Verdict, other: Verdict): number | "connection" | "none" {
  if (mine.goaway !== other.goaway) return "connection";
  if (mine.goaway !== undefined) return "none";
  const streams = new Set(
    [mine, other].flatMap(({ resets, answers, requests }) => [...resets.keys(), ...answers.keys(), ...requests.keys()]),
  );
  for (const stream of streams) {
    const [first, second] = [mine, other].map((verdict) => state(verdict, stream));
    if (first !== second) return stream;
  }
  return "none";
}

/** A stream that was reset is just that: when, and with which code, is not told apart. */
function state({ resets, answers, requests }: Verdict, stream: number): string {
  const status = answers.get(stream);
  if (status !== undefined) return String(status);
  return resets.has(stream) ? "reset" : JSON.stringify(requests.get(stream));
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}

function show(rounds: readonly (readonly Buffer[])[], mine: Verdict, other: Verdict, stream: string): string {
  const told = (verdict: Verdict): string =>
    short(
      JSON.stringify({
        ...verdict,
        resets: [...verdict.resets],
        answers: [...verdict.answers],
        requests: [...verdict.requests],
      }),
    );
  return [
    `they do not agree on ${stream === "connection" ? stream : `stream ${stream}`}`,
    ...rounds.map((cut) => `bytes  ${cut.map((piece) => short(piece.toString("hex"))).join(" ")}`),
    `ours   ${told(mine)}`,
    `theirs ${told(other)}`,
  ].join("\n");
}

function short(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}… (${text.length})` : text;
}

const MOST_SHOWN = 700;
