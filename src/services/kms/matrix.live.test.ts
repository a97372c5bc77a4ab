import * as sdk from "@aws-sdk/client-kms";
import { sql } from "kysely";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { destroyKey } from "#custody/key-state.ts";
import type { KeyArn } from "#domain/arn.ts";
import { GRANT_OPERATIONS, type GrantOperation } from "#domain/keys/grant.ts";
import { isKeyOperation, type KeyOperation, keyOperation, stateObjection } from "#domain/keys/key-operations.ts";
import { keyIdOf } from "#domain/keys/names.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { wrap } from "../../../tests/support/key-material.ts";
import {
  ACCOUNT,
  ensurePrincipal,
  type KeyWorld,
  keyWorld,
  refusal,
  STRANGER,
  serveKms,
} from "../../../tests/support/key-world.ts";
import { kms } from "./index.ts";

type Name = keyof typeof kms.operations;
/** A key and what it has made, for every operation to have something that would work. */
interface Made {
  readonly KeyId: string;
  readonly CiphertextBlob?: Uint8Array;
  readonly Signature?: Uint8Array;
  readonly Mac?: Uint8Array;
  readonly PublicKey?: Uint8Array;
  readonly Encapsulated?: Uint8Array;
  readonly GrantId?: string;
  readonly ImportToken?: Uint8Array;
  readonly EncryptedKeyMaterial?: Uint8Array;
}
interface Sample {
  readonly kind: KindName;
  readonly input: (key: Made) => object;
  /** Needs a key that is disabled, or pending deletion. */
  readonly state?: "Disabled" | "PendingDeletion";
}

