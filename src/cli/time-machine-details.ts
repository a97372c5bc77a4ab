/** What `sealkeeper time-machine --help` teaches beyond its usage. */
export const TIME_MACHINE_DETAILS: readonly string[] = [
  "",
  "  --certificates N   how many live at the same time; 10000 unless told",
  "  --years N          for how long, from 1 April 2026 on; 10 unless told",
  "  --seed N           decides everything that chance decides: the same seed gives the same trace",
  "  --json             the same as JSON",
  "  --follow N         tell everything that happens to certificate number N, and to what all of them need",
  "",
  "Nothing is read, asked or kept. Exit code: 0 nothing happened that must never happen, 1 something did.",
];
