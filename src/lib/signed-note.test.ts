import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkpointText,
  noteVerifier,
  openNote,
  parseCheckpoint,
  parseVerifier,
  signNote,
  writeVerifier,
} from "./signed-note.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const verifier = noteVerifier("log.example/1", raw);
const head = {
  origin: "log.example/1",
  size: 12,
  root: Buffer.alloc(32, 7),
  extensions: ["time 2026-11-22T00:00:00.000Z"],
};
const note = signNote(checkpointText(head), verifier, (message) => sign(null, message, privateKey));

test("a signed head is three lines and its extensions, an empty line, and a signature that names its key", () => {
  expect(note.split("\n").slice(0, 5)).toEqual([
    "log.example/1",
    "12",
    "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
    "time 2026-11-22T00:00:00.000Z",
    "",
  ]);
  expect(note).toMatch(/\n— log\.example\/1 [A-Za-z0-9+/]+={0,2}\n$/);
  expect(parseCheckpoint(openNote(note, verifier) ?? "")).toEqual(head);
});

test("a note that was changed anywhere is not opened", () => {
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, letter) => {
      fc.pre(note[at] !== letter);
      const changed = note.slice(0, at) + letter + note.slice(at + 1);
      const opened = openNote(changed, verifier);
      // A change behind the signature's line leaves the text as it was signed.
      expect(opened === undefined || opened === checkpointText(head)).toBe(true);
    }),
  );
});

test("a note is not opened with another's key, nor under another name", () => {
  const other = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  expect(openNote(note, noteVerifier("log.example/1", other))).toBeUndefined();
  expect(openNote(note, noteVerifier("log.example/2", raw))).toBeUndefined();
});

test("a verifier is written in one line, and read again only as a whole", () => {
  const line = writeVerifier(verifier);
  expect(line).toMatch(/^log\.example\/1\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  expect(parseVerifier(line)).toEqual(verifier);
  expect(parseVerifier(line.replace("log.example/1", "log.example/2"))).toBeUndefined();
  expect(parseVerifier(line.slice(0, -1))).toBeUndefined();
  expect(() => noteVerifier("two words", raw)).toThrow("cannot be the name");
});

test("whatever is given, a note or a head is read or refused, never a crash", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (text, signature) => {
      expect(openNote(`${text}\n\n${signature}`, verifier)).toBeUndefined();
      const parsed = parseCheckpoint(text);
      if (parsed) expect(checkpointText(parsed)).toBe(text);
      parseVerifier(text);
    }),
  );
});

test.for([
  "",
  "log\n1\n",
  "log\n01\nAAAA\n",
  "log\n-1\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n",
  "log\n1\nBwcH\n",
])("%j is no head", (text) => {
  expect(parseCheckpoint(text)).toBeUndefined();
});
