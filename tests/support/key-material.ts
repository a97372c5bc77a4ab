import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import {
  type AlgorithmSpec,
  CreateKeyCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type ImportKeyMaterialCommandInput,
  type ImportKeyMaterialCommandOutput,
  type KMSClient,
} from "@aws-sdk/client-kms";

/** Makes a key that waits for its material. */
export async function externalKey(client: KMSClient, more: object = {}): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Origin: "EXTERNAL", ...more }));
  return KeyMetadata?.KeyId ?? "";
}

/** Imports material as a client does: gets the parameters, wraps it, sends it. It does not expire unless `more` says so. */
export async function importInto(
  client: KMSClient,
  KeyId: string,
  material: Uint8Array,
  {
    algorithm = "RSAES_OAEP_SHA_256",
    ...more
  }: Partial<ImportKeyMaterialCommandInput> & { algorithm?: AlgorithmSpec } = {},
): Promise<ImportKeyMaterialCommandOutput> {
  const { ImportToken, PublicKey } = await client.send(
    new GetParametersForImportCommand({ KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: "RSA_2048" }),
  );
  const EncryptedKeyMaterial = wrap(PublicKey!, algorithm, material);
  const ends = more.ValidTo ? {} : { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" as const };
  return await client.send(
    new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...ends, ...more }),
  );
}

/** Wraps material under a wrapping key (SubjectPublicKeyInfo, DER). */
export function wrap(spki: Uint8Array, algorithm: AlgorithmSpec, material: Uint8Array): Buffer {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  const oaepHash = algorithm.endsWith("SHA_1") ? "sha1" : "sha256";
  const oaep = (data: Uint8Array) => publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, data);
  if (!algorithm.startsWith("RSA_AES_")) return oaep(material);
  const aes = randomBytes(32);
  const cipher = createCipheriv("id-aes256-wrap-pad", aes, Buffer.from("a65959a6", "hex"));
  return Buffer.concat([oaep(aes), cipher.update(material), cipher.final()]);
}
