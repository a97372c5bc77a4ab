import { readSync } from "node:fs";
import { Socket } from "node:net";
import { argv, exit } from "node:process";
import { localVault, type RootOpener } from "#custody/local-vault.ts";
import { tokenRoot } from "#custody/pkcs11-root.ts";
import { answerCall } from "#custody/vault-calls.ts";
import { frameReader, frameWriter } from "#custody/vault-frames.ts";
import { keyFileRootOf, passphraseRootOf } from "#custody/wrapping-root.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { harden } from "./harden.ts";
import { type KmsRoot, VAULT_FD } from "./kms-arguments.ts";

// The KMS process: the only one that opens the root of custody, and that has custody keys and master keys in clear. It is
// started with descriptors of the files where roots are (never with what is in them), and answers calls on a socket that
// only the process that started it has. It decides nothing: who may do what is decided, and written down, by its parent.
// When the socket ends, because the parent is done or died, it ends.
harden();
const roots = JSON.parse(argv[2] ?? "[]") as readonly KmsRoot[];
const vault = localVault(roots.map(openerOf));
const socket = new Socket({ fd: VAULT_FD });
const read = frameReader();
const write = frameWriter(socket);
socket.on("data", (chunk) => {
  for (const frame of read(chunk)) {
    answerCall(frame, vault)
      .then((answer) => {
        write(answer);
        for (const part of answer.parts) part?.fill(0);
      })
      .catch(() => exit(1)); // an answer that cannot be written: the parent starts another
  }
});
socket.on("error", () => exit());
socket.on("close", () => exit());

function openerOf(root: KmsRoot): RootOpener {
  if (root.kind === "pkcs11") return () => tokenRoot(root.place, () => secretOf(root.fd));
  return (salt) => {
    using secret = secretOf(root.fd, root.kind === "passphrase");
    return salt ? passphraseRootOf(secret.bytes, salt) : keyFileRootOf(secret.bytes);
  };
}

/** All that is in a file, read anew each time; of a text without its last line's end. A pipe gives it once. */
function secretOf(fd: number, text = true): PlaintextKey {
  const room = Buffer.alloc(MOST_SECRET);
  let length = 0;
  for (;;) {
    const got = readSome(fd, room, length);
    length += got;
    if (got === 0) break;
    if (length === MOST_SECRET) throw new Error(`the file of a root of custody has more than ${MOST_SECRET - 1} bytes`);
  }
  while (text && length > 0 && [0x0a, 0x0d].includes(room[length - 1] ?? 0)) length -= 1;
  const secret = new PlaintextKey(Buffer.from(room.subarray(0, length)));
  room.fill(0);
  return secret;
}

function readSome(fd: number, room: Buffer, at: number): number {
  try {
    return readSync(fd, room, at, room.length - at, at);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESPIPE")) throw error;
    return readSync(fd, room, at, room.length - at, null);
  }
}

const MOST_SECRET = 4096;
