import { parseRegion } from "#domain/names.ts";
import { REGIONS } from "#domain/network/zones.ts";
import { type FilterTable, listed } from "./describe.ts";
import { ec2Error } from "./errors.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** Every region is enabled. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export const DescribeRegions: Ec2Operation<"DescribeRegions"> = asking(async (input, { owner }) => {
  const { RegionNames = [], Filters = [] } = input;
  const strange = RegionNames.find((name) => parseRegion(name) === undefined);
  if (strange !== undefined) {
    throw ec2Error("InvalidParameterValue", `Invalid value '${strange.slice(0, 100)}' for region.`);
  }
  const names = RegionNames.length > 0 ? RegionNames : [...REGIONS.map(({ name }) => name), owner.region];
  const { views } = await listed(
    { Filters },
    {
      filters: FILTERS,
      id: ({ RegionName = "" }) => RegionName,
      list: async () => [...new Set(names)].toSorted().map(shownRegion),
    },
  );
  return { Regions: views };
});

function shownRegion(name: string): RegionView {
  const optIn = REGIONS.find((region) => region.name === name)?.optIn ?? false;
  return {
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com`,
    OptInStatus: optIn ? "opted-in" : "opt-in-not-required",
  };
}

interface RegionView {
  readonly RegionName?: string;
  readonly Endpoint?: string;
  readonly OptInStatus?: string;
}

const FILTERS: FilterTable<RegionView> = {
  endpoint: ({ Endpoint }) => [Endpoint],
  "opt-in-status": ({ OptInStatus }) => [OptInStatus],
  "region-name": ({ RegionName }) => [RegionName],
};
