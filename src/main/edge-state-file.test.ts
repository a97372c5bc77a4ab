import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { LoadBalancerArn } from "#domain/arn.ts";
import type { ControlMessage } from "#domain/edge-messages.ts";
import { edgeState } from "#edge/supervisor/state.ts";
import { balancer } from "../../tests/support/edge-config.ts";
import { stateFile } from "./edge-state-file.ts";

const put = (n: number): ControlMessage => ({
  kind: "balancer-put",
  balancer: balancer({}, { arn: `lb${n}` as LoadBalancerArn, dnsName: "x".repeat(250) }),
});
const synced = (n: number): ControlMessage => ({ kind: "synced", revision: `1.${n}.1` });

function place() {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-state-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "edge-state");
  const errors: unknown[] = [];
  const open = () => {
    const log = stateFile(path, (error) => errors.push(error));
    const state = edgeState();
    const loaded = [...log.load()];
    for (const message of loaded) state.take(message);
    const say = (...messages: ControlMessage[]): void => {
      for (const message of messages) {
        const frame = state.take(message);
        if (frame) log.append(frame, state);
      }
    };
    return { state, loaded, say };
  };
  return { path, directory, errors, open };
}

test("what was told is known after a restart, and the file is its owner's alone", () => {
  const { path, errors, open } = place();
  const first = open();
  expect(first.loaded).toEqual([]);
  first.say(
    { kind: "welcome", resync: true },
    put(1),
    put(2),
    synced(1),
    { kind: "balancer-gone", loadBalancerArn: "lb1" as LoadBalancerArn },
    synced(2),
  );
  const { state } = open();
  expect(state.revision).toBe("1.2.1");
  expect(state.bytes).toBe(first.state.bytes);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(errors).toEqual([]);
});

test("a file that was torn is read up to there, and goes on from there", () => {
  const { path, open } = place();
  open().say({ kind: "welcome", resync: true }, put(1), synced(1), put(2), synced(2));
  truncateSync(path, statSync(path).size - 3);
  const torn = open();
  expect(torn.state.revision).toBe("1.1.1");
  torn.say(synced(3));
  expect(open().state.revision).toBe("1.3.1");
  appendFileSync(path, Buffer.from([0, 0, 0, 9, 1, 2, 3]));
  expect(open().state.revision).toBe("1.3.1");
});

test("a file of another version, or of nobody, is no state", () => {
  const { path, open } = place();
  writeFileSync(path, "something else");
  const { loaded, say } = open();
  expect(loaded).toEqual([]);
  say({ kind: "welcome", resync: true }, put(1), synced(1));
  expect(open().state.revision).toBe("1.1.1");
});

test("a file that has grown is written anew, and stays about as large as the state", () => {
  const { path, open } = place();
  const { say, state } = open();
  say({ kind: "welcome", resync: true }, synced(1));
  for (let n = 0; n < 4_000; n++) say(put(1), synced(n));
  expect(statSync(path).size).toBeLessThan(2 * state.bytes + 2 ** 20 + 10_000);
  expect(open().state.revision).toBe("1.3999.1");
});
