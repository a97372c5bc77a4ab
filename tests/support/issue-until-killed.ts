import { setTimeout } from "node:timers/promises";
import { findSigned, prepareLeaf, signLeaf } from "#ca/issue.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { systemClock } from "#lib/clock.ts";
import { openStore } from "#store/store.ts";
import { caWorld, leafKey, leafRequest } from "./ca-world.ts";

/**
 * A process that issues generation after generation of one certificate, as a node does, until it is killed: looks for
 * what a predecessor signed, prepares, signs, and prints the generation when it may be relied on.
 */
const [url = "", certificateArn = "", first = "1"] = process.argv.slice(2);
const world = { ...(await caWorld(await openStore(url))), clock: systemClock };
const { spki } = leafKey("EC_prime256v1");
for (let generation = Number(first); ; generation++) {
  while (!(await findSigned(world.store, certificateArn as CertificateArn, generation, world))) {
    try {
      const request = leafRequest({
        certificateArn: certificateArn as CertificateArn,
        generation,
        subjectPublicKeyInfo: spki,
      });
      await signLeaf(await world.store.transaction().execute((tx) => prepareLeaf(tx, request, world)), world);
    } catch (error) {
      if (!(error as Error).message.includes("is signing already")) throw error;
      await setTimeout(100); // somebody took it and died: until the intent counts as abandoned
    }
  }
  console.log(generation);
}
