import {
  constants,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  verify,
} from "node:crypto";
import * as sdk from "@aws-sdk/client-kms";
import { describe, expect, onTestFinished, test } from "vitest";
import { rootArn } from "#domain/arn.ts";
import { KEY_SPECS, type KeySpec, type KeyUsage } from "#domain/keys/key-specs.ts";
import { openStore, type Store } from "#store/store.ts";
import { keyWorld, refusal, STRANGER, serveKms } from "../../../tests/support/key-world.ts";

// Keys that are no symmetric encryption keys, by the SDK; what they do is checked by OpenSSL.

async function world() {
  const store: Store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const client = await serveKms(keyWorld(store));
  const root = client();
  const create = async (KeySpec: KeySpec, KeyUsage: KeyUsage): Promise<string> =>
    (await root.send(new sdk.CreateKeyCommand({ KeySpec, KeyUsage }))).KeyMetadata?.KeyId ?? "";
  const publicKey = async (KeyId: string) => {
    const { PublicKey = new Uint8Array() } = await root.send(new sdk.GetPublicKeyCommand({ KeyId }));
    return createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  };
  return { store, client, root, create, publicKey };
}

const MESSAGE = Buffer.from("sign me");
const KINDS = Object.entries(KEY_SPECS).flatMap(([spec, usages]) =>
  Object.entries(usages).map(([usage, algorithms]) => [spec as KeySpec, usage as KeyUsage, algorithms] as const),
);

/** What OpenSSL is told of an algorithm: its digest and its padding. */
function native(algorithm: string): readonly [digest: string | null, padding: object] {
  const digest = /^(RSA|EC)/.test(algorithm) ? `sha${algorithm.slice(-3)}` : null;
  if (!algorithm.startsWith("RSASSA_PSS")) return [digest, {}];
  return [digest, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(-3)) / 8 }];
}

test.for(KINDS)("a key of the spec %s for %s says what it is, and what it does", async ([spec, usage, algorithms]) => {
  const { root, create } = await world();
  const KeyId = await create(spec, usage);
  const { KeyMetadata } = await root.send(new sdk.DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata).toMatchObject({ KeySpec: spec, CustomerMasterKeySpec: spec, KeyUsage: usage, Enabled: true });
  const { EncryptionAlgorithms, SigningAlgorithms, MacAlgorithms, KeyAgreementAlgorithms, EncapsulationAlgorithms } =
    KeyMetadata ?? {};
  const lists = [
    EncryptionAlgorithms,
    SigningAlgorithms,
    MacAlgorithms,
    KeyAgreementAlgorithms,
    EncapsulationAlgorithms,
  ];
  expect(lists.filter((list) => list !== undefined)).toEqual([algorithms]);
});

