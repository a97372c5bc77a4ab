import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { randomIds } from "#lib/ids.ts";
import { type IpNetwork, parseIpNetwork } from "#lib/ip-network.ts";
import { book, type NameServer, nameServer } from "../../tests/support/internet-dns.ts";
import { selfSigned } from "../../tests/support/self-signed.ts";
import { zoneWorld } from "../../tests/support/zone-world.ts";
import { type HttpDeps, type HttpToken, lookUpHttp } from "./http.ts";

const PATH = "/.well-known/pki-validation/0123456789abcdef0123456789abcdef.txt";
const TOKEN: HttpToken = {
  redirectFrom: `http://www.example.com${PATH}`,
  redirectTo: `https://keeper.example.net/abcdef012345${PATH}`,
  content: "c0ffee".repeat(8),
};
const LOOPBACK = ["127.0.0.0/8", "::1"].map((text) => parseIpNetwork(text)!);

interface Setting {
  readonly port: number;
  readonly https?: number;
  readonly lines?: readonly string[];
  readonly networks?: readonly IpNetwork[];
  readonly perspectives?: readonly NameServer[];
}

async function look({ port, https = port, lines, networks = LOOPBACK, perspectives }: Setting) {
  const own = await zoneWorld();
  onTestFinished(() => own[Symbol.asyncDispose]());
  const world = await nameServer(book(...(lines ?? ["www.example.com A 127.0.0.1", "example.com A 127.0.0.1"])));
  const deps: HttpDeps = {
    ...own,
    resolvers: [world],
    perspectives: perspectives?.map((one) => [one]),
    ids: randomIds,
    patience: 300,
    httpValidationNetworks: networks,
    webPorts: { http: port, https },
  };
  return { world, finding: await lookUpHttp(TOKEN, deps) };
}

