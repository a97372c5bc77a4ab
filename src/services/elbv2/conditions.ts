import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { EdgeCondition, EdgeTransform } from "#domain/edge-config.ts";

type GivenCondition = InputOf<typeof sdk, "CreateRule">["Conditions"][number];
type GivenTransform = NonNullable<InputOf<typeof sdk, "CreateRule">["Transforms"]>[number];
type Field = EdgeCondition["field"];

/** A condition in either of its two forms. Throws ValidationError for parts that do not go together; the domain asks the rest. */
export function readCondition(given: GivenCondition): EdgeCondition {
  const field = given.Field;
  if (field === undefined || field === "") throw wrong("A condition field must be specified");
  if (!Object.hasOwn(CONFIGS, field)) {
    throw wrong(`Condition field '${field}' must be one of '[${Object.keys(CONFIGS).join(", ")}]'`);
  }
  const own = field as Field;
  const foreign = (Object.keys(CONFIGS) as Field[]).find(
    (other) => other !== own && given[CONFIGS[other]] !== undefined,
  );
  if (foreign) throw wrong(`${CONFIGS[foreign]} can only be specified for the condition field '${foreign}'`);
  return READERS[own](given);
}

/** A condition in both of its forms, where it has both. */
export function showCondition(condition: EdgeCondition): sdk.RuleCondition {
  switch (condition.field) {
    case "host-header":
      return { ...simple(condition), HostHeaderConfig: texts(condition) };
    case "path-pattern":
      return { ...simple(condition), PathPatternConfig: texts(condition) };
    case "http-header":
      return {
        Field: condition.field,
        HttpHeaderConfig: { HttpHeaderName: condition.name, ...texts(condition) },
        ...regexes(condition),
      };
    case "http-request-method":
      return { Field: condition.field, HttpRequestMethodConfig: { Values: [...condition.values] } };
    case "query-string":
      return {
        Field: condition.field,
        QueryStringConfig: {
          Values: condition.values.map(({ key, value }) => ({
            ...(key === undefined ? {} : { Key: key }),
            Value: value,
          })),
        },
      };
    case "source-ip":
      return { Field: condition.field, SourceIpConfig: { Values: [...condition.values] } };
  }
}

export function readTransform({ Type, HostHeaderRewriteConfig, UrlRewriteConfig }: GivenTransform): EdgeTransform {
  const [own, other, name] =
    Type === "host-header-rewrite"
      ? ([HostHeaderRewriteConfig, UrlRewriteConfig, "HostHeaderRewriteConfig"] as const)
      : ([UrlRewriteConfig, HostHeaderRewriteConfig, "UrlRewriteConfig"] as const);
  if (other) throw wrong(`Only ${name} can be specified for a transform of the type '${Type}'`);
  if (!own) throw wrong(`${name} must be specified for a transform of the type '${Type}'`);
  const rewrites = (own.Rewrites ?? []).map(({ Regex, Replace }) => ({ regex: Regex, replace: Replace }));
  return { type: Type, rewrites };
}

export function showTransform({ type, rewrites }: EdgeTransform): sdk.RuleTransform {
  const Rewrites = rewrites.map(({ regex, replace }) => ({ Regex: regex, Replace: replace }));
  return type === "host-header-rewrite"
    ? { Type: type, HostHeaderRewriteConfig: { Rewrites } }
    : { Type: type, UrlRewriteConfig: { Rewrites } };
}

const CONFIGS = {
  "http-header": "HttpHeaderConfig",
  "http-request-method": "HttpRequestMethodConfig",
  "host-header": "HostHeaderConfig",
  "path-pattern": "PathPatternConfig",
  "query-string": "QueryStringConfig",
  "source-ip": "SourceIpConfig",
} as const satisfies Record<Field, keyof sdk.RuleCondition>;

