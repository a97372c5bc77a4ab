import type { AuthorityDescription } from "#ca/private/describe.ts";
import type { Tag as OwnTag } from "#domain/certificate/tags.ts";
import type { CertificateAuthority, PageOf, Tag } from "./api.ts";

export function shownAuthority(ca: AuthorityDescription): CertificateAuthority {
  return {
    Arn: ca.arn,
    OwnerAccount: ca.account,
    CreatedAt: ca.createdAt,
    LastStateChangeAt: ca.changedAt,
    Type: ca.type,
    Serial: ca.serial?.replaceAll(/..(?!$)/g, "$&:"),
    Status: ca.status,
    NotBefore: ca.notBefore,
    NotAfter: ca.notAfter,
    FailureReason: ca.failureReason,
    CertificateAuthorityConfiguration: {
      KeyAlgorithm: ca.keyAlgorithm,
      SigningAlgorithm: ca.signingAlgorithm,
      Subject: ca.subject,
      CsrExtensions: ca.csrExtensions,
    },
    RevocationConfiguration: ca.revocation,
    RestorableUntil: ca.restorableUntil,
    KeyStorageSecurityStandard: ca.keyStorage,
    UsageMode: ca.usageMode,
  };
}

export function readTags(tags: readonly Tag[]): readonly OwnTag[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

/** AWS answers at most a hundred at once, whatever is asked for. */
export function readPage({ MaxResults = MOST, NextToken }: PageOf): { limit: number; token: string | undefined } {
  return { limit: Math.min(MOST, Math.ceil(MaxResults)), token: NextToken };
}

const MOST = 100;
