import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  Client,
  credentials,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from "@grpc/grpc-js";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { debian } from "../support/debian.ts";
import { balancer, FORWARD, targetGroup } from "../support/edge-config.ts";
import { edgeWorld, type MadeCertificate } from "../support/edge-world.ts";

// Clients of others against an Application Load Balancer: what each of them speaks is spoken, and nothing is lost.

beforeAll(() => debian("curl", "nghttp2-client", "wrk", "chromium"));

/** An ALB for a.test in front of an application of the test's own. */
async function front(answer: RequestListener): Promise<Front> {
  const app = createServer(answer);
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  onTestFinished(() => {
    app.closeAllConnections();
    app.close();
  });
  return { ...(await balanced((app.address() as AddressInfo).port)), app };
}

interface Front {
  readonly port: number;
  readonly origin: string;
  readonly certificate: MadeCertificate;
  readonly app?: ReturnType<typeof createServer>;
}

async function balanced(target: number, group: Parameters<typeof targetGroup>[1] = {}): Promise<Front> {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  const check = targetGroup([target], group);
  const healthCheck = { ...check.healthCheck, enabled: false };
  const targetGroups = [{ ...check, healthCheck }];
  await world.put(balancer({ certificates: [certificate.arn], defaultRule: FORWARD }, { targetGroups }));
  const port = await world.port();
  return { port, origin: `https://a.test:${port}`, certificate };
}

async function run(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, [...args], { maxBuffer: 64 * 2 ** 20 });
  return stdout + stderr;
}

const curl = ({ port, origin }: Front, path: string, ...args: readonly string[]): Promise<string> =>
  run("curl", "-sS", "-k", "--max-time", "20", "--resolve", `a.test:${port}:127.0.0.1`, ...args, `${origin}${path}`);

/** Says what it was asked, and how many bytes came with it. */
const told: RequestListener = (request, response) => {
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
  });
  request.on("end", () => response.end(`${request.method} ${request.url} ${length}`));
};

