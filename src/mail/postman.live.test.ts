import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { SMTPServerOptions } from "smtp-server";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { answered, type MailServer, startMailServer } from "../../tests/support/mail-server.ts";
import { type Foreign, selfSigned } from "../../tests/support/self-signed.ts";
import { type Outgoing, openPostman, type Postman, type PostmanSettings } from "./postman.ts";

const LETTER: Outgoing = {
  id: "0a1b2c3d-0000-4000-8000-000000000000",
  to: "admin@example.com",
  date: new Date("2026-11-22T00:00:00Z"),
  subject: "Approve or refuse: TLS certificate for bücher.example",
  text: "Grüße\n\n.\nhttps://acm.example.com/approvals/token\n",
  html: "<p>Grüße</p>",
};

let identity: Foreign;
beforeAll(async () => {
  const [notBefore, notAfter] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 86_400_000)];
  identity = await selfSigned({ names: ["localhost"], notBefore, notAfter });
});

async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  onTestFinished(() => server.close());
  return server;
}

function tls(): SMTPServerOptions {
  return { key: identity.privateKey, cert: identity.certificate };
}

function postman({ port }: { readonly port: number }, settings: Partial<PostmanSettings> = {}, user?: string): Postman {
  return openPostman({
    server: { host: "localhost", port, implicitTls: false, user },
    from: { name: "Certificates", address: "acm@sealkeeper.test" },
    startTls: "never",
    ...settings,
  });
}

describe("a letter", () => {
  test("arrives whole, with a date, a name for ever, and the mark of a machine, and without a place for replies", async () => {
    const server = await mailServer();
    expect(await postman(server).send(LETTER)).toEqual({ kind: "delivered", answer: "250 2.0.0 taken" });
    const [letter] = server.letters;
    expect(letter?.to).toBe("admin@example.com");
    expect(letter?.text).toBe(LETTER.text);
    expect(letter?.html).toContain("<p>Grüße</p>");
    const header = (name: string): string | undefined => letter?.headers.get(name);
    expect(header("date")).toBe("Sun, 22 Nov 2026 00:00:00 +0000");
    expect(header("message-id")).toBe(`<${LETTER.id}@sealkeeper.test>`);
    expect(header("from")).toBe("Certificates <acm@sealkeeper.test>");
    expect(header("to")).toBe("admin@example.com");
    expect(header("auto-submitted")).toBe("auto-generated");
    expect(header("mime-version")).toBe("1.0");
    for (const absent of ["reply-to", "x-mailer", "bcc", "return-receipt-to"]) expect(header(absent)).toBeUndefined();
  });

  test("that is sent twice has the same name", async () => {
    const server = await mailServer();
    await postman(server).send(LETTER);
    await postman(server).send(LETTER);
    const [first, second] = server.letters.map(({ headers }) => headers.get("message-id"));
    expect(first).toBe(second);
  });

  test("that the server refuses for good is refused, in its words", async () => {
    const server = await mailServer();
    server.refusals.set("admin@example.com", "550 5.1.1 no such user");
    expect(await postman(server).send(LETTER)).toEqual({ kind: "refused", answer: "550 5.1.1 no such user" });
    const content = await mailServer({
      onData(stream, _, done) {
        stream.resume().on("end", () => done(answered("554 5.7.1 looks like spam")));
      },
    });
    expect(await postman(content).send(LETTER)).toEqual({ kind: "refused", answer: "554 5.7.1 looks like spam" });
  });

  test("that the server cannot take now is deferred", async () => {
    const server = await mailServer();
    server.refusals.set("admin@example.com", "451 4.7.1 greylisted, try again");
    expect(await postman(server).send(LETTER)).toEqual({ kind: "deferred", answer: "451 4.7.1 greylisted, try again" });
    server.refusals.clear();
    expect(await postman(server).send(LETTER)).toMatchObject({ kind: "delivered" });
  });
});

