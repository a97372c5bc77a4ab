/** What `sealkeeper audit --help` teaches beyond its usage. */
export const AUDIT_DETAILS: readonly string[] = [
  "",
  "  verify       hold every record against the tree and its signed heads; exit code 1 when any was changed, removed,",
  "               swapped or inserted, and which",
  "    --checkpoint FILE   a signed head that a witness kept: the journal must contain all that it had then",
  "    --file EXPORT       verify an export instead of the database",
  "    --key KEY           who must have signed: NAME+HASH+BASE64, or a file with it (journal-key in the data directory)",
  "    --json              the same as JSON",
  "  key ARN      one key's whole life, of a certificate or a KMS key: made, wrapped, granted, opened, exported, destroyed",
  "    --json              the same as JSON",
  "  export       every record with its hash, the heads and the tree, as lines of JSON; --output FILE",
  "  prove INDEX  one record and what proves that it is in the journal, as JSON",
  "  checkpoint   the newest signed head: keep it where nobody who runs this machine can change it",
  "",
  "All take --data-dir DIR, --database URL or --config FILE. A witness can do without: it fetches",
  "/_sealkeeper/journal/checkpoint and keeps what it got.",
];
