import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAliasName, parseKeyReference } from "./names.ts";

const ID = "01234567-89ab-4cde-8f01-23456789abcd";
const ARN = "arn:aws:kms:eu-west-1:111122223333:";
const owner = { account: "111122223333", region: "eu-west-1" };

test.for([
  [ID, { kind: "key", id: ID, owner: undefined }],
  [ID.toUpperCase(), { kind: "key", id: ID, owner: undefined }],
  [`${ARN}key/${ID}`, { kind: "key", id: ID, owner }],
  ["alias/a/b_c-1", { kind: "alias", name: "alias/a/b_c-1", owner: undefined }],
  [`${ARN}alias/aws/acm`, { kind: "alias", name: "alias/aws/acm", owner }],
  [`${ARN}key/nonsense`, "invalid-id"],
  [`${ARN}key/alias/a`, "invalid-id"],
  ["nonsense", "invalid-id"],
  ["alias/", "invalid-id"],
  ["", "invalid-id"],
  [`${ARN}nonsense`, "invalid-arn"],
  [`${ARN}alias/`, "invalid-arn"],
  [`arn:aws:kms::111122223333:key/${ID}`, "invalid-arn"],
  [`arn:aws:kms:eu-west-1:1:key/${ID}`, "invalid-arn"],
  [`arn:aws:acm:eu-west-1:111122223333:key/${ID}`, "invalid-arn"],
  ["arn:", "invalid-arn"],
])("%s", ([text, expected]) => {
  expect(parseKeyReference(text as string)).toEqual(expected);
});

test("arbitrary text never throws, and an alias is at most 256 characters", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      parseKeyReference(text);
      parseKeyReference(`arn:aws:kms:${text}`);
      expect(parseAliasName(`alias/${"a".repeat(text.length)}`) === undefined).toBe(
        text.length === 0 || text.length > 250,
      );
    }),
  );
});
