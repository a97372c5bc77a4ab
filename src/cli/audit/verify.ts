import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Problem, Verdict } from "#journal/verify.ts";
import { NoExport, verifyExport } from "#journal/verify-export.ts";
import { verifyStore, verifyUnsigned } from "#journal/verify-store.ts";
import type { NoteVerifier } from "#lib/signed-note.ts";
import { ConfigError } from "#main/config-error.ts";
import { atOneMoment } from "#store/audit-stream.ts";
import { readSettings } from "../settings.ts";
import { openThere, readKey, readWitnesses, trustedSigner, witnessesOf } from "./source.ts";

/** `sealkeeper audit verify`: whether the journal is as it was written. 1 when it is not. */
export async function verify(args: readonly string[]): Promise<number> {
  const { config, own } = readSettings(args, 0, FLAGS);
  const found = own["file"] === undefined ? await ofStore(config, own) : await ofFile(own["file"], own);
  clearProgress();
  process.stdout.write(own["json"] === "true" ? `${JSON.stringify(asJson(found), undefined, 2)}\n` : tellFound(found));
  return found.verdict.count > 0 ? 1 : 0;
}

/** What was looked at, and what came of it. */
export interface Found {
  readonly verifier: NoteVerifier | undefined;
  /** Why the key is believed. */
  readonly why: string;
  readonly heads: number;
  readonly signedAt: number | undefined;
  readonly pending: number;
  readonly verdict: Verdict;
}

/** What was found, in lines for people. */
export function tellFound({ verifier, why, heads, signedAt, pending, verdict }: Found): string {
  const { leaves, count, problems } = verdict;
  const wait = pending === 0 ? "" : `, ${number(pending)} wait for their place`;
  const signed = signedAt === undefined ? "" : `, the newest of ${new Date(signedAt).toISOString()}`;
  return [
    `journal    ${verifier ? `${verifier.name}, key ${verifier.keyId.toString("hex")} (${why})` : `has no signer${count === 0 ? " yet" : ""}`}`,
    `records    ${number(leaves)} in the tree${wait}`,
    `heads      ${number(heads)}${signed}`,
    ...problems.map(tellProblem),
    ...(count > problems.length ? [`           and ${number(count - problems.length)} more`] : []),
    count === 0
      ? "intact     every record is as it was written"
      : `NOT INTACT ${number(count)} ${count === 1 ? "problem" : "problems"}`,
    "",
  ].join("\n");
}

function tellProblem({ kind, at, text }: Problem): string {
  return `${kind.padEnd(10)} ${text}${at === undefined ? "" : `, ${new Date(at).toISOString()}`}`;
}

function asJson({ verifier, why, verdict, signedAt, ...found }: Found): object {
  return {
    intact: verdict.count === 0,
    journal: verifier?.name,
    key: verifier?.keyId.toString("hex"),
    keyTrustedBecause: why,
    records: verdict.leaves,
    ...found,
    signedAt: signedAt === undefined ? undefined : new Date(signedAt).toISOString(),
    problemCount: verdict.count,
    problems: verdict.problems.map(({ at, ...problem }) => ({
      ...problem,
      ...(at === undefined ? {} : { time: new Date(at).toISOString() }),
    })),
  };
}

type Own = ReturnType<typeof readSettings>["own"];

async function ofStore(config: ReturnType<typeof readSettings>["config"], own: Own): Promise<Found> {
  const store = await openThere(config);
  try {
    const trusted = await trustedSigner(store, own["key"], config);
    if (!trusted) {
      const notes = readWitnesses(own["checkpoint"], config);
      const { pending, heads, signedAt, ...verdict } = await atOneMoment(store, (db) => verifyUnsigned(db, notes));
      return { verifier: undefined, why: "", heads, signedAt, pending, verdict };
    }
    const { verifier, why, problem } = trusted;
    const witnesses = witnessesOf(own["checkpoint"], config, verifier);
    const { pending, heads, signedAt, ...verdict } = await atOneMoment(store, (db) =>
      verifyStore(db, verifier, witnesses.heads, showProgress),
    );
    const more = [...(problem === undefined ? [] : [problem]), ...witnesses.problems];
    return { verifier, why, heads, signedAt, pending, verdict: withHeadProblems(verdict, more) };
  } finally {
    await store.destroy();
  }
}

async function ofFile(file: string, own: Own): Promise<Found> {
  const key = own["key"] === undefined ? undefined : readKey(own["key"]);
  let problems: readonly string[] = [];
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  try {
    const { verifier, heads, signedAt, ...verdict } = await verifyExport(
      lines,
      key,
      (signer) => {
        const witnesses = witnessesOf(own["checkpoint"], undefined, signer);
        problems = witnesses.problems;
        return witnesses.heads;
      },
      showProgress,
    );
    const why = key ? "the key you gave" : "the file's own word: give --key";
    return { verifier, why, heads, signedAt, pending: 0, verdict: withHeadProblems(verdict, problems) };
  } catch (error) {
    if (error instanceof NoExport) throw new ConfigError(`${file}: ${error.message}`);
    if (error instanceof Error && "code" in error && typeof error.code === "string")
      throw new ConfigError(error.message);
    throw error;
  }
}

function withHeadProblems({ leaves, problems, count }: Verdict, more: readonly string[]): Verdict {
  const heads = more.map((text): Problem => ({ kind: "head", text }));
  return { leaves, problems: [...heads, ...problems], count: count + heads.length };
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rlooked at ${number(done)} of ${number(of)} records`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
}

function number(value: number): string {
  return value.toLocaleString("en");
}

const FLAGS = {
  file: { type: "string" },
  key: { type: "string" },
  checkpoint: { type: "string" },
  json: { type: "boolean" },
} as const;