const READERS: Readonly<Record<Field, (given: GivenCondition) => EdgeCondition>> = {
  "host-header": (given) => ({ field: "host-header", ...eitherForm(given, given.HostHeaderConfig) }),
  "path-pattern": (given) => ({ field: "path-pattern", ...eitherForm(given, given.PathPatternConfig) }),
  "http-header": (given) => {
    const config = given.HttpHeaderConfig;
    if (config?.HttpHeaderName === undefined) throw wrong("A header name must be specified in HttpHeaderConfig");
    refuseSimple(given);
    return {
      field: "http-header",
      name: config.HttpHeaderName,
      values: config.Values ?? [],
      regexes: eitherList("RegexValues", given.RegexValues, config.RegexValues),
    };
  },
  "http-request-method": (given) => {
    refuseSimple(given);
    refuseRegexes(given);
    return { field: "http-request-method", values: given.HttpRequestMethodConfig?.Values ?? [] };
  },
  "query-string": (given) => {
    refuseSimple(given);
    refuseRegexes(given);
    const values = (given.QueryStringConfig?.Values ?? []).map(({ Key, Value }) => {
      if (Value === undefined) throw wrong("A value must be specified in QueryStringConfig");
      return { ...(Key === undefined || Key === "" ? {} : { key: Key }), value: Value };
    });
    return { field: "query-string", values };
  },
  "source-ip": (given) => {
    refuseSimple(given);
    refuseRegexes(given);
    if (given.SourceIpConfig?.IpAddressType !== undefined) {
      throw wrong("IpAddressType can only be specified for rules of Network Load Balancers");
    }
    return { field: "source-ip", values: given.SourceIpConfig?.Values ?? [] };
  },
};

interface Texts {
  readonly values: readonly string[];
  readonly regexes: readonly string[];
}

/** `Values` and `RegexValues` beside `Field`, or in the field's own configuration. */
function eitherForm(
  given: GivenCondition,
  config: { readonly Values?: readonly string[]; readonly RegexValues?: readonly string[] } | undefined,
): Texts {
  const { Field } = given;
  if (given.Values && given.Values.length > 1) {
    throw wrong(`A '${Field}' condition can have one value in Values: use ${CONFIGS[Field as Field]} for several`);
  }
  return {
    values: eitherList("Values", given.Values, config?.Values),
    regexes: eitherList("RegexValues", given.RegexValues, config?.RegexValues),
  };
}

/** Clients that read conditions and send them back name both forms, alike. */
function eitherList(
  name: string,
  simpleForm: readonly string[] | undefined,
  config: readonly string[] | undefined,
): readonly string[] {
  if (simpleForm === undefined || config === undefined) return simpleForm ?? config ?? [];
  if (JSON.stringify(simpleForm) !== JSON.stringify(config)) {
    throw wrong(`${name} cannot be specified both in the condition and in its configuration`);
  }
  return config;
}

function refuseSimple({ Field, Values }: GivenCondition): void {
  if (Values === undefined) return;
  throw wrong(`Values cannot be specified for the condition field '${Field}': use ${CONFIGS[Field as Field]}`);
}

function refuseRegexes({ Field, RegexValues }: GivenCondition): void {
  if (RegexValues === undefined) return;
  throw wrong(`RegexValues cannot be specified for the condition field '${Field}'`);
}

function simple(condition: Texts & { readonly field: Field }): sdk.RuleCondition {
  return {
    Field: condition.field,
    ...(condition.values.length > 0 ? { Values: [...condition.values] } : {}),
    ...regexes(condition),
  };
}

function texts(condition: Texts): { Values?: string[]; RegexValues?: string[] } {
  return { ...(condition.values.length > 0 ? { Values: [...condition.values] } : {}), ...regexes(condition) };
}

function regexes(condition: Pick<Texts, "regexes">): { RegexValues?: string[] } {
  return condition.regexes.length > 0 ? { RegexValues: [...condition.regexes] } : {};
}

function wrong(message: string): AwsError {
  return new AwsError("ValidationException", message);
}
