import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matches } from "./match.ts";
import { parsePattern } from "./pattern.ts";

const EVENT = {
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  account: "111122223333",
  time: "2017-12-22T18:43:48Z",
  region: "us-west-1",
  resources: ["arn:aws:ec2:us-west-1:123456789012:instance/i-1", "arn:two"],
  detail: {
    "c-count": 5,
    "d-count": 3,
    "x-limit": 301.8,
    "source-ip": "10.0.0.33",
    "six-ip": "2001:db8::1",
    state: "running",
    path: "dir/a/lib/b.png",
    star: "a*b\\c",
    empty: "",
    nothing: null,
    on: true,
    none: [],
    people: [
      { first: "John", last: "Doe", tags: ["x", "y"] },
      { first: "Anna", last: "Smith" },
      [{ first: "Peter", last: "Jones" }],
    ],
    "dotted.name": { here: 1 },
  },
};

const detail = (fields: object): object => ({ detail: fields });

/** Each operator of the user guide, with what it lets through and what not. */
const MATCHING: readonly (readonly [pattern: object, matches: boolean])[] = [
  [{ source: ["aws.ec2"] }, true],
  [{ source: ["aws.s3", "aws.ec2"], region: ["us-west-1"] }, true],
  [{ source: ["aws.ec2"], region: ["us-east-1"] }, false],
  [{ source: ["AWS.EC2"] }, false],
  [{ resources: ["arn:two"] }, true],
  [{ resources: ["arn:three"] }, false],
  [detail({ "c-count": [5] }), true],
  [detail({ "c-count": [5.0] }), true],
  [detail({ "c-count": ["5"] }), false],
  [detail({ nothing: [null] }), true],
  [detail({ nothing: [""] }), false],
  [detail({ empty: [""] }), true],
  [detail({ on: [true] }), true],
  [detail({ on: ["true"] }), false],
  [detail({ state: { deeper: ["running"] } }), false],
  [{ detail: ["running"] }, false],
  // prefix, suffix
  [{ time: [{ prefix: "2017-12-22" }] }, true],
  [detail({ state: [{ prefix: "" }] }), true],
  [detail({ "c-count": [{ prefix: "5" }] }), false],
  [detail({ state: [{ prefix: { "equals-ignore-case": "RUN" } }] }), true],
  [detail({ path: [{ suffix: ".png" }] }), true],
  [detail({ path: [{ suffix: ".PNG" }] }), false],
  [detail({ path: [{ suffix: { "equals-ignore-case": ".PNG" } }] }), true],
  [detail({ state: [{ "equals-ignore-case": "RuNNing" }] }), true],
  [detail({ state: [{ exactly: "running" }] }), true],
  // wildcard
  [detail({ path: [{ wildcard: "dir/*.png" }] }), true],
  [detail({ path: [{ wildcard: "*/lib/*" }] }), true],
  [detail({ path: [{ wildcard: "*" }] }), true],
  [detail({ path: [{ wildcard: "dir/*.jpg" }] }), false],
  [detail({ state: [{ wildcard: "run*running" }] }), false],
  [detail({ state: [{ wildcard: "running*" }] }), true],
  [detail({ star: [{ wildcard: "a\\*b\\\\c" }] }), true],
  [detail({ path: [{ wildcard: "dir\\*png" }] }), false],
  // numeric
  [detail({ "c-count": [{ numeric: [">", 0, "<=", 5] }] }), true],
  [detail({ "d-count": [{ numeric: ["<", 3] }] }), false],
  [detail({ "d-count": [{ numeric: ["<=", 3] }] }), true],
  [detail({ "x-limit": [{ numeric: ["=", 3.018e2] }] }), true],
  [detail({ "x-limit": [{ numeric: [">=", 301.8, "<", 301.9] }] }), true],
  [detail({ state: [{ numeric: [">", 0] }] }), false],
  // cidr
  [detail({ "source-ip": [{ cidr: "10.0.0.0/24" }] }), true],
  [detail({ "source-ip": [{ cidr: "10.0.1.0/24" }] }), false],
  [detail({ "source-ip": [{ cidr: "0.0.0.0/0" }] }), true],
  [detail({ "six-ip": [{ cidr: "2001:db8::/32" }] }), true],
  [detail({ "six-ip": ["2001:0db8:0:0::1"] }), true],
  [detail({ state: [{ cidr: "10.0.0.0/8" }] }), false],
  // exists
  [detail({ "c-count": [{ exists: true }] }), true],
  [detail({ "e-count": [{ exists: true }] }), false],
  [detail({ "e-count": [{ exists: false }] }), true],
  [detail({ none: [{ exists: true }] }), false],
  [detail({ nothing: [{ exists: true }] }), true],
  [detail({ people: [{ exists: false }] }), true], // only leaves exist
  [detail({ people: { first: [{ exists: false }] } }), false],
  [detail({ people: { tags: [{ exists: false }] } }), false],
  [detail({ missing: { deep: [{ exists: false }] } }), true],
  [detail({ state: [{ exists: false }, "running"] }), true],
  // anything-but
  [detail({ state: [{ "anything-but": "stopped" }] }), true],
  [detail({ state: [{ "anything-but": ["running", "stopped"] }] }), false],
  [detail({ "x-limit": [{ "anything-but": [100, 200] }] }), true],
  [detail({ "x-limit": [{ "anything-but": 301.8 }] }), false],
  [detail({ "x-limit": [{ "anything-but": "301.8" }] }), true],
  [detail({ missing: [{ "anything-but": "x" }] }), false],
  [{ resources: [{ "anything-but": "arn:two" }] }, true],
  [detail({ state: [{ "anything-but": { prefix: "run" } }] }), false],
  [detail({ state: [{ "anything-but": { prefix: ["stop", "init"] } }] }), true],
  [detail({ path: [{ "anything-but": { suffix: ".png" } }] }), false],
  [detail({ path: [{ "anything-but": { wildcard: "*/lib/*" } }] }), false],
  [detail({ state: [{ "anything-but": { "equals-ignore-case": ["RUNNING"] } }] }), false],
  // lists of objects: everything of one and the same
  [detail({ people: { first: ["Anna"] } }), true],
  [detail({ people: { first: ["Anna"], last: ["Smith"] } }), true],
  [detail({ people: { first: ["Anna"], last: ["Jones"] } }), false],
  [detail({ people: { first: ["Peter"], last: ["Jones"] } }), true],
  [detail({ people: { first: ["John"], tags: ["y"] } }), true],
  [detail({ people: { first: ["Anna"], tags: ["y"] } }), false],
  // dots
  [{ "detail.state": ["running"] }, true],
  [{ "detail.dotted.name.here": [1] }, true],
  [detail({ dotted: { name: { here: [1] } } }), true],
  // $or
  [{ $or: [{ source: ["aws.s3"] }, { region: ["us-west-1"] }] }, true],
  [{ $or: [{ source: ["aws.s3"] }, { region: ["us-east-1"] }] }, false],
  [{ source: ["aws.ec2"], $or: [{ "detail.state": ["stopped"] }, detail({ "c-count": [5] })] }, true],
  [
    detail({
      $or: [{ state: ["stopped"] }, { "c-count": [{ numeric: [">", 4] }], $or: [{ on: [false] }, { on: [true] }] }],
    }),
    true,
  ],
  [
    detail({ people: { first: ["Anna"] }, $or: [{ people: { last: ["Doe"] } }, { people: { last: ["Jones"] } }] }),
    false,
  ],
];