describe("signatures", () => {
  const pairs = KINDS.filter(([, usage]) => usage === "SIGN_VERIFY");
  test.for(pairs)("of %s are those that OpenSSL verifies, with every algorithm", async ([spec, usage, algorithms]) => {
    const { root, create, publicKey } = await world();
    const KeyId = await create(spec, usage);
    const key = await publicKey(KeyId);
    for (const algorithm of algorithms) {
      const SigningAlgorithm = algorithm as sdk.SigningAlgorithmSpec;
      const { Signature = new Uint8Array() } = await root.send(
        new sdk.SignCommand({ KeyId, Message: MESSAGE, SigningAlgorithm }),
      );
      const [digest, padding] = native(algorithm);
      expect(verify(digest, MESSAGE, { key, ...padding }, Signature)).toBe(true);
      const good = { KeyId, Message: MESSAGE, SigningAlgorithm, Signature };
      expect(await root.send(new sdk.VerifyCommand(good))).toMatchObject({ SignatureValid: true, SigningAlgorithm });
      const changed = Buffer.from(Signature);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      for (const bad of [{ Message: Buffer.from("sign you") }, { Signature: changed }, { Signature: MESSAGE }]) {
        expect(await refusal(root.send(new sdk.VerifyCommand({ ...good, ...bad })))).toContain("KMSInvalidSignature");
      }
    }
  });

  const digestible = pairs.filter(
    ([spec]) => spec.startsWith("RSA") || (spec.startsWith("ECC") && !spec.includes("EDWARDS")),
  );
  test.for(digestible)("of digests are those of the messages: %s", async ([spec, usage, algorithms]) => {
    const { root, create, publicKey } = await world();
    const KeyId = await create(spec, usage);
    const key = await publicKey(KeyId);
    for (const SigningAlgorithm of algorithms as sdk.SigningAlgorithmSpec[]) {
      const [digest, padding] = native(SigningAlgorithm);
      const Message = createHash(digest as string)
        .update(MESSAGE)
        .digest();
      const request = { KeyId, Message, MessageType: "DIGEST", SigningAlgorithm } as const;
      const { Signature = new Uint8Array() } = await root.send(new sdk.SignCommand(request));
      expect(verify(digest, MESSAGE, { key, ...padding }, Signature)).toBe(true);
      expect(await root.send(new sdk.VerifyCommand({ ...request, Signature }))).toMatchObject({ SignatureValid: true });
      const raw = await root.send(new sdk.SignCommand({ KeyId, Message: MESSAGE, SigningAlgorithm }));
      const verified = new sdk.VerifyCommand({ ...request, Signature: raw.Signature });
      expect(await root.send(verified)).toMatchObject({ SignatureValid: true });
      const other = new sdk.VerifyCommand({ ...request, Message: Message.map((byte) => byte ^ 1), Signature });
      expect(await refusal(root.send(other))).toContain("KMSInvalidSignature");
      expect(await refusal(root.send(new sdk.SignCommand({ ...request, Message: MESSAGE })))).toBe(
        `ValidationException: Digest is invalid length for algorithm ${SigningAlgorithm}.`,
      );
    }
  });

  test.for<[KeySpec, sdk.SigningAlgorithmSpec, sdk.MessageType, string]>([
    [
      "ECC_NIST_P256",
      "ECDSA_SHA_256",
      "DIGEST",
      "ValidationException: Digest is invalid length for algorithm ECDSA_SHA_256.",
    ],
    ["ECC_NIST_P256", "ECDSA_SHA_256", "EXTERNAL_MU", "ValidationException: The message type EXTERNAL_MU is not valid"],
    ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "DIGEST", "ValidationException: The message type DIGEST is not valid"],
    [
      "ECC_NIST_EDWARDS25519",
      "ED25519_PH_SHA_512",
      "DIGEST",
      "UnsupportedOperationException: The algorithm ED25519_PH",
    ],
    ["ML_DSA_44", "ML_DSA_SHAKE_256", "EXTERNAL_MU", "UnsupportedOperationException: The message type EXTERNAL_MU"],
    ["ECC_NIST_P256", "ECDSA_SHA_384", "RAW", "InvalidKeyUsageException: "],
  ])("of %s by %s over %s are refused with the reason", async ([spec, SigningAlgorithm, MessageType, message]) => {
    const { root, create } = await world();
    const KeyId = await create(spec, "SIGN_VERIFY");
    const Message = Buffer.alloc(64);
    expect(await refusal(root.send(new sdk.SignCommand({ KeyId, Message, MessageType, SigningAlgorithm })))).toContain(
      message,
    );
  });
});

describe("message authentication codes", () => {
  test.for(KINDS.filter(([, usage]) => usage === "GENERATE_VERIFY_MAC"))(
    "of %s",
    async ([spec, usage, [algorithm]]) => {
      const { root, create } = await world();
      const KeyId = await create(spec, usage);
      const MacAlgorithm = algorithm as sdk.MacAlgorithmSpec;
      const { Mac = new Uint8Array() } = await root.send(
        new sdk.GenerateMacCommand({ KeyId, Message: MESSAGE, MacAlgorithm }),
      );
      expect(Mac).toHaveLength(Number(MacAlgorithm.slice(-3)) / 8);
      const good = { KeyId, Message: MESSAGE, MacAlgorithm, Mac };
      expect(await root.send(new sdk.VerifyMacCommand(good))).toMatchObject({ MacValid: true, MacAlgorithm });
      const other = await create(spec, usage);
      for (const bad of [{ Message: Buffer.from("x") }, { Mac: Mac.slice(1) }, { KeyId: other }]) {
        expect(await refusal(root.send(new sdk.VerifyMacCommand({ ...good, ...bad })))).toContain("KMSInvalidMac");
      }
    },
  );
});

