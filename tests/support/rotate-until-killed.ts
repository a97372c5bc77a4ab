import { setTimeout } from "node:timers/promises";
import { openKeyRing } from "#custody/key-ring.ts";
import { localVault } from "#custody/local-vault.ts";
import { rotateRoot } from "#custody/rotate-root.ts";
import { keyFileRootOf } from "#custody/wrapping-root.ts";
import { systemClock } from "#lib/clock.ts";
import { openStore } from "#store/store.ts";

// Rotates the root of custody of a database (its URL is the argument) again and again, until it is killed. It says "ready"
// when it is about to begin.
const store = await openStore(process.argv[2] ?? "");
const vault = localVault([() => keyFileRootOf(Buffer.alloc(32, 1))]);
const deps = { store, vault, clock: systemClock };
const ring = await openKeyRing("key-file", deps);
process.stdout.write("ready\n");
for (;;) await rotateRoot({ ...deps, ring, pause: (time) => setTimeout(Math.min(time, 5)), tell: () => {} });
