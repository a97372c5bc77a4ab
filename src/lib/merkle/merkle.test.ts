import fc from "fast-check";
import { expect, test } from "vitest";
import { GrowingTree } from "./growing-tree.ts";
import { EMPTY_ROOT, HASH_BYTES, leafHash, leafHashOf, rootOf } from "./hashes.ts";
import { consistencyProof, inclusionProof, rootOfInclusion, rootsOfConsistency } from "./proofs.ts";
import { appendToTiles, edgeRoot, parseTilePath, rightEdge, splitHashes, type Tile } from "./tiles.ts";

/** The test data of Certificate Transparency's reference implementations: eight leaves, and the root of each number of them. */
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const hashes = LEAVES.map((leaf) => leafHashOf(Buffer.from(leaf, "hex")));
const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString("hex");
const numbered = (count: number): Buffer[] => Array.from({ length: count }, (_, index) => leafHash(`leaf ${index}`));

test.for(ROOTS.map((root, index) => [index + 1, root] as const))(
  "the root of the first %i of the known leaves is theirs",
  ([count, root]) => {
    const some = hashes.slice(0, count);
    expect(hex(rootOf(some))).toBe(root);
    expect(hex(grown(some).root())).toBe(root);
    expect(hex(appendToTiles(0, new Map(), some).root)).toBe(root);
  },
);

test("the tree without leaves has the hash of nothing as its root", () => {
  expect(hex(EMPTY_ROOT)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(new GrowingTree().root()).toEqual(EMPTY_ROOT);
});

test.for([
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
] as const)("leaf %i of the first %i known leaves is proved by the known hashes", async ([index, size, proof]) => {
  expect((await inclusionProof(index, size, perfect(hashes))).map(hex)).toEqual(proof);
});

test.for([
  [1, 1, []],
  [
    1,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    6,
    8,
    [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [
    2,
    5,
    [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
] as const)("that the first %i known leaves became %i is proved by the known hashes", async ([older, size, proof]) => {
  expect((await consistencyProof(older, size, perfect(hashes))).map(hex)).toEqual(proof);
});

test("every leaf of every small tree is proved, and no other hash, place or size is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), async (size, pick, other) => {
      const leaves = numbered(size);
      const index = pick % size;
      const proof = await inclusionProof(index, size, perfect(leaves));
      const root = hex(rootOf(leaves));
      expect(hex(rootOfInclusion(leaves[index]!, index, size, proof))).toBe(root);
      expect(hex(rootOfInclusion(leafHash("another"), index, size, proof))).not.toBe(root);
      if (other % size !== index)
        expect(hex(rootOfInclusion(leaves[index]!, other % size, size, proof))).not.toBe(root);
      expect(rootOfInclusion(leaves[index]!, index, size, [...proof, EMPTY_ROOT])).toBeUndefined();
      if (proof.length > 0) expect(rootOfInclusion(leaves[index]!, index, size, proof.slice(1))).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("every tree is proved to be what every smaller one became, and none that was changed is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), async (size, pick, at) => {
      const leaves = numbered(size);
      const older = 1 + (pick % size);
      const was = rootOf(leaves.slice(0, older));
      const proof = await consistencyProof(older, size, perfect(leaves));
      const roots = rootsOfConsistency(older, was, size, proof);
      expect([hex(roots?.older), hex(roots?.later)]).toEqual([hex(was), hex(rootOf(leaves))]);
      const changed = leaves.with(at % older, leafHash("changed"));
      const forged = rootsOfConsistency(older, was, size, await consistencyProof(older, size, perfect(changed)));
      expect(hex(forged?.older) === hex(was) && hex(forged?.later) === hex(rootOf(changed))).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("tiles that grow in any steps are those of the whole tree, and lead to its root", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }), (steps) => {
      const all = numbered(steps.reduce((sum, step) => sum + step, 0));
      const kept = new Map<string, Tile>();
      let size = 0;
      for (const step of steps) {
        const edge = new Map(
          rightEdge(size).map(({ level, number, width }) => {
            const { hashes: bytes } = kept.get(`${level}/${number}`)!;
            expect(bytes.length).toBe(width * HASH_BYTES);
            return [level, bytes] as const;
          }),
        );
        const grownBy = appendToTiles(size, edge, all.slice(size, size + step));
        for (const tile of grownBy.tiles) kept.set(`${tile.level}/${tile.number}`, tile);
        size = grownBy.size;
        expect(hex(grownBy.root)).toBe(hex(rootOf(all.slice(0, size))));
        expect(hex(grown(all.slice(0, size)).root())).toBe(hex(grownBy.root));
      }
      const atOnce = new Map(
        appendToTiles(0, new Map(), all).tiles.map((tile) => [`${tile.level}/${tile.number}`, tile]),
      );
      expect(kept).toEqual(atOnce);
      const rows: Buffer[][] = [];
      for (const { level, number } of rightEdge(size))
        rows[level] = splitHashes(kept.get(`${level}/${number}`)!.hashes);
      expect(hex(edgeRoot([...rows].map((row) => row ?? [])))).toBe(hex(rootOf(all)));
    }),
    { numRuns: 10 },
  );
});

test.for([
  ["tile/0/000", { level: 0, number: 0, width: 256 }],
  ["tile/1/x001/234", { level: 1, number: 1234, width: 256 }],
  ["tile/0/x001/x234/067.p/7", { level: 0, number: 1_234_067, width: 7 }],
] as const)("%s is a tile's path", ([path, tile]) => {
  expect(parseTilePath(path)).toEqual(tile);
});

test.for([
  "tile/0/1",
  "tile/0/x000/001",
  "tile/00/000",
  "tile/64/000",
  "tile/0/000.p/0",
  "tile/0/000.p/256",
  "tile/-1/000",
  "tile/0/000/",
  "tile/0/x1234/000",
])("%s is no tile's path", (path) => {
  expect(parseTilePath(path)).toBeUndefined();
});

function grown(leaves: readonly Uint8Array[]): GrowingTree {
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

function perfect(leaves: readonly Uint8Array[]) {
  return async (height: number, index: number): Promise<Uint8Array> =>
    await Promise.resolve(rootOf(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height)));
}
