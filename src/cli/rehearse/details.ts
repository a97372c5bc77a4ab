/** What `sealkeeper rehearse --help` teaches beyond its usage. */
export const REHEARSE_DETAILS: readonly string[] = [
  "",
  "  ARN…               only these, with everything that was found; all certificates without",
  "  --failures-only    show only those that would not be renewed",
  "  --owner NAME       only those whose owner tag has this value (see the setting owner-tag)",
  "  --region REGION    only those of this region",
  "  --json             the same as JSON",
  "  --endpoint-url URL ask the product that runs there",
  "",
  "Nothing is changed. A running product is asked and keeps what it finds; where none answers, the database is read.",
  "Exit code: 0 all would be renewed that are to be, 1 at least one would not, 2 wrong usage.",
];
