import { createSocket } from "node:dgram";
import { once } from "node:events";
import packet from "dns-packet";
import type { ResolverAddress } from "#dns/resolver-address.ts";
import { openPostman, type Postman } from "#mail/postman.ts";
import { type MailServer, startMailServer } from "./mail-server.ts";

/** Where the letters of a world go: a mail server and a resolver that says who takes mail, each started when needed. */
export interface MailWorld {
  /** Hands letters to the mail server. */
  readonly postman: Postman;
  server(): Promise<MailServer>;
  /** A resolver that knows an MX record of every name but those of `silent` and `gone`, and nothing else. */
  resolver(): Promise<ResolverAddress>;
  /** Names that exist and take no mail, and names that do not exist. */
  readonly silent: Set<string>;
  readonly gone: Set<string>;
}

export function mailWorld(): MailWorld {
  let server: Promise<MailServer> | undefined;
  let resolver: Promise<ResolverAddress> | undefined;
  const silent = new Set<string>();
  const gone = new Set<string>();
  const world: MailWorld = {
    silent,
    gone,
    server: () => (server ??= startMailServer()),
    resolver: () => (resolver ??= startResolver(silent, gone)),
    postman: {
      server: "127.0.0.1:25",
      close: () => Promise.resolve(),
      send: async (letter) => {
        const { port } = await world.server();
        const address = { host: "127.0.0.1", port, implicitTls: false, user: undefined };
        const from = { name: "", address: "acm@sealkeeper.test" };
        const delivery = openPostman({ server: address, from, startTls: "never" }).send(letter);
        if (!delivery) throw new Error("a postman of its own is never busy");
        return await delivery;
      },
    },
  };
  return world;
}

async function startResolver(silent: ReadonlySet<string>, gone: ReadonlySet<string>): Promise<ResolverAddress> {
  const socket = createSocket("udp4").unref();
  socket.on("message", (message, from) => {
    const query = packet.decode(message);
    const [question] = query.questions ?? [];
    const name = question?.name.toLowerCase() ?? "";
    const takesMail = question?.type === "MX" && !silent.has(name) && !gone.has(name);
    const mx = { type: "MX", name, ttl: 60, data: { preference: 10, exchange: `mx.${name}` } } as const;
    const answer = packet.encode({
      type: "response",
      id: query.id ?? 0,
      flags: gone.has(name) ? 3 : 0,
      questions: query.questions ?? [],
      answers: takesMail ? [mx] : [],
    });
    socket.send(answer, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { address: "127.0.0.1", port: socket.address().port };
}