const CONTEXT = { purpose: "matrix" };
const OTHER_CONTEXT = { purpose: "another" };
const MESSAGE = Buffer.from("message");
const ROLE = `arn:aws:iam::${ACCOUNT}:role/r`;
const KINDS = {
  symmetric: {},
  signing: { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
  agreeing: { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" },
  mac: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
  encapsulating: { KeySpec: "ML_KEM_768", KeyUsage: "ENCAPSULATE_DECAPSULATE" },
  external: { Origin: "EXTERNAL" },
  multiRegion: { MultiRegion: true },
} as const;
const WRAPPING = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const;
type KindName = keyof typeof KINDS;

/** What is asked of a key by each operation. One that is added to the service and not here fails the first test. */
const SAMPLES: Readonly<Partial<Record<Name, Sample>>> = {
  CancelKeyDeletion: { kind: "symmetric", input: named, state: "PendingDeletion" },
  CreateAlias: {
    kind: "symmetric",
    input: ({ KeyId }) => ({ AliasName: `alias/${KeyId.slice(-12)}`, TargetKeyId: KeyId }),
  },
  CreateGrant: {
    kind: "symmetric",
    input: (key) => ({ ...named(key), GranteePrincipal: ROLE, Operations: ["Encrypt"] }),
  },
  Decapsulate: {
    kind: "encapsulating",
    input: (key) => ({ ...named(key), SharedSecretCiphertextBlob: key.Encapsulated, EncapsulationAlgorithm: "ML_KEM" }),
  },
  Decrypt: { kind: "symmetric", input: ({ CiphertextBlob }) => ({ CiphertextBlob, EncryptionContext: CONTEXT }) },
  DeleteImportedKeyMaterial: { kind: "external", input: named },
  DeriveSharedSecret: {
    kind: "agreeing",
    input: (key) => ({ ...named(key), PublicKey: key.PublicKey, KeyAgreementAlgorithm: "ECDH" }),
  },
  DescribeKey: { kind: "symmetric", input: named },
  DisableKey: { kind: "symmetric", input: named },
  DisableKeyRotation: { kind: "symmetric", input: named },
  EnableKey: { kind: "symmetric", input: named, state: "Disabled" },
  EnableKeyRotation: { kind: "symmetric", input: named },
  Encapsulate: { kind: "encapsulating", input: (key) => ({ ...named(key), EncapsulationAlgorithm: "ML_KEM" }) },
  Encrypt: { kind: "symmetric", input: (key) => ({ ...inContext(key), Plaintext: MESSAGE }) },
  GenerateDataKey: { kind: "symmetric", input: (key) => ({ ...inContext(key), KeySpec: "AES_256" }) },
  GenerateDataKeyPair: { kind: "symmetric", input: (key) => ({ ...inContext(key), KeyPairSpec: "ECC_NIST_P256" }) },
  GenerateDataKeyPairWithoutPlaintext: {
    kind: "symmetric",
    input: (key) => ({ ...inContext(key), KeyPairSpec: "ECC_NIST_P256" }),
  },
  GenerateDataKeyWithoutPlaintext: { kind: "symmetric", input: (key) => ({ ...inContext(key), KeySpec: "AES_256" }) },
  GenerateMac: { kind: "mac", input: (key) => ({ ...named(key), Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" }) },
  GetKeyLastUsage: { kind: "symmetric", input: named },
  GetKeyPolicy: { kind: "symmetric", input: named },
  GetKeyRotationStatus: { kind: "symmetric", input: named },
  GetParametersForImport: { kind: "external", input: (key) => ({ ...named(key), ...WRAPPING }) },
  GetPublicKey: { kind: "signing", input: named },
  ImportKeyMaterial: {
    kind: "external",
    input: ({ KeyId, ImportToken, EncryptedKeyMaterial }) => ({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial,
      ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }),
  },
  ListGrants: { kind: "symmetric", input: named },
  ListKeyPolicies: { kind: "symmetric", input: named },
  ListKeyRotations: { kind: "symmetric", input: named },
  ListResourceTags: { kind: "symmetric", input: named },
  PutKeyPolicy: {
    kind: "symmetric",
    input: (key) => ({ ...named(key), Policy: JSON.stringify(ACCOUNT_POLICY), BypassPolicyLockoutSafetyCheck: true }),
  },
  ReplicateKey: { kind: "multiRegion", input: (key) => ({ ...named(key), ReplicaRegion: "us-east-1" }) },
  RevokeGrant: { kind: "symmetric", input: (key) => ({ ...named(key), GrantId: key.GrantId }) },
  RotateKeyOnDemand: { kind: "symmetric", input: named },
  ScheduleKeyDeletion: { kind: "symmetric", input: named },
  Sign: {
    kind: "signing",
    input: (key) => ({ ...named(key), Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256" }),
  },
  TagResource: { kind: "symmetric", input: (key) => ({ ...named(key), Tags: [{ TagKey: "a", TagValue: "b" }] }) },
  UntagResource: { kind: "symmetric", input: (key) => ({ ...named(key), TagKeys: ["a"] }) },
  UpdateKeyDescription: { kind: "symmetric", input: (key) => ({ ...named(key), Description: "new" }) },
  Verify: {
    kind: "signing",
    input: (key) => ({
      ...named(key),
      Message: MESSAGE,
      Signature: key.Signature,
      SigningAlgorithm: "ECDSA_SHA_256",
    }),
  },
  VerifyMac: {
    kind: "mac",
    input: (key) => ({ ...named(key), Message: MESSAGE, Mac: key.Mac, MacAlgorithm: "HMAC_SHA_256" }),
  },
};
/** About two keys, about none, or about a grant whose parties may end it: they have tests of their own. */
const ELSEWHERE: ReadonlySet<Name> = new Set<Name>([
  "ConnectCustomKeyStore",
  "CreateCustomKeyStore",
  "CreateKey",
  "DeleteAlias",
  "DeleteCustomKeyStore",
  "DescribeCustomKeyStores",
  "DisconnectCustomKeyStore",
  "GenerateRandom",
  "ListAliases",
  "ListKeys",
  "ListRetirableGrants",
  "ReEncrypt",
  "RetireGrant",
  "UpdateAlias",
  "UpdateCustomKeyStore",
  "UpdatePrimaryRegion",
]);
const OPERATIONS = Object.entries(SAMPLES) as readonly [Name & KeyOperation, Sample][];
const ACCOUNT_POLICY = policy({ Principal: { AWS: ACCOUNT } });

let store: Store;
let world: KeyWorld;
/** The identity policies of users and roles of the account from now on; strangers may do everything. */
let identity: readonly object[] = [];
let client: Awaited<ReturnType<typeof serveKms>>;

beforeAll(async () => {
  store = await openStore("file::memory:");
  return () => store.destroy();
});

/** Clients, each for one test. */
async function open(): Promise<void> {
  identity = [];
  world = keyWorld(store);
  client = await serveKms(world, (account) => (account === STRANGER ? [policy({})] : identity));
  await ensurePrincipal(store, "role", ACCOUNT, "other", { path: "/r/", id: `AROA${"C".repeat(17)}` });
  onTestFinished(() => world.journal.flush());
}

const call = (who: Caller["kind"], name: Name, input: object, account: AccountId = ACCOUNT): Promise<string> => {
  const Command = (sdk as unknown as Readonly<Record<string, new (input: object) => never>>)[`${name}Command`]!;
  return refusal(client(who, account).send(new Command(input)));
};

async function make(kind: KindName): Promise<Made> {
  const root = client();
  const { KeyMetadata } = await root.send(new sdk.CreateKeyCommand(KINDS[kind]));
  const KeyId = KeyMetadata!.Arn!;
  switch (kind) {
    case "symmetric": {
      const { CiphertextBlob } = await root.send(
        new sdk.EncryptCommand({ KeyId, Plaintext: MESSAGE, EncryptionContext: CONTEXT }),
      );
      const { GrantId } = await root.send(
        new sdk.CreateGrantCommand({ KeyId, GranteePrincipal: `${ROLE}/other`, Operations: ["Decrypt"] }),
      );
      return { KeyId, CiphertextBlob: CiphertextBlob!, GrantId: GrantId! };
    }
    case "signing": {
      const { Signature } = await root.send(
        new sdk.SignCommand({ KeyId, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256" }),
      );
      return { KeyId, Signature: Signature! };
    }
    case "agreeing": {
      const { PublicKey } = await root.send(new sdk.GetPublicKeyCommand({ KeyId }));
      return { KeyId, PublicKey: PublicKey! };
    }
    case "mac": {
      const { Mac } = await root.send(
        new sdk.GenerateMacCommand({ KeyId, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" }),
      );
      return { KeyId, Mac: Mac! };
    }
    case "encapsulating": {
      const { SharedSecretCiphertextBlob } = await root.send(
        new sdk.EncapsulateCommand({ KeyId, EncapsulationAlgorithm: "ML_KEM" }),
      );
      return { KeyId, Encapsulated: SharedSecretCiphertextBlob! };
    }
    case "external": {
      const { PublicKey, ImportToken } = await root.send(new sdk.GetParametersForImportCommand({ KeyId, ...WRAPPING }));
      const EncryptedKeyMaterial = wrap(PublicKey!, WRAPPING.WrappingAlgorithm, Buffer.alloc(32, 7));
      const ExpirationModel = "KEY_MATERIAL_DOES_NOT_EXPIRE";
      const material = { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel } as const;
      await root.send(new sdk.ImportKeyMaterialCommand(material));
      return { KeyId, ImportToken: ImportToken!, EncryptedKeyMaterial };
    }
    case "multiRegion":
      return { KeyId };
  }
}

/** A key for an operation, in the state that it needs. */
async function keyFor({ kind, state }: Sample): Promise<Made> {
  const key = await make(kind);
  if (state !== undefined) await bring(key, state);
  return key;
}

async function bring({ KeyId }: Made, state: "Disabled" | "PendingDeletion"): Promise<void> {
  const Command = state === "Disabled" ? sdk.DisableKeyCommand : sdk.ScheduleKeyDeletionCommand;
  await client().send(new Command({ KeyId }) as sdk.DisableKeyCommand);
}

async function everyOperation(check: (name: Name & KeyOperation, sample: Sample) => Promise<unknown>): Promise<void> {
  const wrong: unknown[] = [];
  for (const [name, sample] of OPERATIONS) {
    const found = await check(name, sample);
    if (found !== undefined) wrong.push([name, found]);
  }
  expect(wrong).toEqual([]);
}

/** Everything that is kept of keys. */
async function kept(): Promise<unknown> {
  const tables = ["master_keys", "master_key_materials", "grants", "key_aliases", "key_tags"];
  return await Promise.all(
    tables.map(async (table) => (await sql`select * from ${sql.table(table)}`.execute(store)).rows),
  );
}

test("every operation of the service is asked here, or elsewhere for a reason", () => {
  const missing = (Object.keys(kms.operations) as Name[]).filter((name) => !(name in SAMPLES) && !ELSEWHERE.has(name));
  expect(missing).toEqual([]);
  expect(OPERATIONS.filter(([name]) => !isKeyOperation(name))).toEqual([]);
});

describe("who may not", () => {
  const CASES: readonly (readonly [who: string, kind: Caller["kind"], account: AccountId])[] = [
    ["a user without policies", "user", ACCOUNT],
    ["a session of a role without policies", "role", ACCOUNT],
    ["an edge without a grant", "edge", ACCOUNT],
    ["another account", "root", STRANGER],
    ["another account's user, who may do everything there", "user", STRANGER],
    ["another account's role, which may do everything there", "role", STRANGER],
  ];
  test.each(CASES)("%s may do nothing with a key, and changes nothing by trying", async (_, kind, account) => {
    await open();
    await everyOperation(async (name, sample) => {
      const input = sample.input(await keyFor(sample));
      const before = await kept();
      const said = await call(kind, name, input, account);
      expect(await kept()).toEqual(before);
      return said.startsWith("AccessDeniedException: ") ? undefined : said;
    });
  });

  test("a user whom a policy denies the operation, though others allow everything", async () => {
    await open();
    await everyOperation(async (name, sample) => {
      const input = sample.input(await keyFor(sample));
      identity = [policy({}), policy({ Effect: "Deny", Action: `kms:${name}` })];
      const said = await call("user", name, input);
      const expected = "with an explicit deny in an identity-based policy";
      return said.startsWith("AccessDeniedException: ") && said.endsWith(expected) ? undefined : said;
    });
  });

  test("a user may do what one action allows, and without it nothing", async () => {
    await open();
    await everyOperation(async (name, sample) => {
      const input = sample.input(await keyFor(sample));
      identity = [policy({ Action: "kms:*", Resource: "*" }), policy({ Effect: "Deny", NotAction: `kms:${name}` })];
      const said = await call("user", name, input);
      if (said !== "not refused") return said;
      identity = [policy({ NotAction: `kms:${name}` })];
      const without = await call("user", name, sample.input(await keyFor(sample)));
      return without.startsWith("AccessDeniedException: ") ? undefined : without;
    });
  });
});

describe("grants", () => {
  const granted = OPERATIONS.filter(([name]) => keyOperation(name).grantedAs !== undefined);
  const grant = async (KeyId: string, operations: readonly GrantOperation[], more: object = {}): Promise<string> =>
    await call("root", "CreateGrant", { KeyId, GranteePrincipal: ROLE, Operations: operations, ...more });

  test("let a role do what they name, in their context, and nothing else", async () => {
    await open();
    const wrong: unknown[] = [];
    for (const [name, sample] of granted) {
      const { grantedAs, inContext: bound } = keyOperation(name);
      const others = GRANT_OPERATIONS.filter((one) => one !== grantedAs && mayBeGranted(one, sample.kind));
      const key = await keyFor(sample);
      const input = sample.input(key);
      expect(await grant(key.KeyId, others)).toBe("not refused");
      expect(await grant(key.KeyId, [grantedAs!], { GranteePrincipal: `${ROLE}/other` })).toBe("not refused");
      const before = await call("role", name, input);
      if (!before.startsWith("AccessDeniedException")) wrong.push([name, "of other operations", before]);
      const Constraints = (EncryptionContextSubset: object) =>
        bound ? { Constraints: { EncryptionContextSubset } } : {};
      if (bound) {
        await grant(key.KeyId, [grantedAs!], Constraints(OTHER_CONTEXT));
        const abroad = await call("role", name, input);
        if (!abroad.startsWith("AccessDeniedException")) wrong.push([name, "in another context", abroad]);
      }
      expect(await grant(key.KeyId, [grantedAs!], Constraints(CONTEXT))).toBe("not refused");
      const after = await call("role", name, input);
      // Who may create grants by a grant may pass on no more than that has.
      const expected = name === "CreateGrant" ? /^AccessDeniedException/ : /^not refused$/;
      if (!expected.test(after)) wrong.push([name, "granted", after]);
    }
    expect(wrong).toEqual([]);
  });
});

describe("states", () => {
  const WORDS = { disabled: "DisabledException", "pending-deletion": "KMSInvalidStateException" } as const;

  test.each(["Disabled", "PendingDeletion"] as const)("with a key that is %s", async (state) => {
    await open();
    await everyOperation(async (name, sample) => {
      if (sample.state !== undefined) return undefined;
      const key = await make(sample.kind);
      await bring(key, state);
      const said = await call("root", name, sample.input(key));
      const objection = stateObjection(name, state);
      const expected = objection === undefined ? "not refused" : WORDS[objection as keyof typeof WORDS];
      return said.startsWith(expected) ? undefined : said;
    });
  });

  test("with a key that is gone", async () => {
    await open();
    await everyOperation(async (name, sample) => {
      const key = await make(sample.kind);
      const input = sample.input(key);
      await bring(key, "PendingDeletion");
      world.clock.advance(31 * DAY);
      expect(await destroyKey(keyIdOf(key.KeyId as KeyArn), world)).toBeUndefined();
      const said = await call("root", name, input);
      // A ciphertext names a key that nobody knows: nothing is told of it.
      return /^(NotFoundException|AccessDeniedException)/.test(said) ? undefined : said;
    });
  });
});

function named({ KeyId }: Made): { readonly KeyId: string } {
  return { KeyId };
}

function inContext(key: Made): object {
  return { ...named(key), EncryptionContext: CONTEXT };
}

function policy(statement: object): object {
  const { Action = "kms:*", ...rest } = statement as { readonly Action?: string };
  const action = "NotAction" in rest ? {} : { Action };
  return { Version: "2012-10-17", Statement: { Effect: "Allow", Resource: "*", ...action, ...rest } };
}

/** Which operations a grant on a key of that kind may name. */
function mayBeGranted(operation: GrantOperation, kind: KindName): boolean {
  const always = ["CreateGrant", "RetireGrant", "DescribeKey"];
  const own: Readonly<Record<KindName, readonly string[]>> = {
    symmetric: [
      "Decrypt",
      "Encrypt",
      "GenerateDataKey",
      "GenerateDataKeyWithoutPlaintext",
      "GenerateDataKeyPair",
      "GenerateDataKeyPairWithoutPlaintext",
      "ReEncryptFrom",
      "ReEncryptTo",
    ],
    signing: ["Sign", "Verify", "GetPublicKey"],
    agreeing: ["DeriveSharedSecret", "GetPublicKey"],
    mac: ["GenerateMac", "VerifyMac"],
    encapsulating: ["Encapsulate", "Decapsulate", "GetPublicKey"],
    external: [],
    multiRegion: [],
  };
  return always.includes(operation) || own[kind].includes(operation);
}
