import type * as sdk from "@aws-sdk/client-acm";
import type { SearchResult } from "#lifecycle/search.ts";

type Names = NonNullable<SearchResult["certificateNames"]>;

/** A distinguished name by ACM's members; what has none, or comes a second time, is a custom attribute. */
export function shownDistinguishedName(name: Names["subject"]): sdk.DistinguishedName {
  const shown: { [Member in SingleMember]?: string } = {};
  const domainComponents: string[] = [];
  const custom: sdk.CustomAttribute[] = [];
  for (const { type, value } of name) {
    const member = MEMBERS[type];
    if (type === DOMAIN_COMPONENT) domainComponents.push(value);
    else if (member !== undefined && shown[member] === undefined) shown[member] = value;
    else custom.push({ ObjectIdentifier: type, Value: value });
  }
  return {
    ...shown,
    ...(domainComponents.length > 0 && { DomainComponents: domainComponents }),
    ...(custom.length > 0 && { CustomAttributes: custom }),
  };
}

export function shownGeneralName(name: Names["alternativeNames"][number]): sdk.GeneralName {
  switch (name.kind) {
    case "dns":
      return { DnsName: name.value };
    case "ip":
      return { IpAddress: name.value };
    case "email":
      return { Rfc822Name: name.value };
    case "uri":
      return { UniformResourceIdentifier: name.value };
    case "registered-id":
      return { RegisteredId: name.value };
    case "directory":
      return { DirectoryName: shownDistinguishedName(name.name) };
    case "other":
      return { OtherName: { ObjectIdentifier: name.type, Value: name.value } };
  }
}

type SingleMember = Exclude<keyof sdk.DistinguishedName, "DomainComponents" | "CustomAttributes">;

/** X.520, and RFC 4519 for the components of a domain. */
const MEMBERS: Readonly<Record<string, SingleMember>> = {
  "2.5.4.3": "CommonName",
  "2.5.4.4": "Surname",
  "2.5.4.5": "SerialNumber",
  "2.5.4.6": "Country",
  "2.5.4.7": "Locality",
  "2.5.4.8": "State",
  "2.5.4.10": "Organization",
  "2.5.4.11": "OrganizationalUnit",
  "2.5.4.12": "Title",
  "2.5.4.42": "GivenName",
  "2.5.4.43": "Initials",
  "2.5.4.44": "GenerationQualifier",
  "2.5.4.46": "DistinguishedNameQualifier",
  "2.5.4.65": "Pseudonym",
};
const DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25";
