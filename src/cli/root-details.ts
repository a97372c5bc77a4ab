/** What `sealkeeper root --help` teaches beyond its usage. */
export const ROOT_DETAILS: readonly string[] = [
  "",
  "  show              which root this is, which custody keys there are, and which nodes know them",
  "  verify            open every sealed value of the store; nothing is changed",
  "  move --to ROOT    let another root open everything, too; start each node with it, then finish",
  "  finish            end a move: from now on the old root opens nothing of this store",
  "  rotate            replace the key that everything is sealed under, and seal everything anew",
  "  make-key ROOT     make the key of a root: a key file, or an AES-256 key in a PKCS#11 token",
  "",
  "  ROOT is key-file:FILE, passphrase:FILE or",
  "       pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=FILE (RFC 7512)",
  "",
  "Give the settings that serve is started with: --root-of-custody, --passphrase-file, --data-dir, --database.",
  "Nodes go on serving meanwhile. What was interrupted is gone on with by the same command.",
  "Exit code: 0 done, 1 refused or something does not open, 2 wrong usage.",
];
