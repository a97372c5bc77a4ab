import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

const run = promisify(execFile);

/** The commands of docs/keys.md that Debian's AWS CLI knows; OpenSSL wraps the material. */
const STORY = `
printf 'attack at dawn' > secret
key=$(aws kms create-key --origin EXTERNAL --multi-region --query KeyMetadata.KeyId --output text)
aws kms get-parameters-for-import --key-id "$key" --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_3072 \
  --query '[PublicKey,ImportToken]' --output text > parameters
cut -f1 parameters | base64 -d > public.der
cut -f2 parameters | base64 -d > token
openssl rand -out material 32
wrap() {
  openssl pkeyutl -encrypt -pubin -inkey public.der -keyform DER -in "$1" -out "$2" \
    -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256
}
wrap material wrapped
aws kms import-key-material --key-id "$key" --import-token fileb://token --encrypted-key-material fileb://wrapped \
  --expiration-model KEY_MATERIAL_EXPIRES --valid-to "$(date -u -d '+30 days' +%FT%TZ)" > /dev/null
aws kms encrypt --key-id "$key" --plaintext fileb://secret --query CiphertextBlob --output text | base64 -d > sealed
aws kms decrypt --ciphertext-blob fileb://sealed --query Plaintext --output text | base64 -d; echo
aws kms replicate-key --key-id "$key" --replica-region us-east-1 --query ReplicaKeyMetadata.KeyState --output text
there() { aws --region us-east-1 kms "$@"; }
there get-parameters-for-import --key-id "$key" --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_2048 \
  --query '[PublicKey,ImportToken]' --output text > parameters
cut -f1 parameters | base64 -d > public.der
cut -f2 parameters | base64 -d > token
wrap material wrapped
there import-key-material --key-id "$key" --import-token fileb://token --encrypted-key-material fileb://wrapped \
  --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE > /dev/null
there decrypt --ciphertext-blob fileb://sealed --query Plaintext --output text | base64 -d; echo
aws kms update-primary-region --key-id "$key" --primary-region us-east-1
aws kms describe-key --key-id "$key" --query KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType --output text
aws kms delete-imported-key-material --key-id "$key" > /dev/null
aws kms decrypt --ciphertext-blob fileb://sealed 2>&1 | tail -1 || true
there schedule-key-deletion --key-id "$key" --pending-window-in-days 7 --query KeyState --output text
`;

test("the AWS CLI and OpenSSL import material, into a key and its replica in another Region", async () => {
  debian("awscli", "openssl");
  const { endpoint, credentials, dataDir } = await testProduct();
  const { stdout } = await run(
    "bash",
    ["-euo", "pipefail", "-c", `aws() { /usr/bin/aws --endpoint-url ${endpoint} "$@"; }\n${STORY}`],
    {
      cwd: dataDir,
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: "eu-west-1",
      },
      timeout: 110_000,
    },
  );
  const lines = stdout.trim().split("\n");
  expect(lines.slice(0, 4)).toEqual(["attack at dawn", "PendingImport", "attack at dawn", "REPLICA"]);
  expect(lines[4]).toMatch(/KMSInvalidStateException.*is pending import\.$/);
  expect(lines[5]).toBe("PendingReplicaDeletion");
});
