import fc from "fast-check";
import { expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import { type ListName, readPageToken, writePageToken } from "./page-token.ts";

const owner: Owner = { account: "123456789012" as AccountId, region: "eu-west-1" as Region };
const list: ListName = [owner, "rehearsals", undefined, "shop team"];

test("a token leads back to the place that it was written for", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.string().filter((text) => !text.includes("\0")),
      (first, second, arn) => {
        const place = { numbers: [first, second], arn: arn as CertificateArn } as const;
        expect(readPageToken(writePageToken(place, list), list)).toEqual(place);
      },
    ),
  );
});

test("a token of another list, region or filter, and whatever else is given, is page-token-invalid", () => {
  const token = writePageToken({ numbers: [1, 2], arn: "arn" as CertificateArn }, list);
  const others: ListName[] = [
    [owner, "rehearsals", "shop team", undefined],
    [{ ...owner, region: "us-east-1" as Region }, "rehearsals", undefined, "shop team"],
    [owner, "rehearse"],
  ];
  for (const other of others) expect(() => readPageToken(token, other)).toThrow(/NextToken is not one/);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => Buffer.from(text).toString("base64url")),
      ),
      (text) => {
        expect(() => readPageToken(text, list)).toThrow(/NextToken is not one/);
      },
    ),
  );
});

test("a place that no database can look for is page-token-invalid", () => {
  for (const [numbers, arn] of [
    [[1e300, 0], "arn"],
    [[0, 2 ** 63], "arn"],
    [[0, 0], "arn\0"],
  ] as const) {
    const token = writePageToken({ numbers, arn: arn as CertificateArn }, list);
    expect(() => readPageToken(token, list)).toThrow(/NextToken is not one/);
  }
});
