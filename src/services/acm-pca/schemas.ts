import type { $SchemaRef, StaticErrorSchema, StaticOperationSchema, StaticStructureSchema } from "@smithy/types";
import { SHAPE, shapesOf } from "#aws/schema.ts";

// The service model of AWS Private CA, API version 2017-08-22: the last SDK package, 3.523, carries none.
const { structure, listOf, operation, failure } = shapesOf("com.amazonaws.acmpca");
const { text: TEXT, number: NUMBER, flag: FLAG, time: TIME, blob: BLOB, unit: UNIT } = SHAPE;

const OF_AUTHORITY = { CertificateAuthorityArn: TEXT };
const OF_RESOURCE = { ResourceArn: TEXT };
const PAGE = { MaxResults: NUMBER, NextToken: TEXT };

const CustomAttribute = structure("CustomAttribute", { ObjectIdentifier: TEXT, Value: TEXT });
const ASN1Subject = structure(
  "ASN1Subject",
  {},
  {
    Country: TEXT,
    Organization: TEXT,
    OrganizationalUnit: TEXT,
    DistinguishedNameQualifier: TEXT,
    State: TEXT,
    CommonName: TEXT,
    SerialNumber: TEXT,
    Locality: TEXT,
    Title: TEXT,
    Surname: TEXT,
    GivenName: TEXT,
    Initials: TEXT,
    Pseudonym: TEXT,
    GenerationQualifier: TEXT,
    CustomAttributes: listOf("CustomAttributeList", CustomAttribute),
  },
);
const KeyUsage = structure(
  "KeyUsage",
  {},
  {
    DigitalSignature: FLAG,
    NonRepudiation: FLAG,
    KeyEncipherment: FLAG,
    DataEncipherment: FLAG,
    KeyAgreement: FLAG,
    KeyCertSign: FLAG,
    CRLSign: FLAG,
    EncipherOnly: FLAG,
    DecipherOnly: FLAG,
  },
);
const AccessMethod = structure("AccessMethod", {}, { CustomObjectIdentifier: TEXT, AccessMethodType: TEXT });
const GeneralName = structure(
  "GeneralName",
  {},
  {
    OtherName: structure("OtherName", { TypeId: TEXT, Value: TEXT }),
    Rfc822Name: TEXT,
    DnsName: TEXT,
    DirectoryName: ASN1Subject,
    EdiPartyName: structure("EdiPartyName", { PartyName: TEXT }, { NameAssigner: TEXT }),
    UniformResourceIdentifier: TEXT,
    IpAddress: TEXT,
    RegisteredId: TEXT,
  },
);
const AccessDescription = structure("AccessDescription", { AccessMethod, AccessLocation: GeneralName });
const CsrExtensions = structure(
  "CsrExtensions",
  {},
  { KeyUsage, SubjectInformationAccess: listOf("AccessDescriptionList", AccessDescription) },
);
const CertificateAuthorityConfiguration = structure(
  "CertificateAuthorityConfiguration",
  { KeyAlgorithm: TEXT, SigningAlgorithm: TEXT, Subject: ASN1Subject },
  { CsrExtensions },
);
const CrlConfiguration = structure(
  "CrlConfiguration",
  { Enabled: FLAG },
  {
    ExpirationInDays: NUMBER,
    CustomCname: TEXT,
    S3BucketName: TEXT,
    S3ObjectAcl: TEXT,
    CrlDistributionPointExtensionConfiguration: structure("CrlDistributionPointExtensionConfiguration", {
      OmitExtension: FLAG,
    }),
    CrlType: TEXT,
    CustomPath: TEXT,
  },
);
const OcspConfiguration = structure("OcspConfiguration", { Enabled: FLAG }, { OcspCustomCname: TEXT });
const RevocationConfiguration = structure("RevocationConfiguration", {}, { CrlConfiguration, OcspConfiguration });
const Tags = listOf("TagList", structure("Tag", { Key: TEXT }, { Value: TEXT }));
const CertificateAuthority = structure(
  "CertificateAuthority",
  {},
  {
    Arn: TEXT,
    OwnerAccount: TEXT,
    CreatedAt: TIME,
    LastStateChangeAt: TIME,
    Type: TEXT,
    Serial: TEXT,
    Status: TEXT,
    NotBefore: TIME,
    NotAfter: TIME,
    FailureReason: TEXT,
    CertificateAuthorityConfiguration,
    RevocationConfiguration,
    RestorableUntil: TIME,
    KeyStorageSecurityStandard: TEXT,
    UsageMode: TEXT,
  },
);
const PolicyQualifierInfo = structure("PolicyQualifierInfo", {
  PolicyQualifierId: TEXT,
  Qualifier: structure("Qualifier", { CpsUri: TEXT }),
});
const PolicyInformation = structure(
  "PolicyInformation",
  { CertPolicyId: TEXT },
  { PolicyQualifiers: listOf("PolicyQualifierInfoList", PolicyQualifierInfo) },
);
const ExtendedKeyUsage = structure(
  "ExtendedKeyUsage",
  {},
  { ExtendedKeyUsageType: TEXT, ExtendedKeyUsageObjectIdentifier: TEXT },
);
const CustomExtension = structure("CustomExtension", { ObjectIdentifier: TEXT, Value: TEXT }, { Critical: FLAG });
const Extensions = structure(
  "Extensions",
  {},
  {
    CertificatePolicies: listOf("CertificatePolicyList", PolicyInformation),
    ExtendedKeyUsage: listOf("ExtendedKeyUsageList", ExtendedKeyUsage),
    KeyUsage,
    SubjectAlternativeNames: listOf("GeneralNameList", GeneralName),
    CustomExtensions: listOf("CustomExtensionList", CustomExtension),
  },
);
const ApiPassthrough = structure("ApiPassthrough", {}, { Extensions, Subject: ASN1Subject });
const Validity = structure("Validity", { Value: NUMBER, Type: TEXT });
const Actions = listOf("ActionList", TEXT);
const Permission = structure(
  "Permission",
  {},
  {
    CertificateAuthorityArn: TEXT,
    CreatedAt: TIME,
    Principal: TEXT,
    SourceAccount: TEXT,
    Actions,
    Policy: TEXT,
  },
);
const answer = (name: string, members: Readonly<Record<string, $SchemaRef>>): StaticStructureSchema =>
  structure(name, {}, members);
