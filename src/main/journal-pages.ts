import type { Reply } from "#aws/call.ts";
import type { Pages } from "#aws/http-server.ts";
import { HASH_BYTES } from "#lib/merkle/hashes.ts";
import { levelWidths, parseTilePath, TILE_WIDTH } from "#lib/merkle/tiles.ts";
import { type NoteVerifier, writeVerifier } from "#lib/signed-note.ts";
import { findTile, findTree } from "#store/audit-tree.ts";
import type { Store } from "#store/store.ts";

/**
 * What witnesses of the journal fetch, as C2SP's tlog-tiles has it, below `/_sealkeeper/journal/`: the newest signed head
 * (`checkpoint`), the key that signed it (`key`), and the tree's hashes (`tile/…`). Hashes tell nothing of the records.
 */
export function journalPages({
  store,
  headSigner,
}: {
  readonly store: Store;
  readonly headSigner: { readonly verifier: NoteVerifier };
}): Pages {
  return async ({ method, path }) => {
    if (!path.startsWith(PREFIX)) return undefined;
    if (method !== "GET" && method !== "HEAD") return text(405, "Only to be fetched.\n");
    const page = path.slice(PREFIX.length);
    if (page === "key") return text(200, `${writeVerifier(headSigner.verifier)}\n`);
    if (page === "checkpoint") {
      const { checkpoint } = await findTree(store);
      return checkpoint === undefined ? text(404, "The journal has no signed head yet.\n") : text(200, checkpoint);
    }
    const tile = parseTilePath(page);
    if (!tile) return text(404, "There is no such page.\n");
    const { size } = await findTree(store);
    const there = Math.min(TILE_WIDTH, (levelWidths(size)[tile.level] ?? 0) - tile.number * TILE_WIDTH);
    const hashes = there >= tile.width ? await findTile(store, tile.level, tile.number) : undefined;
    if (!hashes) return text(404, "The tree is not as large as that yet.\n");
    const body = hashes.subarray(0, tile.width * HASH_BYTES);
    return { status: 200, headers: { "content-type": "application/octet-stream", "cache-control": FOREVER }, body };
  };
}

function text(status: number, body: string): Reply {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" }, body };
}

const PREFIX = "/_sealkeeper/journal/";
/** A tile of a given width never changes. */
const FOREVER = "public, max-age=31536000, immutable";
