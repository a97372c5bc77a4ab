import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TooLargeInput, targetInput, transformerProblem } from "./transform.ts";

const EVENT = {
  version: "0",
  id: "1",
  "detail-type": "EC2",
  source: "aws.ec2",
  time: "2026-11-22T00:00:00Z",
  resources: ["arn:one", "arn:two"],
  detail: { state: "running", count: 5, quote: 'a "b"\n', list: [{ n: 1 }, { n: 2 }], on: true, nothing: null },
};
const context = { ruleArn: "arn:rule", ruleName: "rule", ingestedAt: new Date("2026-11-22T01:02:03Z") };
const filled = (template: string, paths: Record<string, string> = {}): string =>
  targetInput(EVENT, { inputTransformer: { template, paths } }, context);

describe("a target gets", () => {
  test("the whole event unless told", () => {
    expect(JSON.parse(targetInput(EVENT, {}, context))).toEqual(EVENT);
  });

  test("what its Input says", () => {
    expect(targetInput(EVENT, { input: '{"a":1}' }, context)).toBe('{"a":1}');
  });

  test.for([
    ["$", EVENT],
    ["$.detail", EVENT.detail],
    ["$.detail-type", "EC2"],
    ["$.resources[1]", "arn:two"],
    ["$.detail.list[*].n", [1, 2]],
    ["$.detail.list[5]", null],
    ["$.missing.deep", null],
    ["$.toString", null],
  ] as const)("the part at %s", ([inputPath, expected]) => {
    expect(JSON.parse(targetInput(EVENT, { inputPath }, context))).toEqual(expected);
  });

  const paths = { state: "$.detail.state", count: "$.detail.count", quote: "$.detail.quote", list: "$.detail.list" };
  test.for([
    ['{"s": <state>, "n": <count>}', '{"s": "running", "n": 5}'],
    ['{"s": "is <state>, <count> times"}', '{"s": "is running, 5 times"}'],
    ['{"q": "<quote>", "p": <quote>}', '{"q": "a \\"b\\"\\n", "p": "a \\"b\\"\\n"}'],
    ['{"list": <list>}', '{"list": [{"n":1},{"n":2}]}'],
    ['{"list": "<list>"}', '{"list": "[{\\"n\\":1},{\\"n\\":2}]"}'],
    ['{"none": <none>, "text": "<none>"}', '{"none": "", "text": ""}'],
    ['"<state> \\"<count>\\""', '"running \\"5\\""'],
    ["<list>", '[{"n":1},{"n":2}]'],
    ["<state> is plain text", "running is plain text"],
    ['{"r": <aws.events.rule-arn>, "n": "<aws.events.rule-name>"}', '{"r": "arn:rule", "n": "rule"}'],
    ['{"t": <aws.events.event.ingestion-time>}', '{"t": "2026-11-22T01:02:03.000Z"}'],
  ] as const)("the template %s filled in", ([template, expected]) => {
    expect(filled(template, { ...paths, none: "$.detail.none" })).toBe(expected);
  });

  test("the event itself as a variable, with or without its detail", () => {
    expect(JSON.parse(filled('{"e": <aws.events.event.json>}'))).toEqual({ e: EVENT });
    const { detail: _, ...rest } = EVENT;
    expect(JSON.parse(filled('{"e": <aws.events.event>}'))).toEqual({ e: rest });
  });
});

test.for([
  [{ template: "<a>", paths: {} }, "contains invalid placeholder a"],
  [{ template: "<a>", paths: { a: "detail.x" } }, "has the invalid path detail.x for the variable a"],
  [{ template: "x", paths: { "aws.x": "$.a" } }, 'has the variable aws.x: names that begin with "aws." are reserved'],
  [{ template: '{"a": <b>, "c": <aws.events.event>}', paths: { b: "$.a[0].b-c" } }, undefined],
] as const)("of the transformer %j it is said: %s", ([transformer, problem]) => {
  expect(transformerProblem(transformer)).toBe(problem);
});

test("whatever an event holds, a template of JSON with variables stays JSON", () => {
  const name = fc.constantFrom("a", "b", "none");
  const placed = fc.oneof(
    name.map((variable) => `<${variable}>`),
    fc
      .tuple(fc.string(), name)
      .map(([text, variable]) => `${JSON.stringify(text.replaceAll(/[<>]/g, "")).slice(0, -1)}<${variable}>"`),
  );
  const template = fc.dictionary(fc.constantFrom("x", "y"), placed, { minKeys: 1 });
  fc.assert(
    fc.property(template, fc.jsonValue(), fc.jsonValue(), (parts, a, b) => {
      const text = `{${Object.entries(parts)
        .map(([key, part]) => `"${key}": ${part}`)
        .join(",")}}`;
      const paths = { a: "$.detail.a", b: "$.detail.b", none: "$.none[*].x" };
      const event = { detail: { a, b } };
      const result = targetInput(event, { inputTransformer: { template: text, paths } }, context);
      expect(() => JSON.parse(result) as unknown).not.toThrow();
    }),
  );
});

test("no path and no template breaks it", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.object(), (path, template, event) => {
      transformerProblem({ paths: { a: path }, template });
      targetInput(event, { inputTransformer: { paths: { a: path }, template } }, context);
      targetInput(event, { inputPath: path }, context);
    }),
  );
});

test("a template that repeats a large event again and again is refused before it fills the memory", () => {
  const event = { detail: { text: "x".repeat(250_000) } };
  for (const template of [`[${"<a>,".repeat(2000)}0]`, "<a>".repeat(2700), `"${"<a>".repeat(2700)}"`]) {
    expect(() => targetInput(event, { inputTransformer: { paths: { a: "$" }, template } }, context)).toThrow(
      TooLargeInput,
    );
  }
});