describe("RSA encryption", () => {
  test.for<[sdk.EncryptionAlgorithmSpec, string, number]>([
    ["RSAES_OAEP_SHA_1", "sha1", 214],
    ["RSAES_OAEP_SHA_256", "sha256", 190],
  ])(
    "by %s opens what was encrypted here and by OpenSSL outside, up to its length",
    async ([EncryptionAlgorithm, oaepHash, most]) => {
      const { root, create, publicKey } = await world();
      const KeyId = await create("RSA_2048", "ENCRYPT_DECRYPT");
      const key = await publicKey(KeyId);
      const Plaintext = Buffer.alloc(most, 1);
      const { CiphertextBlob } = await root.send(new sdk.EncryptCommand({ KeyId, Plaintext, EncryptionAlgorithm }));
      const outside = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, Plaintext);
      for (const blob of [CiphertextBlob, outside]) {
        const opened = await root.send(new sdk.DecryptCommand({ KeyId, CiphertextBlob: blob, EncryptionAlgorithm }));
        expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
        expect(opened.KeyMaterialId).toBeUndefined();
      }
      const more = new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.alloc(most + 1), EncryptionAlgorithm });
      expect(await refusal(root.send(more))).toBe(
        `ValidationException: Algorithm ${EncryptionAlgorithm} and key spec RSA_2048 cannot encrypt data larger than ${most} bytes.`,
      );
      const inContext = { KeyId, Plaintext: MESSAGE, EncryptionAlgorithm, EncryptionContext: { a: "b" } };
      expect(await refusal(root.send(new sdk.EncryptCommand(inContext)))).toContain("has no encryption context");
      const nonsense = new sdk.DecryptCommand({ KeyId, CiphertextBlob: Buffer.alloc(256, 1), EncryptionAlgorithm });
      expect(await refusal(root.send(nonsense))).toContain("InvalidCiphertextException");
      expect(await refusal(root.send(new sdk.EncryptCommand({ KeyId, Plaintext: MESSAGE })))).toContain(
        "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.",
      );
    },
  );

  test("moves to a symmetric key and back", async () => {
    const { root, create } = await world();
    const [rsa, symmetric] = [
      await create("RSA_2048", "ENCRYPT_DECRYPT"),
      await create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    ];
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
    const first = await root.send(new sdk.EncryptCommand({ KeyId: rsa, Plaintext: MESSAGE, EncryptionAlgorithm }));
    const there = await root.send(
      new sdk.ReEncryptCommand({
        CiphertextBlob: first.CiphertextBlob,
        SourceKeyId: rsa,
        SourceEncryptionAlgorithm: EncryptionAlgorithm,
        DestinationKeyId: symmetric,
      }),
    );
    const back = await root.send(
      new sdk.ReEncryptCommand({
        CiphertextBlob: there.CiphertextBlob,
        DestinationKeyId: rsa,
        DestinationEncryptionAlgorithm: EncryptionAlgorithm,
      }),
    );
    const opened = await root.send(
      new sdk.DecryptCommand({ KeyId: rsa, CiphertextBlob: back.CiphertextBlob, EncryptionAlgorithm }),
    );
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(MESSAGE);
    expect([there.SourceKeyMaterialId, typeof there.DestinationKeyMaterialId]).toEqual([undefined, "string"]);
  });
});

