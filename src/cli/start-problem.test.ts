import { expect, test } from "vitest";
import { startProblem } from "./start-problem.ts";

const config = {
  listen: { host: "127.0.0.1", port: 4566 },
  dns: { host: "127.0.0.1", port: 10053 },
  "data-dir": "/srv/sk",
};
const failure = (facts: object): Error => Object.assign(new Error("listen EADDRINUSE: address already in use"), facts);

test.for([
  [
    { code: "EADDRINUSE", syscall: "listen", address: "127.0.0.1", port: 4566 },
    "127.0.0.1:4566 is taken already, by another Sealkeeper or another program; choose another place with --listen HOST:PORT",
  ],
  [
    { code: "EACCES", syscall: "bind", address: "::1", port: 10053 },
    "[::1]:10053 is not allowed to this user; choose another place with --dns HOST:PORT",
  ],
  [
    { code: "EACCES", syscall: "mkdir", path: "/srv/sk" },
    "/srv/sk: this user may not use it (data directory: /srv/sk)",
  ],
  [
    { code: "ENOENT", syscall: "open", path: "/etc/phrase" },
    "/etc/phrase: there is no such file or directory (data directory: /srv/sk)",
  ],
  [
    { code: "ECONNREFUSED", syscall: "connect", message: "connect ECONNREFUSED 127.0.0.1:1" },
    "the database cannot be reached: connect ECONNREFUSED 127.0.0.1:1",
  ],
  [
    { code: "ERR_SQLITE_ERROR", errcode: 14 },
    "the database cannot be opened: this user may not write in its directory (data directory: /srv/sk)",
  ],
  [{ message: "everybody may write in /srv/sk" }, "everybody may write in /srv/sk"],
] as [object, string][])("%j becomes a sentence with the way out", ([facts, sentence]) => {
  expect(startProblem(failure(facts), config)).toBe(sentence);
});
