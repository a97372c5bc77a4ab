import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, createSecureContext } from "node:tls";
import { median, type Result } from "./result.ts";
import { nameOf, type Ready, type Usage } from "./sni-server.ts";

/**
 * 100,000 certificates on one listener of one edge process: how long until it answers, what it takes, what random names
 * do to it, and what a handshake costs beside Node's own tls.createServer with one certificate.
 */
export async function sniScale(count = 100_000): Promise<readonly Result[]> {
  const child = fork(new URL("./sni-server.ts", import.meta.url), ["serve", String(count)]);
  try {
    const [ready] = (await once(child, "message")) as [Ready];
    const plain = { child, port: ready.plainPort, names: () => nameOf(0), seconds: SECONDS };
    const one = { child, port: ready.port, names: () => nameOf(0), seconds: SECONDS };
    // As many as fit into memory: what is asked is the price of looking names up, not of opening keys.
    const some = { ...one, names: () => nameOf(Math.floor(Math.random() * WARM)) };
    await shake({ ...one, seconds: 0.5 });
    await shake({ ...plain, seconds: 0.5 });
    for (let number = 0; number < WARM; number += 1) await handshake(ready.port, nameOf(number));
    const rounds: { plain: number; one: number; some: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ plain: await shake(plain), one: await shake(one), some: await shake(some) });
    }
    const strangers = { ...one, names: () => `${Math.random()}.unknown.test` };
    await shake(strangers);
    const before = await usage(child);
    await shake({ ...strangers, seconds: 5 });
    const unknown = await usage(child);
    await shake({ ...one, names: () => nameOf(Math.floor(Math.random() * count)), seconds: 5 });
    const after = await usage(child);
    const of = (pick: (round: { plain: number; one: number; some: number }) => number): number =>
      median(rounds.map(pick));
    return [
      {
        what: `${count} certificates: until the listener answers`,
        ours: ready.millis,
        unit: "ms",
        more: false,
        against: { name: "bound", value: 2_000 },
      },
      {
        what: "memory that they take before the first handshake",
        ours: ready.memory / 2 ** 20,
        unit: "MiB",
        more: false,
      },
      {
        what: "contexts after handshakes with any of them",
        ours: after.contexts,
        unit: "kept",
        more: false,
        against: { name: "bound", value: 1_000 },
      },
      {
        what: "memory that contexts are counted as",
        ours: after.contextBytes / 2 ** 20,
        unit: "MiB",
        more: false,
        against: { name: "bound", value: 64 },
      },
      { what: "memory of the process with all of it", ours: after.memory / 2 ** 20, unit: "MiB", more: false },
      {
        what: "growth by names that nobody knows",
        ours: (unknown.memory - before.memory) / 2 ** 20,
        unit: "MiB",
        more: false,
      },
      {
        what: "keys opened for names that nobody knows",
        ours: unknown.opened - before.opened,
        unit: "keys",
        more: false,
      },
      {
        what: `full handshake, ${WARM} names in turn`,
        ours: of(({ some: cpu }) => cpu),
        unit: "us",
        more: false,
        against: { name: "one name", value: of(({ one: cpu }) => cpu) },
      },
      {
        what: "full handshake, one name",
        ours: of(({ one: cpu }) => cpu),
        unit: "us",
        more: false,
        against: { name: "tls.createServer", value: of(({ plain: cpu }) => cpu) },
      },
    ];
  } finally {
    child.kill();
  }
}

interface Shaking {
  readonly child: ChildProcess;
  readonly port: number;
  readonly names: () => string;
  readonly seconds: number;
}

/** The server's processor time for one handshake, in microseconds, refused ones included. */
async function shake({ child, port, names, seconds }: Shaking): Promise<number> {
  const before = await usage(child);
  const end = performance.now() + 1_000 * seconds;
  let count = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      await handshake(port, names());
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return ((await usage(child)).cpu - before.cpu) / count;
}

function handshake(port: number, servername: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", servername, rejectUnauthorized: false, secureContext: CLIENT });
    const done = (): void => {
      socket.destroy();
      resolve();
    };
    socket.once("secureConnect", done);
    socket.once("error", done);
  });
}

async function usage(child: ChildProcess): Promise<Usage> {
  child.send("usage");
  return ((await once(child, "message")) as [Usage])[0];
}

const CLIENT = createSecureContext({ ecdhCurve: "X25519" });
const SECONDS = 1.5;
const ROUNDS = 7;
const WARM = 500;

if (import.meta.main) {
  const { showResults } = await import("./result.ts");
  process.stdout.write(`${showResults("sni-scale", await sniScale(Number(process.argv[2] ?? 100_000)))}\n`);
}
