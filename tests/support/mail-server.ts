import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { type ReceivedLetter, readLetter } from "./received-letter.ts";

/** A mail server that takes letters by SMTP and keeps them. */
export interface MailServer {
  readonly port: number;
  /** In the order in which they came. */
  readonly letters: ReceivedLetter[];
  /** Of each connection that began a letter, whether it was encrypted and who had logged in. */
  readonly sessions: { readonly secure: boolean; readonly user: unknown }[];
  /** What an address is answered with instead of being taken: `550 5.1.1 no such user`. */
  readonly refusals: Map<string, string>;
  close(): Promise<void>;
}

/** One that stands in clear on 127.0.0.1 unless told; does not keep the process alive. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const letters: ReceivedLetter[] = [];
  const sessions: { secure: boolean; user: unknown }[] = [];
  const refusals = new Map<string, string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.secure === true || options.key !== undefined ? [] : ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 100,
    onMailFrom(_, { secure, user }, done) {
      sessions.push({ secure, user: user === false ? undefined : user });
      done();
    },
    onRcptTo({ address }, _, done) {
      const refusal = refusals.get(address);
      done(refusal === undefined ? null : answered(refusal));
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const [to] = envelope.rcptTo;
        letters.push(readLetter(Buffer.concat(chunks).toString("latin1"), to?.address ?? ""));
        done(null, "2.0.0 taken");
      });
    },
    ...options,
  });
  server.on("error", () => {}); // clients that go away in the middle are what some tests are about
  server.listen(0, "127.0.0.1").unref();
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    letters,
    sessions,
    refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** An error that smtp-server answers with: "451 4.7.1 try later". */
export function answered(line: string): Error {
  return Object.assign(new Error(line.slice(4)), { responseCode: Number(line.slice(0, 3)) });
}
