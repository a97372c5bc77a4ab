import { Signers } from "#ca/signers.ts";
import { readLogList } from "#ca/transparency/outside/log-list.ts";
import { OutsideLogs } from "#ca/transparency/outside/outside-logs.ts";
import { systemTimers } from "#lib/timers.ts";
import { openStore } from "#store/store.ts";
import { caNode, issue } from "./ca-world.ts";
import { testClock } from "./test-clock.ts";

/** A process that issues one certificate with the timestamps of two logs, at a time that is told. */
const [url = "", list = "", time = ""] = process.argv.slice(2);
const node = caNode(await openStore(url), testClock(time));
const outsideLogs = new OutsideLogs({
  logs: readLogList(list),
  policy: { needed: 2, operators: 2, missing: "wait" },
  timers: systemTimers,
  onFailure: () => {},
});
const { root, caUrl } = node.signers;
await issue({ ...node, signers: new Signers({ root, caUrl, outsideLogs }) });
