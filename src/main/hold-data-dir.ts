import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { ConfigError } from "./config-error.ts";

/**
 * Holds the data directory for this process until `release`: two control planes in one directory would take its edge
 * away from each other for ever. Rejects with ConfigError while another lives there; who was killed holds nothing.
 */
export async function holdDataDir(dataDir: string): Promise<{ release(): Promise<void> }> {
  const path = join(dataDir, "run.sock");
  const server = createServer((visitor) => visitor.on("error", () => visitor.destroy()).end(`${process.pid}`));
  server.unref();
  if (!(await listens(server, path))) {
    const holder = await ask(path);
    if (holder !== undefined)
      throw new ConfigError(`process ${holder} runs in ${dataDir} already: stop it, or choose another --data-dir`);
    rmSync(path, { force: true }); // of one that was killed
    if (!(await listens(server, path))) throw new ConfigError(`${path} cannot be made`);
  }
  return {
    async release() {
      server.close();
      await once(server, "close");
    },
  };
}

/** False when the path is taken. Rejects with ConfigError when no socket can be there, as where it is too long. */
function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(new ConfigError(`the data directory cannot be held by ${path}: ${error.message}`));
    };
    server.once("error", failed);
    server.listen(path, () => {
      server.off("error", failed);
      resolve(true);
    });
  });
}

/** The process that answers there; undefined when none does. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(path);
    socket.on("data", (more) => (said += String(more)));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.once("close", () => resolve(said === "" ? undefined : said));
  });
}

const PATIENCE = 2000;
