import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Millis, SECOND } from "#lib/duration.ts";

/** What may be said to an edge at its door. */
export type DoorWord =
  /** Drain and end. */
  | "stop"
  /** Replace the workers one after the other. */
  | "reload"
  /** Make way for another supervisor; the workers serve on until its own are ready. */
  | "replace"
  /** Who says so is a worker whose supervisor is gone; it waits to be told to `yield`. */
  | "orphan";

/** A Unix socket on which an edge says who it is, and is told what to do. */
export interface Door {
  close(): void;
}

/**
 * Opens the door; undefined when another edge has it. `greet` is the line that every visitor gets first; what `hear`
 * resolves to is a line that a word is answered with.
 */
export async function openDoor(
  path: string,
  greet: () => string,
  hear: (word: DoorWord, visitor: Socket) => Promise<string> | undefined,
): Promise<Door | undefined> {
  const server = createServer((visitor) => {
    visitor.unref();
    visitor.on("error", () => visitor.destroy());
    visitor.write(`${greet()}\n`);
    let said = "";
    visitor.setEncoding("utf8");
    visitor.on("data", (more) => {
      said += String(more);
      const lines = said.split("\n");
      said = lines.pop() ?? "";
      if (said.length > MOST_SAID) return void visitor.destroy();
      for (const word of lines.filter(isWord)) {
        hear(word, visitor)?.then(
          (answer) => visitor.write(`${answer}\n`),
          () => visitor.destroy(),
        );
      }
    });
  });
  if (!(await claim(server, path))) return undefined;
  return {
    close() {
      server.unref();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

/** Listens on a Unix socket that only one process has; false when a living one does. What a killed one left is removed. */
export async function claim(server: Server, path: string): Promise<boolean> {
  if (await listens(server, path)) return true;
  if (await answers(path)) return false;
  rmSync(path, { force: true });
  return listens(server, path);
}

/** Whether somebody listens on a Unix socket. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const visitor = connect(path, () => {
      visitor.destroy();
      resolve(true);
    });
    visitor.once("error", () => resolve(false));
  });
}

/**
 * Visits a door with a word. Resolves with the first line that answers it, with undefined when nobody is there or the
 * visit ended before.
 */
export function visit(path: string, word: DoorWord): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(path, () => socket.write(`${word}\n`));
    const silent = setTimeout(() => said === "" && socket.destroy(), GREETING).unref();
    socket.setEncoding("utf8");
    socket.on("data", (more) => {
      said += String(more);
      const [, answer, ...rest] = said.split("\n");
      if (answer === undefined || rest.length === 0) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      clearTimeout(silent);
      resolve(undefined);
    });
  });
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const fail = (): void => resolve(false);
    server.once("error", fail);
    server.listen(path, () => {
      server.off("error", fail);
      resolve(true);
    });
  });
}

function isWord(text: string): text is DoorWord {
  return text === "stop" || text === "reload" || text === "replace" || text === "orphan";
}

/** The exit code of an edge that found another in its place. */
export const ANOTHER_IS_HERE = 3;
const MOST_SAID = 64;
const GREETING: Millis = 5 * SECOND;
