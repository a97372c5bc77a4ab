/** What `sealkeeper hosts --help` teaches beyond its usage. */
export const HOSTS_DETAILS: readonly string[] = [
  "",
  "  add ADDRESS        register the machine with that IPv4 address; with --id of one that is there, say where it is now",
  "    --id i-…         the instance id by which target groups name it; one is made up without",
  "    --zone ZONE      in the default subnet of that zone, or",
  "    --subnet ID      in that subnet",
  "    --groups sg-…,…  the security groups it is in; the default one without",
  "    --tags a=1,b=2   as its tags",
  "  remove ID          forget a machine",
  "  list               all of them",
  "  --region REGION    of which region; AWS_DEFAULT_REGION without",
  "  --data-dir DIR, --endpoint-url URL, --json",
  "                     whom to ask, and how to print it",
  "",
  "Exit code: 0 done, 1 refused or nobody answers, 2 wrong usage.",
];
