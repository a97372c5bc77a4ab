import { defineConfig } from "oxlint";
import { CAPABILITIES, LAYERS } from "./layers.ts";

export default defineConfig({
  plugins: ["typescript", "import", "unicorn"],
  options: { typeAware: true },
  categories: { correctness: "error" },
  ignorePatterns: ["node_modules/**", "docs/**"],
  rules: {
    "import/no-cycle": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
  },
  overrides: [
    ...Object.entries(LAYERS).map(([layer, allowed]) => ({
      files: [`src/${layer}/**`],
      excludeFiles: [`src/${layer}/**/*.test.ts`],
      rules: { "no-restricted-imports": ["error", { patterns: restrictions(layer, allowed) }] },
    })),
    { files: ["**/*.test.ts", "tests/**"], rules: { "max-lines": "off", "typescript/no-non-null-assertion": "off" } },
  ] as never,
});

function restrictions(layer: string, allowed: readonly string[]): object[] {
  const friends = [layer, ...allowed];
  const denied = Object.keys(CAPABILITIES).filter((name) => !CAPABILITIES[name]?.includes(layer));
  return [
    {
      group: ["#*/**", ...friends.map((name) => `!#${name}/**`)],
      message: `src/${layer} may import: ${friends.join(", ")} (layers.ts)`,
    },
    { group: denied, message: `src/${layer} may not use this directly (layers.ts, CAPABILITIES)` },
    { regex: "^\\.\\./", message: "climb with #folder/…, not ../" },
  ];
}
