import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { readConfig } from "./config.ts";
import { configuredUpstream, readUpstreamCas } from "./upstream-settings.ts";

const from = (flags: Record<string, string>): ReturnType<typeof readConfig> => readConfig({ flags, environment: {} });

/** The settings with a file of this content; further files stand beside it. */
const withFile = (content: unknown, files: Readonly<Record<string, string>> = {}): ReturnType<typeof readConfig> => {
  const folder = mkdtempSync(join(tmpdir(), "sealkeeper-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const file = join(folder, "upstream.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return from({ "upstream-file": file });
};

describe("the setting upstream", () => {
  test("is the CA within where it is not set", () => {
    expect(configuredUpstream(from({}), { clock: systemClock })).toBeUndefined();
  });

  test("takes CAs by their short names and by URLs, in order", () => {
    const config = from({
      upstream: "letsencrypt,https://ca.kiln.com:8443/acme/directory",
      "upstream-contacts": "ops@kiln.com",
      "upstream-terms-agreed": "true",
    });
    const plain = { contacts: ["mailto:ops@kiln.com"], termsAgreed: true, challenge: "dns-01", trust: undefined };
    expect(readUpstreamCas(config)).toMatchObject([
      { ...plain, name: "letsencrypt", directory: "https://acme-v02.api.letsencrypt.org/directory" },
      { ...plain, name: "ca.kiln.com:8443", directory: "https://ca.kiln.com:8443/acme/directory" },
    ]);
    const upstream = configuredUpstream(config, { clock: systemClock });
    expect(upstream?.challengeZone).toBe("acme.sealkeeper.internal");
    upstream?.close();
    expect(() => from({ upstream: "lets-encrypt" })).toThrow('flag --upstream: "lets-encrypt" is not an https:// URL');
    expect(() => from({ upstream: "http://ca.kiln.com/" })).toThrow("is not an https:// URL");
  });

  test("says all that can be said of a CA in a file, with files beside it", () => {
    const ca = {
      name: "zero",
      directory: "zerossl",
      "ca-file": "roots.pem",
      "eab-kid": "kid",
      "eab-key-file": "eab.key",
      contacts: ["mailto:ops@kiln.com"],
      "terms-agreed": true,
      profile: "shortlived",
      "preferred-chain": "ISRG Root X1",
      challenge: "http-01",
      "caa-identities": ["Sectigo.com"],
    };
    const roots = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const [read] = readUpstreamCas(withFile([ca], { "roots.pem": roots, "eab.key": `${"QUJD".repeat(8)}\n` }));
    expect(read).toMatchObject({ name: "zero", trust: roots, profile: "shortlived", preferredChain: "ISRG Root X1" });
    expect(read).toMatchObject({ challenge: "http-01", caaIdentities: ["sectigo.com"], binding: { keyId: "kid" } });
    using key = read?.binding?.readKey();
    expect(key?.bytes.toString()).toBe("ABC".repeat(8));
  });

  test.for([
    ["{", "it is not JSON"],
    [{}, "it is not a list of CAs"],
    [[], "it is not a list of CAs"],
    [["letsencrypt"], "CA number 1 is not an object"],
    [[{ name: "x" }], 'CA number 1: "directory" is missing'],
    [[{ directory: "letsencrypt" }, { directory: 7 }], 'CA number 2: "directory" is missing or not what it should be'],
    [[{ directory: "letsencrypt", url: "x" }], 'CA number 1 has "url"; there are name, directory, ca-file'],
    [[{ directory: "http://ca.kiln.com/" }], '"http://ca.kiln.com/" is neither an https:// URL nor one of letsencrypt'],
    [[{ directory: "letsencrypt" }, { directory: "letsencrypt" }], 'two CAs are called "letsencrypt"'],
    [[{ directory: "letsencrypt", "eab-kid": "kid" }], "eab-kid and eab-key-file belong together"],
    [[{ directory: "letsencrypt", "eab-kid": "kid", "eab-key-file": "none" }], "none cannot be read"],
    [[{ directory: "letsencrypt", "eab-kid": "kid", "eab-key-file": "upstream.json" }], "does not hold an EAB key"],
    [[{ directory: "letsencrypt", "ca-file": "upstream.json" }], "holds no PEM certificates"],
    [[{ directory: "letsencrypt", contacts: ["ops"] }], '"ops" is not an e-mail address'],
    [[{ directory: "letsencrypt", challenge: "tls-alpn-01" }], '"challenge" is missing or not what it should be'],
    [[{ directory: "letsencrypt", name: "a b" }], '"name" is missing or not what it should be'],
  ] as const)("refuses %j: %s", ([content, message]) => {
    expect(() => readUpstreamCas(withFile(content))).toThrow(message);
  });

  test("is said in one place only", () => {
    const config = { ...withFile([{ directory: "letsencrypt" }]), upstream: from({ upstream: "zerossl" }).upstream };
    expect(() => readUpstreamCas(config)).toThrow("upstream and upstream-file cannot both be set");
    expect(() => readUpstreamCas(from({ "upstream-file": "/nowhere/at/all" }))).toThrow(
      "/nowhere/at/all cannot be read",
    );
  });
});
