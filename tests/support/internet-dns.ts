import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import packet, { type Answer, type Packet } from "dns-packet";
import { onTestFinished } from "vitest";

/** What a name server of the fake Internet says to one question; undefined: nothing, it is silent. */
export type Says = Pick<Packet, "answers" | "authorities" | "additionals"> & {
  readonly code?: number;
  readonly authoritative?: boolean;
  /** Extended DNS errors: code and text. */
  readonly because?: readonly (readonly [code: number, text: string])[];
};

export interface NameServer {
  readonly address: string;
  readonly port: number;
  /** Every question, as `A www.example.com`, in order. */
  readonly asked: string[];
}

/** A real name server on UDP and TCP, until the test ends. `at` puts it beside another one: on its port, at another address. */
export async function nameServer(
  says: (name: string, type: string, flags: number) => Says | undefined,
  at: { readonly address?: string; readonly port?: number } = {},
): Promise<NameServer> {
  const { address = "127.0.0.1", port = 0 } = at;
  const asked: string[] = [];
  const answer = (query: Buffer): Buffer | undefined => {
    const { id = 0, questions = [], flags = 0 } = packet.decode(query);
    const [question] = questions;
    if (!question) return undefined;
    asked.push(`${question.type} ${question.name}`);
    const said = says(question.name, question.type, flags);
    if (!said) return undefined;
    const { code = 0, authoritative = false, because = [], answers = [], authorities = [], additionals = [] } = said;
    const errors = because.map(([number, text]) => {
      return { code: 15, data: Buffer.concat([Buffer.of(number >> 8, number & 0xff), Buffer.from(text)]) };
    });
    const opt = { type: "OPT", name: ".", udpPayloadSize: 1232, flags: 0, options: errors };
    return packet.encode({
      type: "response",
      id,
      flags: (flags & packet.RECURSION_DESIRED) | (authoritative ? packet.AUTHORITATIVE_ANSWER : 0) | code,
      questions,
      answers,
      authorities,
      additionals: [...additionals, opt as never],
    });
  };

  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const message = answer(bytes.subarray(2));
      if (message) socket.write(Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message]));
    });
  });
  tcp.listen(port, address);
  await once(tcp, "listening");
  const bound = (tcp.address() as AddressInfo).port;
  const udp = createSocket(address.includes(":") ? "udp6" : "udp4");
  udp.bind(bound, address);
  await once(udp, "listening");
  udp.on("message", (query, from) => {
    const message = answer(query);
    if (!message) return;
    const fits = message.length <= 1232;
    udp.send(fits ? message : truncated(message), from.port, from.address);
  });
  onTestFinished(() => {
    udp.close();
    for (const socket of sockets) socket.destroy();
    tcp.close();
  });
  return { address, port: bound, asked };
}

/**
 * Says what lines of `name type data` hold, CNAMEs followed as a resolver does it, `NXDOMAIN` where there is no such name.
 * The data is as dns-packet takes it: text, or JSON for types that have several fields.
 */
export function book(...lines: readonly string[]): (name: string, type: string) => Says {
  const records = lines.map(readLine);
  return (asked, type) => {
    const answers: Answer[] = [];
    let name = asked.toLowerCase();
    for (let links = 0; links < 20; links += 1) {
      const here = records.filter((record) => record.name === name);
      const found = here.filter((record) => record.type === type);
      answers.push(...found);
      const alias = here.find((record) => record.type === "CNAME");
      if (found.length > 0 || !alias || type === "CNAME") break;
      answers.push(alias);
      name = String((alias as { data: unknown }).data);
    }
    const exists = records.some((record) => record.name === name || record.name.endsWith(`.${name}`));
    return { answers, code: exists ? 0 : 3 };
  };
}

/** A name server that speaks for what is written in its book, and for nothing else. */
export function authority(...lines: readonly string[]): (name: string, type: string) => Says {
  const known = book(...lines);
  return (name, type) => ({ ...known(name, type), authoritative: true });
}

/** What a server says that speaks for a zone above: who is asked about the zone. */
export function referral(zone: string, ...servers: readonly string[]): Says {
  return { authorities: servers.map((server) => ({ type: "NS", name: zone, data: server }) as const) };
}

function readLine(line: string): Answer {
  const [, name = "", type = "", data = ""] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
  const value: unknown = data.startsWith("{") ? JSON.parse(data) : type === "TXT" ? [data] : data;
  return { name: name.toLowerCase(), type, ttl: 60, data: value } as Answer;
}

function truncated(message: Buffer): Buffer {
  const { id = 0, questions = [] } = packet.decode(message);
  return packet.encode({ type: "response", id, flags: packet.TRUNCATED_RESPONSE, questions });
}
