import { Refusal } from "#domain/refusal.ts";

/** What a template makes of a request. */
export interface Template {
  /** Behind `arn:aws:acm-pca:::template/`: `EndEntityCertificate/V1`. */
  readonly name: string;
  readonly kind: "end-entity" | "root" | "subordinate";
  /** How many CAs may stand below this one; undefined where there is no limit, and for end entities. */
  readonly pathLength: number | undefined;
  readonly criticalConstraints: boolean;
  /** Undefined for blank templates: then the request says. */
  readonly keyUsages: readonly KeyUsageName[] | undefined;
  readonly purposes: Purposes | undefined;
  /** Whether ApiPassthrough is heeded, and the extensions that the CSR asks for. */
  readonly fromApi: boolean;
  readonly fromCsr: boolean;
}

/** As RFC 5280 section 4.2.1.3 names them. */
export type KeyUsageName =
  | "digitalSignature"
  | "nonRepudiation"
  | "keyEncipherment"
  | "dataEncipherment"
  | "keyAgreement"
  | "keyCertSign"
  | "cRLSign"
  | "encipherOnly"
  | "decipherOnly";

export interface Purposes {
  readonly critical: boolean;
  readonly names: readonly ("serverAuth" | "clientAuth" | "codeSigning" | "ocspSigning")[];
}

/** The template that is used where none is named. */
export const DEFAULT_TEMPLATE = "arn:aws:acm-pca:::template/EndEntityCertificate/V1";

/** The template of an ARN. Throws `private-ca-args-invalid` for one that AWS does not have. */
export function templateOf(arn: string): Template {
  const [, name] = /^arn:aws[a-z-]*:acm-pca:::template\/(.+)$/.exec(arn) ?? [];
  const template = name === undefined ? undefined : TEMPLATES.get(name);
  if (template) return template;
  throw new Refusal(
    "private-ca-args-invalid",
    `There is no certificate template ${arn}: see https://docs.aws.amazon.com/privateca/latest/userguide/template-varieties.html.`,
  );
}

/** The ARN of a template. */
export function templateArn(name: string): string {
  return `arn:aws:acm-pca:::template/${name}`;
}

type Base = Omit<Template, "name" | "fromApi" | "fromCsr">;
type Variety = "" | "_APIPassthrough" | "_CSRPassthrough" | "_APICSRPassthrough";

const endEntity = (keyUsages: Template["keyUsages"], purposes: Template["purposes"], critical = false): Base => ({
  kind: "end-entity",
  pathLength: undefined,
  criticalConstraints: critical,
  keyUsages,
  purposes,
});
const authority = (kind: "root" | "subordinate", pathLength: number | undefined, blank: boolean): Base => ({
  kind,
  pathLength,
  criticalConstraints: true,
  keyUsages: blank ? undefined : ["digitalSignature", "keyCertSign", "cRLSign"],
  purposes: undefined,
});
const tls = (...names: Purposes["names"]): Base =>
  endEntity(["digitalSignature", "keyEncipherment"], { critical: false, names });
const signing = (name: "codeSigning" | "ocspSigning"): Base =>
  endEntity(["digitalSignature"], { critical: true, names: [name] });

const ALL: readonly Variety[] = ["", "_APIPassthrough", "_CSRPassthrough", "_APICSRPassthrough"];
const PASSING: readonly Variety[] = ["_APIPassthrough", "_CSRPassthrough", "_APICSRPassthrough"];
const PATH_LENGTHS = [0, 1, 2, 3] as const;

/** https://docs.aws.amazon.com/privateca/latest/userguide/template-definitions.html */
const BASES: readonly (readonly [name: string, base: Base, varieties: readonly Variety[]])[] = [
  ["EndEntityCertificate", tls("serverAuth", "clientAuth"), ALL],
  ["EndEntityClientAuthCertificate", tls("clientAuth"), ALL],
  ["EndEntityServerAuthCertificate", tls("serverAuth"), ALL],
  ["CodeSigningCertificate", signing("codeSigning"), ALL],
  ["OCSPSigningCertificate", signing("ocspSigning"), ALL],
  ["BlankEndEntityCertificate", endEntity(undefined, undefined), PASSING],
  ["BlankEndEntityCertificate_CriticalBasicConstraints", endEntity(undefined, undefined, true), PASSING],
  ["RootCACertificate", authority("root", undefined, false), ["", "_APIPassthrough"]],
  ["BlankRootCACertificate", authority("root", undefined, true), ["_APIPassthrough"]],
  ...PATH_LENGTHS.flatMap((length) => [
    [`BlankRootCACertificate_PathLen${length}`, authority("root", length, true), ["_APIPassthrough"]] as const,
    [`SubordinateCACertificate_PathLen${length}`, authority("subordinate", length, false), ALL] as const,
    [`BlankSubordinateCACertificate_PathLen${length}`, authority("subordinate", length, true), PASSING] as const,
  ]),
];

const TEMPLATES: ReadonlyMap<string, Template> = new Map(
  BASES.flatMap(([base, shape, varieties]) =>
    varieties.map((variety) => {
      const name = `${base}${variety}/V1`;
      return [name, { ...shape, name, fromApi: variety.startsWith("_API"), fromCsr: variety.includes("CSR") }];
    }),
  ),
);