describe("curl", () => {
  test.for(["--http1.0", "--http1.1", "--http2"])("%s: GET, HEAD, PUT and a form", async (version) => {
    const directory = mkdtempSync(join(tmpdir(), "sealkeeper-curl-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, "file");
    writeFileSync(file, randomBytes(3_000_000));
    const at = await front(told);
    expect(await curl(at, "/a?b=c", version)).toBe("GET /a?b=c 0");
    expect(await curl(at, "/", version, "-I")).toMatch(/^HTTP\/[\d.]+ 200/);
    expect(await curl(at, "/up", version, "-T", file)).toBe("PUT /up 3000000");
    expect(await curl(at, "/form", version, "-d", "x=1")).toBe("POST /form 3");
  });

  test("waits for 100 Continue, and sends chunks", async () => {
    const at = await front(told);
    const said = await curl(at, "/", "--http1.1", "-v", "-H", "Expect: 100-continue", "-d", "body");
    expect(said).toContain("HTTP/1.1 100 Continue");
    expect(said).toContain("POST / 4");
    expect(await curl(at, "/", "--http1.1", "-H", "Transfer-Encoding: chunked", "-d", "body")).toBe("POST / 4");
  });

  test("gets a range, and a body that ends in the middle is seen to have", async () => {
    const at = await front((request, response) => {
      if (request.url === "/range") return void response.writeHead(206, { "Content-Range": "bytes 0-1/9" }).end("ab");
      response.writeHead(200, { "Content-Length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });
    expect(await curl(at, "/range", "-r", "0-1")).toBe("ab");
    for (const version of ["--http1.1", "--http2"]) {
      await expect(curl(at, "/cut", version)).rejects.toMatchObject({ code: expect.toBeOneOf([18, 56, 92]) });
    }
  });
});

describe("load", () => {
  test("h2load: 20,000 requests in many streams, none failed", async () => {
    const at = await front((_, response) => response.end("x".repeat(500)));
    const said = await run("h2load", "-n20000", "-c20", "-m50", `https://127.0.0.1:${at.port}/`);
    expect(said).toContain("20000 total, 20000 started, 20000 done, 20000 succeeded, 0 failed, 0 errored, 0 timeout");
    expect(said).toContain("status codes: 20000 2xx");
  });

  test("wrk: two seconds on kept connections, none failed", async () => {
    const at = await front((_, response) => response.end("x".repeat(500)));
    const said = await run("wrk", "-t1", "-c50", "-d2s", `https://127.0.0.1:${at.port}/`);
    expect(said).not.toMatch(/Non-2xx|Socket errors/);
    expect(Number(/(\d+) requests in/.exec(said)?.[1])).toBeGreaterThan(500);
  });

  test("nghttp: an upload with trailers", async () => {
    const at = await front((request, response) => {
      request.resume();
      request.on("end", () => response.end(JSON.stringify(request.trailers)));
    });
    const directory = mkdtempSync(join(tmpdir(), "sealkeeper-nghttp-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, "body"), randomBytes(200_000));
    const args = [
      "--no-content-length",
      "-d",
      join(directory, "body"),
      "--trailer",
      "x-checksum: 1234",
      "-H",
      ":authority: a.test",
    ];
    expect(await run("nghttp", ...args, `https://127.0.0.1:${at.port}/`)).toContain('{"x-checksum":"1234"}');
  });
});

describe("WebSocket", () => {
  test("messages of any size go both ways, and the end is told with its reason", async () => {
    const at = await front(told);
    const server = new WebSocketServer({ server: at.app as never });
    onTestFinished(() => server.close());
    server.on("connection", (socket) =>
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
    );
    const client = new WebSocket(`wss://127.0.0.1:${at.port}/`, [], {
      servername: "a.test",
      rejectUnauthorized: false,
    } as object);
    await once(client, "open");
    for (const size of [0, 1, 125, 126, 70_000, 2_000_000]) {
      const message = randomBytes(size);
      const answer = once(client, "message");
      client.send(message);
      const [echoed] = (await answer) as [Buffer];
      expect(echoed.equals(message)).toBe(true);
    }
    client.close(4001, "enough");
    const [code, reason] = (await once(client, "close")) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4001, "enough"]);
  });
});

describe("gRPC", () => {
  const text = { serialize: (value: string) => Buffer.from(value), deserialize: (bytes: Buffer) => bytes.toString() };
  const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
    path: `/test.Words/${path}`,
    requestStream,
    responseStream,
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
  });
  const WORDS: ServiceDefinition = {
    echo: method("Echo", false, false),
    count: method("Count", true, false),
    repeat: method("Repeat", false, true),
    chat: method("Chat", true, true),
  };

  async function words(): Promise<Client> {
    const server = new Server();
    const echo: handleUnaryCall<string, string> = ({ request, metadata }, answer) => {
      if (request === "fail") return answer({ code: status.FAILED_PRECONDITION, details: "not now" });
      answer(null, `${request} ${String(metadata.get("x-word"))}`);
    };
    const count: handleClientStreamingCall<string, string> = (call, answer) => {
      let heard = 0;
      call.on("data", () => heard++);
      call.on("end", () => answer(null, String(heard)));
    };
    const repeat: handleServerStreamingCall<string, string> = (call) => {
      for (let i = 0; i < 100; i++) call.write(call.request.repeat(1000));
      call.end();
    };
    const chat: handleBidiStreamingCall<string, string> = (call) => {
      call.on("data", (word: string) => call.write(word.toUpperCase()));
      call.on("end", () => call.end());
    };
    server.addService(WORDS, { echo, count, repeat, chat });
    const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", ServerCredentials.createInsecure());
    onTestFinished(() => server.forceShutdown());
    const at = await balanced(port, { protocolVersion: "GRPC" });
    const root = Buffer.from(at.certificate.pem);
    const options = { "grpc.ssl_target_name_override": "a.test", "grpc.default_authority": "a.test" };
    const client = new Client(`127.0.0.1:${at.port}`, credentials.createSsl(root), options);
    onTestFinished(() => client.close());
    return client;
  }
  const { serialize, deserialize } = text;

  test("a unary call, its metadata, and a status that is no success", async () => {
    const client = await words();
    const metadata = new Metadata();
    metadata.set("x-word", "world");
    const ask = (word: string): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest("/test.Words/Echo", serialize, deserialize, word, metadata, (error, answer) =>
          error ? reject(error) : resolve(answer),
        );
      });
    expect(await ask("hello")).toBe("hello world");
    await expect(ask("fail")).rejects.toMatchObject({ code: status.FAILED_PRECONDITION, details: "not now" });
    expect(await Promise.all(Array.from({ length: 50 }, (_, i) => ask(String(i))))).toHaveLength(50);
  });

  test("streams to the server, from it, and both at once", async () => {
    const client = await words();
    const counted = new Promise((resolve, reject) => {
      const call = client.makeClientStreamRequest("/test.Words/Count", serialize, deserialize, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
      for (let i = 0; i < 500; i++) call.write("word".repeat(50));
      call.end();
    });
    expect(await counted).toBe("500");
    const repeated: string[] = [];
    const stream = client.makeServerStreamRequest("/test.Words/Repeat", serialize, deserialize, "abc");
    for await (const word of stream) repeated.push(word as string);
    expect(repeated).toHaveLength(100);
    const chat = client.makeBidiStreamRequest("/test.Words/Chat", serialize, deserialize);
    for (const word of ["one", "two", "three"]) {
      const answered = once(chat, "data");
      chat.write(word);
      expect((await answered)[0]).toBe(word.toUpperCase());
    }
    chat.end();
    await once(chat, "end");
  });

  test("a call that is cancelled ends at the server, too", async () => {
    const client = await words();
    const chat = client.makeBidiStreamRequest("/test.Words/Chat", serialize, deserialize);
    const answered = once(chat, "data");
    chat.write("one");
    await answered;
    const ended = once(chat, "error");
    chat.cancel();
    expect((await ended)[0]).toMatchObject({ code: status.CANCELLED });
  });
});

test("Chromium loads a page with fifty parts over HTTP/2, and sends a form of two megabytes", async () => {
  const at = await front((request, response) => {
    if (request.method === "POST") return told(request, response);
    response.setHeader("content-type", request.url === "/" ? "text/html" : "text/javascript");
    const scripts = Array.from({ length: 50 }, (_, i) => `<script src="/part-${i}.js"></script>`).join("");
    response.end(
      request.url === "/" ? `<!doctype html><title>page</title>${scripts}` : "window.parts = (window.parts ?? 0) + 1;",
    );
  });
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--ignore-certificate-errors", `--host-resolver-rules=MAP a.test 127.0.0.1`],
  });
  onTestFinished(() => browser.close());
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(`${at.origin}/`);
  expect(await page.evaluate("window.parts")).toBe(50);
  const protocols = await page.evaluate(
    "[...new Set(performance.getEntriesByType('resource').map((entry) => entry.nextHopProtocol))]",
  );
  expect(protocols).toEqual(["h2"]);
  const posted = `fetch("/form", { method: "POST", body: new Uint8Array(2_000_000) }).then((answer) => answer.text())`;
  expect(await page.evaluate(posted)).toBe("POST /form 2000000");
});