describe("an event pattern", () => {
  test.for(MATCHING)("%j: %s", ([pattern, expected]) => {
    expect(matches(parsePattern(JSON.stringify(pattern)), EVENT)).toBe(expected);
  });

  test.for([
    ["not json", "Invalid JSON"],
    ["[]", "Filter is not an object"],
    ["{}", "Empty objects are not allowed"],
    ['{"a":{}}', "Empty objects are not allowed"],
    ['{"a":[]}', "Empty arrays are not allowed"],
    ['{"lenderId":"LenderA"}', '"lenderId" must be an object or an array'],
    ['{"a":[["b"]]}', "Match value must be String, number, true, false, or null"],
    ['{"a":[{}]}', "Match expression name not found"],
    ['{"a":[{"contains":"x"}]}', "Unrecognized match type contains"],
    ['{"a":[{"toString":"x"}]}', "Unrecognized match type toString"],
    ['{"a":[{"prefix":"x","suffix":"y"}]}', "Only one key allowed in match expression"],
    ['{"a":[{"prefix":1}]}', "prefix match pattern must be a string"],
    ['{"a":[{"prefix":{"wildcard":"x"}}]}', "Unsupported prefix pattern: wildcard"],
    ['{"a":[{"exists":"x"}]}', "exists match pattern must be either true or false."],
    ['{"a":[{"wildcard":"a**b"}]}', "Consecutive wildcard characters at pos 2"],
    ['{"a":[{"wildcard":"a\\\\b"}]}', "Invalid escape character at pos 2"],
    ['{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
    ['{"a":[{"cidr":"10.0.0.0/33"}]}', "IP address mask bits too large"],
    ['{"a":[{"cidr":"ten/8"}]}', "Nonstandard IP address: ten"],
    ['{"a":[{"numeric":5}]}', "Value of numeric must be an array."],
    ['{"a":[{"numeric":["~",5]}]}', "Unrecognized numeric range operator: ~"],
    ['{"a":[{"numeric":["=","5"]}]}', "Value of equals must be numeric"],
    ['{"a":[{"numeric":[">",5,"<"]}]}', "Value of < must be numeric"],
    ['{"a":[{"numeric":[">",5,">",6]}]}', "Bad numeric range operator: >"],
    ['{"a":[{"numeric":[">",5,"<",5]}]}', "Bottom must be less than top"],
    ['{"a":[{"numeric":["<",5,">",1]}]}', "Too many elements in numeric expression"],
    ['{"a":[{"numeric":["=",6e9]}]}', "Value must be between -5.0E9 and 5.0E9, inclusive"],
    [
      '{"a":[{"anything-but":[]}]}',
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    ],
    [
      '{"a":[{"anything-but":[1,"x"]}]}',
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    ],
    ['{"a":[{"anything-but":null}]}', "Value of anything-but must be an array or single string/number value."],
    ['{"a":[{"anything-but":{"cidr":"10.0.0.0/8"}}]}', "Unsupported anything-but pattern: cidr"],
    ['{"a":[{"anything-but":{"prefix":""}}]}', "Null prefix/suffix not allowed"],
    ['{"$or":[{"a":[1]}]}', "There must have at least 2 Objects in $or relationship."],
    ['{"$or":{"a":[1]}}', "It must be an Array followed with $or."],
    ['{"$or":[{"a":[1]},[2]]}', "Only JSON object is allowed in array of $or relationship."],
    ['{"$or":[{"prefix":[1]},{"b":[2]}]}', "prefix is Ruler reserved fieldName which cannot be used inside $or."],
  ])("%s is refused: %s", ([pattern, reason]) => {
    expect(() => parsePattern(pattern!)).toThrow(`Event pattern is not valid. Reason: ${reason}`);
  });

  test("more than a thousand combinations are refused, and soon", () => {
    const or = [{ a: [1] }, { b: [1] }];
    const nested = Array.from({ length: 12 }).reduce<object>(
      (inner, _, at) => ({ [`f${at}`]: [1], x: { $or: or, ...inner } }),
      {
        $or: or,
      },
    );
    expect(() => parsePattern(JSON.stringify(nested))).toThrow("Rule is too complex");
  });
});

/** What a pattern of plain values means, said as simply as can be: every path has one of its values. */
function plainly(
  pattern: Readonly<Record<string, readonly unknown[]>>,
  event: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const found = event[name];
    return (Array.isArray(found) ? found : [found]).some((one) => wanted.includes(one));
  });
}

