import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const SRC = new URL("../", import.meta.url);

/** By what is a key recorded that is made, sealed, or opened, in a file: words that stand in another; or why it is not. */
type Place = { readonly file: string; readonly says: string } | { readonly none: string };

/** What makes pairs of keys, and what makes bytes that may become a key. */
const MAKES = /\b(generateKeyPair(Sync)?|generateKeySync|createECDH|randomBytes|randomFill(Sync)?|getRandomValues)\b/;
/** What seals, by the root of custody or in its vault. */
const SEALS = /\b(root\.(tokens\.)?seal|vault\.(make|keep|unwrap|share|newKey)|sealSecret|sealPrivateKey)\(/;
/** What opens a seal. Custody keys and master keys are opened in the vault only. */
const OPENS = /\b(root\.(tokens\.)?open|signers\.openKey)\(/;

const here =
  (says: string) =>
  (file: string): Place => ({ file, says });
const by = (file: string, says: string) => (): Place => ({ file, says });
const none = (reason: string) => (): Place => ({ none: reason });
const MADE = "keyMadeAct(";
const told = by("main/world.ts", "keyOpenedAct(");

const MAKERS: Readonly<Record<string, (file: string) => Place>> = {
  "acme/mac-key.ts": by("acme/bindings.ts", MADE),
  "acme/server/nonces.ts": none("nonces, which everybody may see"),
  "ca/ceremony/sealed-root.ts": none("the salt of a file; the ceremony's machine has no journal but its transcript"),
  "ca/fleet/authority.ts": here(MADE),
  "ca/fleet/identities.ts": none("a control plane's own, in memory while it runs"),
  "ca/hierarchies/make.ts": here(MADE),
  "ca/responder.ts": here(MADE),
  "ca/serials.ts": none("serial numbers"),
  "ca/server-certificate.ts": by("ca/issue.ts", '"SignCertificate"'),
  "ca/transparency/log.ts": here(MADE),
  "ca/upstream/account.ts": here(MADE),
  "custody/ciphertext.ts": none("the salt of a ciphertext"),
  "custody/data-keys.ts": by("custody/use-key.ts", "journal.record(act)"),
  "custody/ecdsa-digest.ts": none("the nonce of a signature"),
  "custody/emsa-pss.ts": none("the salt of a signature"),
  "custody/envelope.ts": here('"GenerateDataKey"'),
  "custody/head-signer.ts": here(MADE),
  "custody/import-token.ts": none("a token, which opens nothing"),
  "custody/key-pair.ts": by("custody/leaf-keys.ts", "birthAct("),
  "custody/key-ring.ts": here('rootAct("CreateRootKey"'),
  "custody/local-vault.ts": by("custody/create-key.ts", '"CreateKey"'),
  "custody/move-root.ts": none("the salt of a passphrase"),
  "custody/pkcs11-root.ts": none("initialization vectors: the token makes its key, before a store knows of it"),
  "custody/seal-form.ts": none("the salt of a sealed value"),
  "custody/unwrap-material.ts": none("stands in for what does not unwrap, so that time tells nothing"),
  "custody/wrapped-key.ts": by("custody/key-pool.ts", "birthAct("),
  "edge/application/oidc/client-keys.ts": none("an edge's own, derived or for one login, in its memory"),
  "edge/application/oidc/login.ts": none("nonces"),
  "edge/keys/erasure.ts": none("a key that is made to see that it is wiped"),
  "edge/supervisor/supervisor.ts": none("seeds of session tickets, in the edge's memory for hours"),
  "edge/tls/decoy-key.ts": none("noise in the form of a key"),
  "edge/tls/ticket-keys.ts": none("seeds of session tickets, in the edge's memory for hours"),
  "identity/join-tokens.ts": none("a token of one use, of which a hash is kept; its call is recorded"),
  "identity/new-access-key.ts": by("identity/keep-access-key.ts", MADE),
  "identity/sessions/token.ts": none("credentials that nobody keeps; the call that answers them is recorded"),
  "lib/encrypted-pkcs8.ts": none("the salt of an exported key, whose export is recorded"),
  "lib/ids.ts": none("identities; what becomes a secret is sealed by lifecycle/instance-secret.ts"),
  "lib/sealed.ts": none("initialization vectors"),
  "lib/x509-signatures.ts": by("ca/private/create.ts", MADE),
  "main/data-dir.ts": none("root.key: no store knows of it yet; CreateRootKey names it when one does"),
  "main/edge-join.ts": by("fleet/join.ts", '"JoinFleet"'),
  "main/edge-renewal.ts": by("fleet/join.ts", '"RenewEdgeIdentity"'),
};

const SEALERS: Readonly<Record<string, (file: string) => Place>> = {
  "acme/mac-key.ts": by("acme/bindings.ts", MADE),
  "ca/fleet/authority.ts": here(MADE),
  "ca/hierarchies/make.ts": here(MADE),
  "ca/hierarchies/request.ts": here(MADE),
  "ca/private/create.ts": here(MADE),
  "ca/private/page-token.ts": none("a place in a list"),
  "ca/responder.ts": here(MADE),
  "ca/transparency/log.ts": here(MADE),
  "ca/upstream/account.ts": here(MADE),
  "custody/envelope.ts": here('"GenerateDataKey"'),
  "custody/grant-tokens.ts": none("the name of a grant"),
  "custody/head-signer.ts": here(MADE),
  "custody/import-material.ts": by("custody/import-material.ts", 'changeKey("ImportKeyMaterial"'),
  "custody/import-parameters.ts": here("changeKey(operation"),
  "custody/key-ring.ts": here('rootAct("CreateRootKey"'),
  "custody/leaf-keys.ts": here("birthAct("),
  "custody/material.ts": by("custody/rotation.ts", '"RotateKey"'),
  "custody/reseal.ts": by("custody/rotate-root.ts", 'rootAct("RotateRoot"'),
  "custody/rotate-root.ts": here('rootAct("CreateRootKey"'),
  "custody/vault-calls.ts": none("the same calls, over a socket"),
  "custody/wrapped-key.ts": by("custody/key-pool.ts", "birthAct("),
  "events/connections.ts": none("passwords for other people's servers; the calls that bring them are recorded"),
  "identity/new-access-key.ts": by("identity/keep-access-key.ts", MADE),
  "identity/sessions/token.ts": none("what a temporary credential may do"),
  "integrations/elbv2/secrets.ts": by("custody/envelope.ts", '"GenerateDataKey"'),
  "lifecycle/approval/approval-token.ts": none("the link of one letter"),
  "lifecycle/import.ts": here('"CertificateImported"'),
  "lifecycle/instance-secret.ts": here(MADE),
};

const OPENERS: Readonly<Record<string, (file: string) => Place>> = {
  "acme/mac-key.ts": none("what is asked with it is recorded"),
  "ca/fleet/authority.ts": told,
  "ca/private/open-authority.ts": told,
  "ca/private/page-token.ts": none("a place in a list"),
  "ca/responder.ts": told,
  "ca/signers.ts": told,
  "ca/transparency/log.ts": told,
  "ca/upstream/account.ts": none("what is ordered with it is recorded"),
  "custody/grant-tokens.ts": none("the name of a grant"),
  "custody/head-signer.ts": none("each start of a control plane, for heads that anybody may check"),
  "custody/reseal.ts": by("custody/rotate-root.ts", 'rootAct("RotateRoot"'),
  "custody/wrapped-key.ts": by("custody/leaf-keys.ts", "birthAct("),
  "events/connections.ts": none("passwords for other people's servers"),
  "identity/authenticator.ts": none("the call that it proves is recorded"),
  "identity/new-access-key.ts": none("the secret of a new access key, once, for the call that made it"),
  "identity/sessions/token.ts": none("what a temporary credential may do"),
  "lifecycle/approval/approval-token.ts": none("the link of one letter"),
  "lifecycle/instance-secret.ts": none("each start of a control plane"),
};

describe("no key is made or opened but with its record", () => {
  test("each place that makes keys or random bytes is known here", () => {
    expect(filesWith(MAKES)).toEqual(Object.keys(MAKERS).toSorted());
  });

  test("each place that seals something is known here", () => {
    expect(filesWith(SEALS)).toEqual(Object.keys(SEALERS).toSorted());
  });

  test("each place that opens a seal is known here", () => {
    expect(filesWith(OPENS)).toEqual(Object.keys(OPENERS).toSorted());
  });

  test.for([MAKERS, SEALERS, OPENERS].flatMap((places) => Object.entries(places)))(
    "%s has its record, or a reason",
    ([path, place]) => {
      const found = place(path);
      if ("says" in found) expect(textOf(found.file)).toContain(found.says);
      else expect(found.none).not.toBe("");
    },
  );
});

test("docs/audit.md tells of every act by which keys are born, opened and destroyed", () => {
  const text = readFileSync(new URL("../docs/audit.md", SRC), "utf8");
  for (const act of ACTS) expect(text, act).toContain(`\`${act}\``);
});

const ACTS = [
  "CreateKeyPair",
  "DestroyKey",
  "CreateSealedKey",
  "OpenSealedKey",
  "DestroySealedKey",
  "CreateRootKey",
  "WrapRootKey",
  "DestroyRootKey",
  "CreateKey",
  "DeleteKey",
  "DestroyWrappingKey",
  "JoinFleet",
  "RenewEdgeIdentity",
  "TakeRootOffline",
];

function filesWith(pattern: RegExp): readonly string[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && pattern.test(textOf(path)))
    .toSorted();
}

function textOf(path: string): string {
  return readFileSync(new URL(path, SRC), "utf8");
}