const PEM_PAIR = { Certificate: TEXT, CertificateChain: TEXT };

/** Every operation and every error, each under its own name. */
export const schemas: Readonly<Record<string, StaticOperationSchema | StaticErrorSchema>> = {
  CreateCertificateAuthority: operation(
    "CreateCertificateAuthority",
    structure(
      "CreateCertificateAuthorityRequest",
      { CertificateAuthorityConfiguration, CertificateAuthorityType: TEXT },
      {
        RevocationConfiguration,
        IdempotencyToken: TEXT,
        KeyStorageSecurityStandard: TEXT,
        Tags,
        UsageMode: TEXT,
      },
    ),
    answer("CreateCertificateAuthorityResponse", OF_AUTHORITY),
  ),
  CreateCertificateAuthorityAuditReport: operation(
    "CreateCertificateAuthorityAuditReport",
    structure("CreateCertificateAuthorityAuditReportRequest", {
      ...OF_AUTHORITY,
      S3BucketName: TEXT,
      AuditReportResponseFormat: TEXT,
    }),
    answer("CreateCertificateAuthorityAuditReportResponse", { AuditReportId: TEXT, S3Key: TEXT }),
  ),
  CreatePermission: operation(
    "CreatePermission",
    structure("CreatePermissionRequest", { ...OF_AUTHORITY, Principal: TEXT, Actions }, { SourceAccount: TEXT }),
    UNIT,
  ),
  DeleteCertificateAuthority: operation(
    "DeleteCertificateAuthority",
    structure("DeleteCertificateAuthorityRequest", OF_AUTHORITY, { PermanentDeletionTimeInDays: NUMBER }),
    UNIT,
  ),
  DeletePermission: operation(
    "DeletePermission",
    structure("DeletePermissionRequest", { ...OF_AUTHORITY, Principal: TEXT }, { SourceAccount: TEXT }),
    UNIT,
  ),
  DeletePolicy: operation("DeletePolicy", structure("DeletePolicyRequest", OF_RESOURCE), UNIT),
  DescribeCertificateAuthority: operation(
    "DescribeCertificateAuthority",
    structure("DescribeCertificateAuthorityRequest", OF_AUTHORITY),
    answer("DescribeCertificateAuthorityResponse", { CertificateAuthority }),
  ),
  DescribeCertificateAuthorityAuditReport: operation(
    "DescribeCertificateAuthorityAuditReport",
    structure("DescribeCertificateAuthorityAuditReportRequest", { ...OF_AUTHORITY, AuditReportId: TEXT }),
    answer("DescribeCertificateAuthorityAuditReportResponse", {
      AuditReportStatus: TEXT,
      S3BucketName: TEXT,
      S3Key: TEXT,
      CreatedAt: TIME,
    }),
  ),
  GetCertificate: operation(
    "GetCertificate",
    structure("GetCertificateRequest", { ...OF_AUTHORITY, CertificateArn: TEXT }),
    answer("GetCertificateResponse", PEM_PAIR),
  ),
  GetCertificateAuthorityCertificate: operation(
    "GetCertificateAuthorityCertificate",
    structure("GetCertificateAuthorityCertificateRequest", OF_AUTHORITY),
    answer("GetCertificateAuthorityCertificateResponse", PEM_PAIR),
  ),
  GetCertificateAuthorityCsr: operation(
    "GetCertificateAuthorityCsr",
    structure("GetCertificateAuthorityCsrRequest", OF_AUTHORITY),
    answer("GetCertificateAuthorityCsrResponse", { Csr: TEXT }),
  ),
  GetPolicy: operation(
    "GetPolicy",
    structure("GetPolicyRequest", OF_RESOURCE),
    answer("GetPolicyResponse", { Policy: TEXT }),
  ),
  ImportCertificateAuthorityCertificate: operation(
    "ImportCertificateAuthorityCertificate",
    structure(
      "ImportCertificateAuthorityCertificateRequest",
      { ...OF_AUTHORITY, Certificate: BLOB },
      { CertificateChain: BLOB },
    ),
    UNIT,
  ),
  IssueCertificate: operation(
    "IssueCertificate",
    structure(
      "IssueCertificateRequest",
      { ...OF_AUTHORITY, Csr: BLOB, SigningAlgorithm: TEXT, Validity },
      { ApiPassthrough, TemplateArn: TEXT, ValidityNotBefore: Validity, IdempotencyToken: TEXT },
    ),
    answer("IssueCertificateResponse", { CertificateArn: TEXT }),
  ),
  ListCertificateAuthorities: operation(
    "ListCertificateAuthorities",
    structure("ListCertificateAuthoritiesRequest", {}, { ...PAGE, ResourceOwner: TEXT }),
    answer("ListCertificateAuthoritiesResponse", {
      NextToken: TEXT,
      CertificateAuthorities: listOf("CertificateAuthorities", CertificateAuthority),
    }),
  ),
  ListPermissions: operation(
    "ListPermissions",
    structure("ListPermissionsRequest", OF_AUTHORITY, PAGE),
    answer("ListPermissionsResponse", { NextToken: TEXT, Permissions: listOf("PermissionList", Permission) }),
  ),
  ListTags: operation(
    "ListTags",
    structure("ListTagsRequest", OF_AUTHORITY, PAGE),
    answer("ListTagsResponse", { NextToken: TEXT, Tags }),
  ),
  PutPolicy: operation("PutPolicy", structure("PutPolicyRequest", { ...OF_RESOURCE, Policy: TEXT }), UNIT),
  RestoreCertificateAuthority: operation(
    "RestoreCertificateAuthority",
    structure("RestoreCertificateAuthorityRequest", OF_AUTHORITY),
    UNIT,
  ),
  RevokeCertificate: operation(
    "RevokeCertificate",
    structure("RevokeCertificateRequest", { ...OF_AUTHORITY, CertificateSerial: TEXT, RevocationReason: TEXT }),
    UNIT,
  ),
  TagCertificateAuthority: operation(
    "TagCertificateAuthority",
    structure("TagCertificateAuthorityRequest", { ...OF_AUTHORITY, Tags }),
    UNIT,
  ),
  UntagCertificateAuthority: operation(
    "UntagCertificateAuthority",
    structure("UntagCertificateAuthorityRequest", { ...OF_AUTHORITY, Tags }),
    UNIT,
  ),
  UpdateCertificateAuthority: operation(
    "UpdateCertificateAuthority",
    structure("UpdateCertificateAuthorityRequest", OF_AUTHORITY, { RevocationConfiguration, Status: TEXT }),
    UNIT,
  ),
  CertificateMismatchException: failure("CertificateMismatchException"),
  ConcurrentModificationException: failure("ConcurrentModificationException"),
  InvalidArgsException: failure("InvalidArgsException"),
  InvalidArnException: failure("InvalidArnException"),
  InvalidNextTokenException: failure("InvalidNextTokenException"),
  InvalidPolicyException: failure("InvalidPolicyException"),
  InvalidRequestException: failure("InvalidRequestException"),
  InvalidStateException: failure("InvalidStateException"),
  InvalidTagException: failure("InvalidTagException"),
  LimitExceededException: failure("LimitExceededException"),
  LockoutPreventedException: failure("LockoutPreventedException"),
  MalformedCSRException: failure("MalformedCSRException"),
  MalformedCertificateException: failure("MalformedCertificateException"),
  PermissionAlreadyExistsException: failure("PermissionAlreadyExistsException"),
  RequestAlreadyProcessedException: failure("RequestAlreadyProcessedException"),
  RequestFailedException: failure("RequestFailedException"),
  RequestInProgressException: failure("RequestInProgressException"),
  ResourceNotFoundException: failure("ResourceNotFoundException"),
  TooManyTagsException: failure("TooManyTagsException"),
};