describe("a mail server", () => {
  test("that nobody listens at, or whose name leads nowhere, defers a letter", async () => {
    const server = await mailServer();
    await server.close();
    expect(await postman(server).send(LETTER)).toEqual({
      kind: "deferred",
      answer: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("that turns everybody away defers a letter, even for good: it is not about this letter", async () => {
    const server = await mailServer({ onConnect: (_, done) => done(answered("554 5.3.2 closed")) });
    expect(await postman(server).send(LETTER)).toEqual({ kind: "deferred", answer: "554 5.3.2 closed" });
  });

  test.for<[string, (socket: Socket) => void]>([
    ["is silent", () => {}],
    ["babbles", (socket) => void socket.write("x".repeat(100_000))],
    ["greets with something else", (socket) => void socket.write("HTTP/1.1 200 OK\r\n\r\n")],
    ["hangs up", (socket) => socket.end()],
    ["stops in the middle", (socket) => socket.write("220 hello\r\n") && socket.once("data", () => socket.destroy())],
    [
      "drips for ever",
      (socket) => {
        const drip = setInterval(() => socket.write("220-hello\r\n"), 20).unref();
        socket.on("close", () => clearInterval(drip)).on("error", () => {});
      },
    ],
  ])("that %s defers a letter within its time", async ([, behave]) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      behave(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address() as AddressInfo;
    const began = performance.now();
    expect(await postman(address, { patience: 400 }).send(LETTER)).toMatchObject({ kind: "deferred" });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("that is slow does not hold up the end: what is on its way gets a moment, what comes gets no connection", async () => {
    const server = await mailServer({
      onData(stream, _, done) {
        stream.resume().on("end", () => setTimeout(done, 300));
      },
    });
    const sender = postman(server);
    const delivery = sender.send(LETTER);
    const closed = sender.close();
    expect(sender.send(LETTER)).toBeUndefined();
    await closed;
    expect(await delivery).toMatchObject({ kind: "delivered" });

    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const waiting = postman(silent.address() as AddressInfo);
    const never = waiting.send(LETTER);
    const began = performance.now();
    await waiting.close();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await never).toEqual({ kind: "deferred", answer: "cut short: this node was stopped" });
  });

  test("is given a few letters at a time", async () => {
    const server = await mailServer();
    const sender = postman(server);
    const sent = Array.from({ length: 7 }, () => sender.send(LETTER));
    expect(sent.map((delivery) => delivery === undefined)).toEqual([...Array<boolean>(6).fill(false), true]);
    for (const delivery of sent) await delivery;
    expect(server.letters).toHaveLength(6);
    expect(await sender.send(LETTER)).toMatchObject({ kind: "delivered" });
  });
});

describe("encryption", () => {
  test("is insisted on: a server without STARTTLS gets no letter", async () => {
    const server = await mailServer();
    expect(await postman(server, { startTls: "required" }).send(LETTER)).toMatchObject({ kind: "deferred" });
    expect(server.letters).toEqual([]);
  });

  test("by STARTTLS, to a server whose certificate is trusted", async () => {
    const server = await mailServer(tls());
    const settings = { startTls: "required", ca: identity.certificate } as const;
    expect(await postman(server, settings).send(LETTER)).toMatchObject({ kind: "delivered" });
    expect(server.sessions).toEqual([{ secure: true, user: undefined }]);
  });

  test("from the first byte", async () => {
    const server = await mailServer({ ...tls(), secure: true });
    const address = { host: "localhost", port: server.port, implicitTls: true, user: undefined };
    const settings = { server: address, startTls: "required", ca: identity.certificate } as const;
    expect(await postman(server, settings).send(LETTER)).toMatchObject({ kind: "delivered" });
    expect(server.sessions).toEqual([{ secure: true, user: undefined }]);
  });

  test("is not done with a server whose certificate is not trusted", async () => {
    const server = await mailServer(tls());
    expect(await postman(server, { startTls: "required" }).send(LETTER)).toEqual({
      kind: "deferred",
      answer: expect.stringContaining("self-signed certificate"),
    });
    expect(server.letters).toEqual([]);
  });

  test("is used where it is offered, and done without where it is not, when that was allowed", async () => {
    const [with_, without] = [await mailServer(tls()), await mailServer()];
    const settings = { startTls: "offered", ca: identity.certificate } as const;
    await postman(with_, settings).send(LETTER);
    await postman(without, settings).send(LETTER);
    expect([...with_.sessions, ...without.sessions].map(({ secure }) => secure)).toEqual([true, false]);
  });
});

describe("a login", () => {
  const login: SMTPServerOptions = {
    authOptional: false,
    onAuth({ username, password }, _, done) {
      if (username === "me@example.com" && password === "secret") done(null, { user: username });
      else done(answered("535 5.7.8 wrong"));
    },
  };

  test("with the right password lets letters in", async () => {
    const server = await mailServer({ ...tls(), ...login });
    const settings = { startTls: "required", ca: identity.certificate, password: "secret" } as const;
    expect(await postman(server, settings, "me@example.com").send(LETTER)).toMatchObject({ kind: "delivered" });
    expect(server.sessions).toEqual([{ secure: true, user: "me@example.com" }]);
  });

  test("that is refused defers a letter and shows no password", async () => {
    const server = await mailServer({ ...tls(), ...login });
    const settings = { startTls: "required", ca: identity.certificate, password: "wr0ng-pa55" } as const;
    const delivery = await postman(server, settings, "me@example.com").send(LETTER);
    expect(delivery).toEqual({ kind: "deferred", answer: expect.stringMatching(/^535 /) });
    expect(JSON.stringify(delivery)).not.toContain("wr0ng-pa55");
  });
});