/** A web server on a free port, until the test ends. */
async function web(listener: RequestListener, address = "127.0.0.1"): Promise<number> {
  const server = createServer(listener);
  server.listen(0, address);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Whatever connects gets these bytes, and then silence. */
async function raw(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const says = (status: number, body = "", headers: Readonly<Record<string, string>> = {}): RequestListener => {
  return (_, response) => response.writeHead(status, headers).end(body);
};
const to = (location: string): RequestListener => says(302, "", { location });

describe("a token", () => {
  test("is found with its content, and white space around it", async () => {
    const requests: IncomingMessage[] = [];
    const port = await web((request, response) => {
      requests.push(request);
      response.end(` ${TOKEN.content}\r\n`);
    });
    const { finding } = await look({ port });
    expect(finding).toEqual({
      found: true,
      lookups: [
        { name: "www.example.com", type: "AAAA", server: expect.any(String), failure: "has no such record" },
        { name: "www.example.com", type: "A", server: expect.any(String), answer: "127.0.0.1" },
        { name: TOKEN.redirectFrom, type: "GET", server: `127.0.0.1:${port}`, answer: "200 with 51 bytes" },
      ],
    });
    expect(requests[0]).toMatchObject({ method: "GET", url: PATH, headers: { host: "www.example.com" } });
  });

  test("is not looked for where 303 leads, as the Baseline Requirements have it (section 3.2.2.4.18)", async () => {
    const port = await web(says(303, "", { location: TOKEN.redirectTo }));
    const { finding } = await look({ port });
    expect(finding.found).toBe(false);
    expect(finding.reason).toContain("answers 303");
  });

  test.for([301, 302, 307, 308])(
    "is found where a redirect with %i leads to us, without going there",
    async (status) => {
      const port = await web(says(status, "", { location: TOKEN.redirectTo }));
      const { finding } = await look({ port });
      expect(finding.found).toBe(true);
      expect(finding.lookups.at(-1)?.answer).toMatch(/^30\d to https:\/\/keeper\.example\.net/);
    },
  );

  test("is found over redirects to other names, and to https with a certificate that nobody trusts", async () => {
    const foreign = await selfSigned({ names: ["www.example.com"] });
    const secure = createTlsServer({ cert: foreign.certificate, key: foreign.privateKey }, (_, response) => {
      response.end(TOKEN.content);
    });
    secure.listen(0, "127.0.0.1");
    await once(secure, "listening");
    onTestFinished(() => void secure.close());
    const port = await web((request, response) => {
      const location = request.headers.host === "www.example.com" ? "//example.com/x?y=1" : "https://www.example.com/z";
      response.writeHead(301, { location }).end();
    });
    const { finding } = await look({ port, https: (secure.address() as AddressInfo).port });
    expect(finding.found).toBe(true);
    expect(finding.lookups.filter(({ type }) => type === "GET").map(({ name }) => name)).toEqual([
      TOKEN.redirectFrom,
      "http://example.com/x?y=1",
      "https://www.example.com/z",
    ]);
  });

  test("is fetched over IPv6 first, and over IPv4 where nobody listens there", async () => {
    const lines = ["www.example.com A 127.0.0.1", "www.example.com AAAA ::1"];
    const six = await web(says(200, TOKEN.content), "::1");
    const first = await look({ port: six, lines });
    expect(first.finding.lookups.at(-1)).toMatchObject({ server: `[::1]:${six}` });
    const four = await web(says(200, TOKEN.content));
    const second = await look({ port: four, lines });
    expect(second.finding.found).toBe(true);
    expect(second.finding.lookups.slice(-2)).toMatchObject([
      { server: `[::1]:${four}`, failure: "refused the connection" },
      { server: `127.0.0.1:${four}`, answer: "200 with 48 bytes" },
    ]);
  });

  test("must be seen by every one of two perspectives", async () => {
    const port = await web(says(200, TOKEN.content));
    const right = await nameServer(book("www.example.com A 127.0.0.1"));
    const forged = await nameServer(book("www.example.com A 127.0.0.2"));
    expect((await look({ port, perspectives: [right, right] })).finding.found).toBe(true);
    expect((await look({ port, perspectives: [right, forged] })).finding.reason).toMatch(
      /^The perspectives disagree .* 127\.0\.0\.2:\d+ refused the connection\.$/,
    );
  });
});

describe("the reason why a token is not found", () => {
  test.for<[string, RequestListener, RegExp]>([
    [
      "other content",
      says(200, "<html>\u0001hello"),
      / has other content \("<html> hello"\): it must have exactly what https:/,
    ],
    ["the token and more", says(200, `${TOKEN.content} x`), /has other content/],
    ["no content", says(200), /0123456789abcdef\.txt is empty: it must have exactly/],
    ["a missing page", says(404), / answers 404 \(127\.0\.0\.1:\d+\); it must answer 200, or redirect to https:/],
    ["a server error", says(503), / answers 503 /],
    ["a redirect to nowhere", says(302), /redirects to nowhere .*: its Location header is missing\.$/],
    ["a redirect that is no URL", to("http://"), /its Location header is not a URL\.$/],
    ["a redirect to a file", to("file:///etc/passwd"), /which is neither http nor https\.$/],
    ["a redirect with a password", to("http://user:pass@example.com/"), /which has a user name or a password in it\.$/],
    ["a redirect to a port", to("http://example.com:8080/"), /which is on another port than 80 and 443\.$/],
    ["a redirect to an address", to("http://127.0.0.1/"), /which has an address in place of a name\.$/],
    ["a redirect to an address in disguise", to("http://0x7f000001/"), /which has an address in place of a name\.$/],
    ["a redirect to an IPv6 address", to("http://[::1]/"), /which has an address in place of a name\.$/],
    ["a redirect to a host without dots", to("http://localhost/"), /whose host is not a domain name\.$/],
    ["redirects in a circle", to(TOKEN.redirectFrom), /^More than 5 redirects follow one another from http:/],
    [
      "a redirect to a name that is not there",
      to("http://no.example.org/"),
      /^no\.example\.org has neither an A nor an AAAA record\.$/,
    ],
    ["a body without end", (_, response) => endless(response), /answered with more than 16384 bytes/],
    ["headers without end", says(200, "", { x: "x".repeat(20_000) }), /answered with headers that are too long/],
    [
      "a connection that is closed",
      (request) => void request.socket.destroy(),
      /closed the connection without an answer/,
    ],
  ])("is %s", async ([, listener, reason]) => {
    const { finding } = await look({ port: await web(listener) });
    expect(finding.found).toBe(false);
    expect(finding.reason).toMatch(reason);
  });

  test("is that nobody listens, and nothing speaks HTTP", async () => {
    const closed = await raw((socket) => void socket.destroy());
    expect((await look({ port: closed })).finding.reason).toContain("closed the connection without an answer");
    const babble = await raw((socket) => void socket.write("babble\r\n\r\n"));
    expect((await look({ port: babble })).finding.reason).toContain("answered something that is not HTTP");
  });

  test("is that the domain has no address, or that it could not be looked up", async () => {
    expect((await look({ port: 1, lines: ["example.com A 192.0.2.1"] })).finding.reason).toBe(
      "www.example.com has neither an A nor an AAAA record.",
    );
    const down = await nameServer(() => ({ code: 2 }));
    expect((await look({ port: 1, perspectives: [down] })).finding.reason).toMatch(
      /^The addresses of www\.example\.com could not be looked up: 127\.0\.0\.1:\d+ answered SERVFAIL\.$/,
    );
  });

  test("is that a server dribbles: it is not waited for longer than ten seconds", { timeout: 20_000 }, async () => {
    const dribble = await raw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write("x: y\r\n"), 200);
      socket.on("close", () => clearInterval(timer));
    });
    const before = performance.now();
    expect((await look({ port: dribble })).finding.reason).toContain("did not answer in time");
    expect(performance.now() - before).toBeLessThan(12_000);
  });
});

