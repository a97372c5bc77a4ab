import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as sdk from "@aws-sdk/client-kms";
import { expect, onTestFinished, test } from "vitest";
import { rootArn } from "#domain/arn.ts";
import { openStore } from "#store/store.ts";
import { ACCOUNT, keyWorld, refusal, STRANGER, serveKms } from "../../../tests/support/key-world.ts";

/** What a request has beside its key, for each operation that may be tried without being done, and a key for it. */
const TRIED = {
  CreateGrant: [{}, { GranteePrincipal: rootArn(STRANGER), Operations: ["Decrypt"] }],
  Decapsulate: [
    { KeySpec: "ML_KEM_768", KeyUsage: "ENCAPSULATE_DECAPSULATE" },
    { EncapsulationAlgorithm: "ML_KEM", SharedSecretCiphertextBlob: randomBytes(1088) },
  ],
  Decrypt: [{}, { DryRunModifiers: ["IGNORE_CIPHERTEXT"] }],
  DeriveSharedSecret: [
    { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" },
    {
      KeyAgreementAlgorithm: "ECDH",
      PublicKey: generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey.export({
        format: "der",
        type: "spki",
      }),
    },
  ],
  Encapsulate: [{ KeySpec: "ML_KEM_768", KeyUsage: "ENCAPSULATE_DECAPSULATE" }, { EncapsulationAlgorithm: "ML_KEM" }],
  Encrypt: [{}, { Plaintext: Buffer.from("x") }],
  GenerateDataKey: [{}, { KeySpec: "AES_256" }],
  GenerateDataKeyPair: [{}, { KeyPairSpec: "ECC_NIST_P256" }],
  GenerateDataKeyPairWithoutPlaintext: [{}, { KeyPairSpec: "ECC_NIST_P256" }],
  GenerateDataKeyWithoutPlaintext: [{}, { KeySpec: "AES_256" }],
  GenerateMac: [
    { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
    { Message: Buffer.from("x"), MacAlgorithm: "HMAC_SHA_256" },
  ],
  ReEncrypt: [{}, { DryRunModifiers: ["IGNORE_CIPHERTEXT"] }],
  RetireGrant: [{}, {}],
  RevokeGrant: [{}, {}],
  Sign: [
    { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
    { Message: Buffer.from("x"), SigningAlgorithm: "ECDSA_SHA_256" },
  ],
  Verify: [
    { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
    { Message: Buffer.from("x"), SigningAlgorithm: "ECDSA_SHA_256", Signature: randomBytes(70) },
  ],
  VerifyMac: [
    { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
    { Message: Buffer.from("x"), MacAlgorithm: "HMAC_SHA_256", Mac: randomBytes(32) },
  ],
} as const;

type Name = keyof typeof TRIED;
type Command = new (input: object) => sdk.EncryptCommand;
const command = (name: string, input: object) =>
  new (sdk as unknown as Record<string, Command>)[`${name}Command`]!(input);

/** `EncryptRequest$` and its like are the SDK's schemas of what is sent; their fifth part is the names of the members. */
function mayBeTried(): string[] {
  return Object.entries(sdk as Record<string, unknown>).flatMap(([name, schema]) => {
    const [, operation] = /^(\w+)Request\$$/.exec(name) ?? [];
    const members: unknown = Array.isArray(schema) ? schema[4] : undefined;
    return operation !== undefined && Array.isArray(members) && members.includes("DryRun") ? [operation] : [];
  });
}

async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const deps = keyWorld(store);
  const root = (await serveKms(deps))();
  const request = async (name: Name, state: "Enabled" | "Disabled") => {
    const [kind, more] = TRIED[name];
    const KeyId = (await root.send(new sdk.CreateKeyCommand(kind as object))).KeyMetadata?.KeyId ?? "";
    const grant = /^(Retire|Revoke)Grant$/.test(name)
      ? await root.send(
          new sdk.CreateGrantCommand({ KeyId, GranteePrincipal: rootArn(ACCOUNT), Operations: ["Decrypt"] }),
        )
      : {};
    if (state === "Disabled") await root.send(new sdk.DisableKeyCommand({ KeyId }));
    const key = name === "ReEncrypt" ? { SourceKeyId: KeyId, DestinationKeyId: KeyId } : { KeyId };
    return { ...key, ...more, ...("GrantId" in grant && { GrantId: grant.GrantId }), DryRun: true };
  };
  return { root, store, request };
}

test("every operation that AWS lets be tried is in the table", () => {
  expect(mayBeTried().sort()).toEqual(Object.keys(TRIED));
});

test.for(Object.keys(TRIED) as Name[])("%s is tried without being done", async (name) => {
  const { root, store, request } = await world();
  const input = await request(name, "Enabled");
  const before = await store.selectFrom("grants").select("id").execute();
  expect(await refusal(root.send(command(name, input)))).toBe(
    "DryRunOperationException: The request would have succeeded, but the DryRun option is set.",
  );
  expect(await store.selectFrom("grants").select("id").execute()).toEqual(before);
  if (name === "RetireGrant" || name === "RevokeGrant") return; // whatever state its key is in
  const asked = await request(name, "Disabled");
  expect(await refusal(root.send(command(name, asked)))).toContain("DisabledException");
});
