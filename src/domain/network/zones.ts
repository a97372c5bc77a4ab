import type { Region } from "#domain/names.ts";

/** A zone of a region. There is one machine park behind all of them; they keep clients' layouts apart. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** The zones of a region: `eu-west-1a` (`euw1-az1`) and two more. Every region has three. */
export function zonesOf(region: Region): readonly Zone[] {
  return ["a", "b", "c"].map((letter, index) => ({
    name: `${region}${letter}`,
    id: `${shortName(region)}-az${index + 1}`,
  }));
}

/** A zone by its name or id. */
export function findZone(region: Region, nameOrId: string): Zone | undefined {
  return zonesOf(region).find(({ name, id }) => name === nameOrId || id === nameOrId);
}

/** `ap-southeast-2` as zone ids abbreviate it: `apse2`; `us-gov-west-1`: `usgw1`. */
function shortName(region: Region): string {
  const [first = "", ...rest] = region.split("-");
  const number = rest.pop() ?? "";
  const directions = rest.map((word) => {
    const parts = /^(north|south)?(east|west)?$/.exec(word);
    return parts && word !== ""
      ? parts
          .slice(1)
          .map((part) => part?.charAt(0) ?? "")
          .join("")
      : word.charAt(0);
  });
  return `${first}${directions.join("")}${number}`;
}

/** What DescribeRegions lists. Every other well-formed name is a region here, too. */
export const REGIONS: readonly { readonly name: string; readonly optIn: boolean }[] = [
  ...named("af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5", true),
  ...named("ap-southeast-7 ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1", true),
  ...named("me-south-1 mx-central-1", true),
  ...named("ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2", false),
  ...named("ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1", false),
  ...named("us-east-1 us-east-2 us-west-1 us-west-2", false),
];

function named(names: string, optIn: boolean): { readonly name: string; readonly optIn: boolean }[] {
  return names.split(" ").map((name) => ({ name, optIn }));
}
