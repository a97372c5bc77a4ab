import { domainToASCII, domainToUnicode } from "node:url";
import { type DomainName, parseDomainName } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { publicSuffix } from "./public-suffix.ts";

/**
 * The names that a certificate shall hold: the first one leads, doubles collapse, the order of the request stays.
 * Throws `domain-name-invalid`, `quota-exceeded` or, for a first name too long for a CN, `domain-validation-options-invalid`.
 */
export function requestedNames(first: string, others: readonly string[]): readonly [DomainName, ...DomainName[]] {
  const lead = requestedName(first);
  if (lead.length > LONGEST_COMMON_NAME) {
    throw new Refusal(
      "domain-validation-options-invalid",
      `The first domain name can be no longer than ${LONGEST_COMMON_NAME} characters.`,
    );
  }
  const rest = new Set(others.map(requestedName).filter((name) => name !== lead));
  if (rest.size >= MOST_NAMES) {
    throw new Refusal(
      "quota-exceeded",
      `A certificate can have at most ${MOST_NAMES} domain names; ${rest.size + 1} were given.`,
    );
  }
  return [lead, ...rest];
}

/**
 * Reads DomainValidationOptions: where approval letters for a name go. Each must be for a name of the certificate, and
 * name it or a domain above it, down to the registered one. Throws `domain-validation-options-invalid`.
 */
export function readValidationDomains(
  names: readonly DomainName[],
  options: readonly (readonly [domain: string, validationDomain: string])[],
): ReadonlyMap<DomainName, DomainName> {
  const domains = new Map<DomainName, DomainName>();
  for (const [text, above] of options) {
    const domain = parseDomainName(text);
    if (!domain || !names.includes(domain)) {
      throw optionsInvalid(`DomainValidationOptions names "${text}", which is none of the certificate's domain names.`);
    }
    const validationDomain = parseDomainName(above);
    if (!validationDomain || !(validationDomain === domain || isWithin(baseDomain(domain), validationDomain))) {
      throw optionsInvalid(`The validation domain "${above}" must be "${text}" itself or a domain above it.`);
    }
    if (validationDomain !== domain && publicSuffix(validationDomain).kind === "suffix") {
      throw optionsInvalid(`The validation domain "${above}" is a public suffix: nobody there can approve "${text}".`);
    }
    const other = domains.get(domain);
    if (other !== undefined && other !== validationDomain) {
      throw optionsInvalid(`DomainValidationOptions names "${text}" twice, with "${other}" and with "${above}".`);
    }
    domains.set(domain, validationDomain);
  }
  return domains;
}

/** The name whose control is proved: `*.example.com` and `example.com` share one proof. */
export function baseDomain(name: DomainName): DomainName {
  return name.replace(/^\*\./, "") as DomainName;
}

/** Whether `parent` is `name` itself or stands above it. */
export function isWithin(name: DomainName, parent: DomainName): boolean {
  return name === parent || name.endsWith(`.${parent}`);
}

function optionsInvalid(message: string): Refusal {
  return new Refusal("domain-validation-options-invalid", message);
}

/**
 * What is wrong with the internationalized labels of a name: "--" in the third and fourth place is reserved (RFC 5891
 * section 4.2.3.1), it must be an A-label that decodes. Undefined when nothing is.
 */
export function internationalProblem(name: DomainName): string | undefined {
  const label = name.split(".").find((one) => one.slice(2, 4) === "--" && !isALabel(one));
  return label === undefined ? undefined : `"${name}": the label "${label}" is not a valid internationalized label.`;
}

function isALabel(label: string): boolean {
  const unicode = domainToUnicode(label);
  return label.startsWith("xn--") && unicode !== label && domainToASCII(unicode) === label;
}

function requestedName(text: string): DomainName {
  const name = parseDomainName(text);
  if (!name) throw new Refusal("domain-name-invalid", `"${text}" is not a fully qualified domain name.`);
  const problem = internationalProblem(name);
  if (problem !== undefined) throw new Refusal("domain-name-invalid", problem);
  const owned = AMAZON_OWNED.find((parent) => isWithin(baseDomain(name), parent));
  if (owned) {
    throw new Refusal("domain-name-invalid", `"${text}" belongs to ${owned}, which is Amazon's own: no certificate.`);
  }
  return name;
}

/** https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html: what ACM's quota of names can be raised to. */
const MOST_NAMES = 100;
/** ub-common-name, RFC 5280 appendix A.1. */
const LONGEST_COMMON_NAME = 64;
/** https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html#concept-dn */
const AMAZON_OWNED = [
  "amazonaws.com",
  "cloudfront.net",
  "elasticbeanstalk.com",
] as readonly string[] as readonly DomainName[];
