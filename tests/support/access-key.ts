import { createSecretKey } from "node:crypto";
import type { Credential } from "#aws/sigv4/credential.ts";
import { rootArn } from "#domain/arn.ts";
import { parseAccountId } from "#domain/names.ts";

/** An access key in the form that the SDK clients take. */
export interface TestKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const TEST_KEY: TestKey = { accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a/secret+of/the+tests" };

/** The same key as the verifier of signatures needs it: the root key of account 123456789012. */
export function testCredential({ accessKeyId, secretAccessKey, sessionToken }: TestKey): Credential {
  const account = parseAccountId("123456789012")!;
  const secret = createSecretKey(`AWS4${secretAccessKey}`, "utf8");
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { accessKeyId, account, kind: "root", arn: rootArn(account), secret, ...token };
}
