import { X509Certificate } from "node:crypto";
import { DescribeCertificateAuthorityCommand } from "@aws-sdk/client-acm-pca";
import { expect, test } from "vitest";
import { openssl } from "../support/openssl.ts";
import { activeRoot, activeSubordinate, csrFor, issueFrom, pcaClient } from "../support/private-ca.ts";
import { testProduct } from "../support/product.ts";

test("the SDK makes a root and a subordinate CA, and openssl verifies what they issue", async () => {
  const client = pcaClient(await testProduct());
  const root = await activeRoot(client);
  const subordinate = await activeSubordinate(client, root);
  const { certificate, chain } = await issueFrom(client, subordinate.arn, csrFor("device.internal").csr);
  const described = await client.send(
    new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: subordinate.arn }),
  );
  expect(described.CertificateAuthority).toMatchObject({ Status: "ACTIVE", Type: "SUBORDINATE" });
  expect(chain?.match(/BEGIN/g)).toHaveLength(2);
  expect(new X509Certificate(certificate).subject).toBe("CN=device.internal");
  const files = { "leaf.pem": certificate, "chain.pem": chain!, "root.pem": root.certificate };
  const verified = await openssl("verify -x509_strict -CAfile root.pem -untrusted chain.pem leaf.pem", files);
  expect(verified).toContain("leaf.pem: OK");
});
