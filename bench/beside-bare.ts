import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { median, type Result } from "./result.ts";
import { type Load, wrk } from "./wrk.ts";

/** Signed calls through the whole front door, and a bare node:http server with the same answer, measured in turn. */
export async function besideBare(
  what: string,
  request: Pick<Load, "url" | "headers"> & { body: string },
): Promise<Result> {
  const answer = await fetch(request.url, { method: "POST", headers: { ...request.headers }, body: request.body });
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);
  const bare = createServer((incoming, response) => {
    incoming.resume().once("end", () => {
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": body.length })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
  try {
    const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
    const load = { ...request, method: "POST", connections: 16, seconds: 3 };
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const mine = await wrk(load);
      if (mine.failed > 0) throw new Error(`${mine.failed} calls failed`);
      ours.push(mine.perSecond);
      theirs.push((await wrk({ ...load, url: bareUrl })).perSecond);
    }
    const against = { name: "bare node:http", value: median(theirs) };
    return { what: `signed ${what}, 16 connections`, ours: median(ours), unit: "req/s", against, more: true };
  } finally {
    bare.close();
  }
}

const ROUNDS = 3;
