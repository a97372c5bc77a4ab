import { CreateKeyCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { debian } from "../tests/support/debian.ts";
import { besideBare } from "./beside-bare.ts";
import { benchProduct, REGION, signedRequest } from "./product.ts";
import type { Result } from "./result.ts";

/** What users of KMS call most, through the whole front door with a journal entry on the disk for each use of a key. */
export async function kms(): Promise<readonly Result[]> {
  debian("wrk");
  await using product = await benchProduct();
  const client = new KMSClient({ region: REGION, endpoint: product.endpoint, credentials: product.credentials });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId ?? "";
  const EncryptionContext = { tenant: "bench" };
  const Plaintext = Buffer.alloc(32, 7);
  const sealed = await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
  client.destroy();
  const blob = Buffer.from(sealed.CiphertextBlob ?? []).toString("base64");
  const calls = {
    Decrypt: { CiphertextBlob: blob, EncryptionContext },
    Encrypt: { KeyId, Plaintext: Plaintext.toString("base64"), EncryptionContext },
    GenerateDataKey: { KeyId, KeySpec: "AES_256", EncryptionContext },
  };
  const results: Result[] = [];
  for (const [operation, input] of Object.entries(calls)) {
    const request = await signedRequest(product, "kms", `TrentService.${operation}`, input);
    results.push(await besideBare(operation, request));
  }
  return results;
}