describe("shared secrets", () => {
  test.for<[KeySpec, string]>([
    ["ECC_NIST_P256", "prime256v1"],
    ["ECC_NIST_P384", "secp384r1"],
    ["ECC_NIST_P521", "secp521r1"],
  ])("of %s are those that the other side derives; a key of another curve is refused", async ([spec, namedCurve]) => {
    const { root, create, publicKey } = await world();
    const KeyId = await create(spec, "KEY_AGREEMENT");
    const other = generateKeyPairSync("ec", { namedCurve });
    const derive = (PublicKey: Uint8Array) =>
      root.send(new sdk.DeriveSharedSecretCommand({ KeyId, PublicKey, KeyAgreementAlgorithm: "ECDH" }));
    const { SharedSecret } = await derive(other.publicKey.export({ type: "spki", format: "der" }));
    const expected = diffieHellman({ privateKey: other.privateKey, publicKey: await publicKey(KeyId) });
    expect(Buffer.from(SharedSecret ?? [])).toEqual(expected);
    const stranger = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
    for (const bad of [stranger.export({ type: "spki", format: "der" }), Buffer.from("no key")]) {
      expect(await refusal(derive(bad))).toContain(
        `ValidationException: The public key is not one of the curve ${namedCurve}`,
      );
    }
  });

  test.for<[KeySpec]>([["ML_KEM_512"], ["ML_KEM_768"], ["ML_KEM_1024"]])(
    "of %s are recovered; a changed ciphertext gives another",
    async ([spec]) => {
      const { root, create } = await world();
      const KeyId = await create(spec, "ENCAPSULATE_DECAPSULATE");
      const EncapsulationAlgorithm = "ML_KEM";
      const made = await root.send(new sdk.EncapsulateCommand({ KeyId, EncapsulationAlgorithm }));
      const recover = async (SharedSecretCiphertextBlob: Uint8Array) =>
        Buffer.from(
          (await root.send(new sdk.DecapsulateCommand({ KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob })))
            .SharedSecret ?? [],
        );
      const blob = Buffer.from(made.SharedSecretCiphertextBlob ?? []);
      const secret = Buffer.from(made.SharedSecret ?? []);
      expect(secret).toHaveLength(32);
      expect(await recover(blob)).toEqual(secret);
      blob[0] = (blob[0] ?? 0) ^ 1;
      expect(await recover(blob)).not.toEqual(secret);
      expect(await refusal(recover(blob.subarray(1)))).toContain("InvalidCiphertextException");
    },
  );
});

describe("data key pairs", () => {
  test.for(
    Object.values(sdk.DataKeyPairSpec)
      .filter((spec) => spec !== "SM2")
      .map((spec) => [spec] as const),
  )(
    "of %s come with their private half in clear and wrapped, or only wrapped",
    { timeout: 120_000 },
    async ([KeyPairSpec]) => {
      const { root, create } = await world();
      const KeyId = await create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
      const EncryptionContext = { for: "test" };
      const request = { KeyId, KeyPairSpec, EncryptionContext };
      const made = await root.send(new sdk.GenerateDataKeyPairCommand(request));
      const wrapped = await root.send(new sdk.GenerateDataKeyPairWithoutPlaintextCommand(request));
      const open = async (CiphertextBlob?: Uint8Array) =>
        Buffer.from((await root.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext }))).Plaintext ?? []);
      expect(await open(made.PrivateKeyCiphertextBlob)).toEqual(Buffer.from(made.PrivateKeyPlaintext ?? []));
      for (const { PublicKey, PrivateKeyCiphertextBlob } of [made, wrapped]) {
        const pkcs8 = await open(PrivateKeyCiphertextBlob);
        const own = createPublicKey({ key: pkcs8, format: "der", type: "pkcs8" } as never);
        expect(own.export({ type: "spki", format: "der" })).toEqual(Buffer.from(PublicKey ?? []));
      }
    },
  );
});

