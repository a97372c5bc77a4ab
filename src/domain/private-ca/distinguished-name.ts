/** A subject as AWS Private CA's API spells it (ASN1Subject). */
export interface DistinguishedName {
  readonly Country?: string | undefined;
  readonly Organization?: string | undefined;
  readonly OrganizationalUnit?: string | undefined;
  readonly DistinguishedNameQualifier?: string | undefined;
  readonly State?: string | undefined;
  readonly CommonName?: string | undefined;
  readonly SerialNumber?: string | undefined;
  readonly Locality?: string | undefined;
  readonly Title?: string | undefined;
  readonly Surname?: string | undefined;
  readonly GivenName?: string | undefined;
  readonly Initials?: string | undefined;
  readonly Pseudonym?: string | undefined;
  readonly GenerationQualifier?: string | undefined;
  /** Instead of all others. */
  readonly CustomAttributes?: readonly CustomAttribute[] | undefined;
}

export interface CustomAttribute {
  /** Dotted. */
  readonly ObjectIdentifier: string;
  readonly Value: string;
}