describe("an address that strangers must not make us ask", () => {
  test.for([
    ["127.0.0.1", "a loopback address"],
    ["10.0.0.1", "a private address"],
    ["192.168.1.1", "a private address"],
    ["172.31.0.1", "a private address"],
    ["169.254.169.254", "a link-local address"],
    ["100.100.100.200", "a carrier's internal address"],
    ["168.63.129.16", "a cloud's metadata service"],
    ["0.0.0.0", "an address of this network"],
    ["255.255.255.255", "a reserved address"],
    ["::1", "a loopback address"],
    ["::ffff:127.0.0.1", "not a public address"],
    ["::7f00:1", "not a public address"],
    ["fd00:ec2::254", "a private address"],
    ["fe80::1", "a link-local address"],
    ["64:ff9b::7f00:1", "not a public address"],
    ["2002:7f00:1::", "a special address"],
    ["2001:0:7f00:1::", "a special address"],
  ])("%s is not asked: it is %s", async ([address, what]) => {
    const connections: Socket[] = [];
    const port = await raw((socket) => void connections.push(socket));
    const type = address!.includes(":") ? "AAAA" : "A";
    const { finding } = await look({ port, lines: [`www.example.com ${type} ${address}`], networks: [] });
    expect(finding.reason).toContain(`is ${what} and is not asked (see the setting http-validation-networks)`);
    expect(finding.lookups.at(-1)).toMatchObject({ type: "GET", failure: expect.stringContaining("not asked") });
    expect(connections).toEqual([]);
  });

  test("is not asked after a redirect either", async () => {
    const port = await web(to("http://inside.example.com/admin"));
    const lines = ["www.example.com A 127.0.0.1", "inside.example.com A 127.0.0.2"];
    const { finding } = await look({ port, lines, networks: [parseIpNetwork("127.0.0.1/32")!] });
    expect(finding.reason).toContain("127.0.0.2 is a loopback address and is not asked");
  });

  test("is not reached by answering differently the second time: what was checked is what is connected to", async () => {
    let answers = 0;
    const rebinding = await nameServer((name, type) => {
      if (type !== "A") return { code: 0 };
      answers += 1;
      return { answers: [{ type: "A", name, data: answers === 1 ? "127.0.0.1" : "127.0.0.2" }] };
    });
    const port = await web(says(200, TOKEN.content));
    const { finding } = await look({ port, perspectives: [rebinding], networks: [parseIpNetwork("127.0.0.1")!] });
    expect(finding.found).toBe(true);
    expect(answers).toBe(1);
  });

  test("leaves the other addresses of the name", async () => {
    const port = await web(says(200, TOKEN.content));
    const lines = ["www.example.com AAAA fe80::1", "www.example.com A 127.0.0.1"];
    expect((await look({ port, lines })).finding.found).toBe(true);
  });
});

function endless(response: ServerResponse): void {
  const chunk = "x".repeat(4096);
  const timer = setInterval(() => response.write(chunk), 1);
  response.on("close", () => clearInterval(timer));
}