describe("a key does one thing only", () => {
  const keys = async (create: (spec: KeySpec, usage: KeyUsage) => Promise<string>) =>
    new Map<KeyUsage, string>([
      ["ENCRYPT_DECRYPT", await create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")],
      ["SIGN_VERIFY", await create("ECC_NIST_P256", "SIGN_VERIFY")],
      ["GENERATE_VERIFY_MAC", await create("HMAC_256", "GENERATE_VERIFY_MAC")],
      ["KEY_AGREEMENT", await create("ECC_NIST_P256", "KEY_AGREEMENT")],
      ["ENCAPSULATE_DECAPSULATE", await create("ML_KEM_512", "ENCAPSULATE_DECAPSULATE")],
    ]);
  const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey;
  const PublicKey = other.export({ type: "spki", format: "der" });

  test.for<[string, KeyUsage, (root: sdk.KMSClient, KeyId: string) => Promise<unknown>]>([
    ["Encrypt", "ENCRYPT_DECRYPT", (root, KeyId) => root.send(new sdk.EncryptCommand({ KeyId, Plaintext: MESSAGE }))],
    [
      "GenerateDataKey",
      "ENCRYPT_DECRYPT",
      (root, KeyId) => root.send(new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" })),
    ],
    [
      "Sign",
      "SIGN_VERIFY",
      (root, KeyId) => root.send(new sdk.SignCommand({ KeyId, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256" })),
    ],
    [
      "GenerateMac",
      "GENERATE_VERIFY_MAC",
      (root, KeyId) => root.send(new sdk.GenerateMacCommand({ KeyId, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" })),
    ],
    [
      "Encapsulate",
      "ENCAPSULATE_DECAPSULATE",
      (root, KeyId) => root.send(new sdk.EncapsulateCommand({ KeyId, EncapsulationAlgorithm: "ML_KEM" })),
    ],
    [
      "DeriveSharedSecret",
      "KEY_AGREEMENT",
      (root, KeyId) =>
        root.send(new sdk.DeriveSharedSecretCommand({ KeyId, PublicKey, KeyAgreementAlgorithm: "ECDH" })),
    ],
  ])("%s needs a key for %s", async ([operation, needed, call]) => {
    const { root, create } = await world();
    for (const [usage, KeyId] of await keys(create)) {
      if (usage === needed) await call(root, KeyId);
      else {
        expect(await refusal(call(root, KeyId))).toMatch(
          new RegExp(`^InvalidKeyUsageException: arn:.* key usage is ${usage} which is not valid for ${operation}\\.$`),
        );
      }
    }
  });

  test("and has a public key only if it is a pair", async () => {
    const { root, create } = await world();
    for (const [usage, KeyId] of await keys(create)) {
      const asked = root.send(new sdk.GetPublicKeyCommand({ KeyId }));
      if (usage === "ENCRYPT_DECRYPT" || usage === "GENERATE_VERIFY_MAC") {
        expect(await refusal(asked)).toContain("which is not valid for GetPublicKey");
      } else expect((await asked).KeyUsage).toBe(usage);
    }
  });
});

test("a dry run, and who may not, get nothing: no key pair is made for them", async () => {
  const { root, client, create } = await world();
  const KeyId = await create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
  const { KeyMetadata } = await root.send(new sdk.DescribeKeyCommand({ KeyId }));
  const request = { KeyId: KeyMetadata?.Arn, KeyPairSpec: "RSA_4096" } as const;
  const stranger = client("root", STRANGER);
  for (const Command of [sdk.GenerateDataKeyPairCommand, sdk.GenerateDataKeyPairWithoutPlaintextCommand]) {
    const dry = new Command({ ...request, DryRun: true });
    expect(await refusal(root.send(dry as sdk.GenerateDataKeyPairCommand))).toContain("DryRunOperationException");
    const foreign = new Command(request);
    expect(await refusal(stranger.send(foreign as sdk.GenerateDataKeyPairCommand))).toContain("AccessDeniedException");
  }
  const signing = await create("ECC_NIST_P256", "SIGN_VERIFY");
  const sign = { KeyId: signing, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256", DryRun: true } as const;
  expect(await refusal(root.send(new sdk.SignCommand(sign)))).toContain("DryRunOperationException");
});

test("a grant lets somebody else sign, and nothing more; what such a key cannot do is not granted", async () => {
  const { root, client, create } = await world();
  const KeyId = await create("ECC_NIST_P256", "SIGN_VERIFY");
  const { KeyMetadata } = await root.send(new sdk.DescribeKeyCommand({ KeyId }));
  const arn = KeyMetadata?.Arn ?? "";
  const stranger = client("root", STRANGER);
  const request = { KeyId: arn, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256" } as const;
  expect(await refusal(stranger.send(new sdk.SignCommand(request)))).toContain("AccessDeniedException");
  const grant = { KeyId, GranteePrincipal: rootArn(STRANGER) };
  await root.send(new sdk.CreateGrantCommand({ ...grant, Operations: ["Sign"] }));
  const { Signature } = await stranger.send(new sdk.SignCommand(request));
  expect(await refusal(stranger.send(new sdk.VerifyCommand({ ...request, Signature })))).toContain("AccessDenied");
  expect(await refusal(stranger.send(new sdk.GetPublicKeyCommand({ KeyId: arn })))).toContain("AccessDenied");
  for (const bad of [
    { Operations: ["Encrypt" as const] },
    { Operations: ["Sign" as const], Constraints: { EncryptionContextEquals: { a: "b" } } },
  ]) {
    expect(await refusal(root.send(new sdk.CreateGrantCommand({ ...grant, ...bad })))).toContain("ValidationException");
  }
});
