import { setPriority } from "node:os";
import { exit, stdin, stdout } from "node:process";
import { DATA_KEY_BYTES, makeWrapped } from "#custody/wrapped-key.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { writeKeyFrame } from "./key-maker-frames.ts";

// A process of its own that makes RSA keys in advance, at the lowest priority and one at a time. It is given a data key
// on its standard input (never in its arguments or environment), then one byte for each key that is wanted, and answers
// each with a frame on its standard output. When its input ends, because it is done or the control plane died, it ends.
setPriority(19);
stdout.on("error", () => exit()); // nobody reads any more
const orders: AsyncIterator<Buffer> = stdin[Symbol.asyncIterator]();
await run();

async function run(): Promise<void> {
  const first = await readDataKey();
  if (!first) return;
  using dataKey = first.dataKey;
  let wanted = first.rest;
  for (;;) {
    for (; wanted > 0; wanted--) {
      stdout.write(writeKeyFrame(await makeWrapped(dataKey)));
    }
    const { value, done } = await orders.next();
    if (done) return;
    wanted = value.length;
  }
}

/** The data key, and how many orders came with it. */
async function readDataKey(): Promise<{ readonly dataKey: PlaintextKey; readonly rest: number } | undefined> {
  const bytes = Buffer.alloc(DATA_KEY_BYTES);
  for (let read = 0; ; ) {
    const { value, done } = await orders.next();
    if (done) return undefined;
    value.copy(bytes, read);
    read += value.length;
    if (read >= DATA_KEY_BYTES) {
      value.fill(0);
      return { dataKey: new PlaintextKey(bytes), rest: read - DATA_KEY_BYTES };
    }
    value.fill(0);
  }
}