test("plain values match exactly what is meant, whatever they are", () => {
  const leaf = fc.oneof(fc.constantFrom("a", "b", ""), fc.integer({ min: 0, max: 2 }), fc.boolean(), fc.constant(null));
  const name = fc.constantFrom("x", "y", "z", "toString");
  const event = fc.dictionary(name, fc.oneof(leaf, fc.array(leaf, { minLength: 1, maxLength: 3 })));
  const pattern = fc.dictionary(name, fc.array(leaf, { minLength: 1, maxLength: 3 }), { minKeys: 1 });
  fc.assert(
    fc.property(pattern, event, (wanted, happened) => {
      const own = Object.fromEntries(Object.entries(happened));
      expect(matches(parsePattern(JSON.stringify(wanted)), own)).toBe(
        plainly(wanted, Object.assign(Object.create(null), happened)),
      );
    }),
  );
});

test("a wildcard matches what the regular expression of the same meaning does", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const wild = fc.array(text, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("*").replaceAll(/\*+/g, "*"));
  fc.assert(
    fc.property(wild, text, (glob, value) => {
      const expression = new RegExp(`^${glob.replaceAll("*", ".*")}$`);
      expect(matches(parsePattern(JSON.stringify({ a: [{ wildcard: glob }] })), { a: value })).toBe(
        expression.test(value),
      );
    }),
  );
});

test("no text breaks the parser: it is a pattern, or it is refused with a reason", () => {
  const json = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object({ maxDepth: 6 }).map((value) => JSON.stringify(value) ?? ""),
  );
  fc.assert(
    fc.property(json, fc.object(), (text, event) => {
      try {
        matches(parsePattern(text), event);
      } catch (error) {
        expect(String(error)).toContain("Event pattern is not valid. Reason: ");
      }
    }),
  );
});

test("what is negated must be an operator, not something that every object has", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(() => parsePattern(`{"a": [{"anything-but": {"${name}": "x"}}]}`)).toThrow(
      `Unsupported anything-but pattern: ${name}`,
    );
  }
});

test("a name with more dots than anybody means does not exhaust the stack", () => {
  const event = { detail: { ["a.".repeat(60_000)]: 1, b: "here" } };
  expect(matches(parsePattern('{"detail": {"b": ["here"]}}'), event)).toBe(true);
  expect(matches(parsePattern('{"detail": {"a": {"a": [{"exists": false}]}}}'), event)).toBe(true);
});

test("the time that a match takes grows with the event, whatever its names are", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => [`a.${index}`, 0] as const);
  const inLists = Array.from({ length: 20_000 }, (_, index) => ({ [`${index}`]: 0 }));
  const absent = parsePattern('{"detail": {"a": {"none": [{"exists": false}], "0": [1]}}}');
  expect(matches(absent, { detail: Object.fromEntries(many) })).toBe(false);
  expect(matches(absent, { detail: { a: [0], ...Object.fromEntries(many) } })).toBe(false);
  expect(matches(absent, { detail: { a: inLists } })).toBe(false);
  expect(matches(absent, { detail: { ["n".repeat(50_000)]: Object.fromEntries(many) } })).toBe(false);
}, 10_000); // what grows with the square takes minutes
