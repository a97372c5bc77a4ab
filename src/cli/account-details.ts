/** What `sealkeeper account --help` teaches. */
export const ACCOUNT_DETAILS: readonly string[] = [
  "",
  "  create ACCOUNT_ID    opens an account (twelve digits) and prints its root access key, once",
  "  root-key ACCOUNT_ID  makes an account's root user another access key, when there is none left or it is lost",
  "  list                 the accounts there are, the oldest first",
  "",
  "It works on the database and needs the root of custody: give the settings that `serve` was given. `serve` may run.",
  "What is printed is a profile of an AWS credentials file: append it to one.",
];
