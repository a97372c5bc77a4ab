import { existsSync } from "node:fs";
import { findCredentials } from "#cli/acme/clients.ts";
import { type AccountId, parseRegion, type Region } from "#domain/names.ts";
import { FIRST_ACCOUNT } from "#identity/first-account.ts";
import { systemClock } from "#lib/clock.ts";
import { SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { certificateNotFound, readCertificateArn } from "#lifecycle/find.ts";
import { showHostPort } from "#main/addresses.ts";
import type { Config } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { openLog } from "#main/log.ts";
import { rootSetting } from "#main/root-of-custody.ts";
import { openWorld, type World } from "#main/world.ts";
import { certificateRegions } from "#rehearsal/now.ts";
import { rehearse } from "#rehearsal/rehearse.ts";
import type { Rehearsal } from "#services/sealkeeper/api.ts";
import { shownRehearsal } from "#services/sealkeeper/wire.ts";
import { certificatesAfter } from "#store/rehearsal-rounds.ts";
import { type ApiClient, openApiClient } from "./api-client.ts";

/** Who rehearses: the running product, or this process on its database. */
export interface Source {
  /** Where it is, for people. */
  readonly name: string;
  regions(): Promise<readonly string[]>;
  one(arn: string, region: string): Promise<Rehearsal>;
  all(region: string): AsyncIterable<readonly Rehearsal[]>;
  close(): Promise<void>;
}

/**
 * The product, where one answers at `endpointUrl` or, without it, at the configured port: it keeps what it finds. Else
 * the database itself: then nothing is kept. Throws ConfigError where there is neither.
 */
export async function openSource(
  config: Config,
  endpointUrl: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Source> {
  const endpoint = endpointUrl ?? `http://${showHostPort({ ...config.listen, host: here(config.listen.host) })}`;
  if (endpointUrl !== undefined || (await answers(endpoint))) {
    const key = findCredentials(config["data-dir"], environment);
    return ofProduct(endpoint, openApiClient(endpoint, key, { clock: systemClock }));
  }
  return await ofDatabase(config);
}

function ofProduct(endpoint: string, api: ApiClient): Source {
  return {
    name: endpoint,
    regions: async () => (await api.call("ListCertificateRegions", {}, ANY_REGION)).Regions,
    one: async (arn, region) => (await api.call("RehearseCertificate", { CertificateArn: arn }, region)).Rehearsal,
    async *all(region) {
      let NextToken: string | undefined;
      do {
        const page = await api.call(
          "RehearseCertificates",
          { MaxResults: PAGE, ...(NextToken && { NextToken }) },
          region,
        );
        yield page.Rehearsals;
        ({ NextToken } = page);
      } while (NextToken !== undefined);
    },
    close: () => Promise.resolve(),
  };
}

async function ofDatabase(config: Config): Promise<Source> {
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) {
    throw new ConfigError(
      `nobody answers at ${showHostPort(config.listen)}, and there is no database ${file}: which --data-dir?`,
    );
  }
  // Opening the world makes what is missing, as the first start of a product does: not here.
  const root = rootSetting(config);
  if (root.kind === "key-file" && !existsSync(root.path)) {
    throw new ConfigError(`there is no root.key in ${config["data-dir"]}: which --data-dir?`);
  }
  const world = await openWorld(config, { clock: systemClock, ids: randomIds, log: openLog("silent", "control") });
  return { ...onDatabase(world, FIRST_ACCOUNT), name: file ?? "the database", close: () => world.close() };
}

function onDatabase(world: World, account: AccountId): Pick<Source, "regions" | "one" | "all"> {
  const { store } = world;
  return {
    regions: () => certificateRegions({ account }, world),
    async one(text, region) {
      const arn = readCertificateArn(text);
      const rehearsal = await rehearse(arn, world);
      if (!rehearsal) throw certificateNotFound(arn, { account, region: region as Region });
      return shownRehearsal(rehearsal);
    },
    async *all(text) {
      const region = parseRegion(text);
      if (!region) throw new ConfigError(`"${text}" is no region`);
      let after: Parameters<typeof certificatesAfter>[2];
      for (;;) {
        const places = await certificatesAfter(store, { account, region }, after, PAGE);
        const found = await Promise.all(places.map(({ arn }) => rehearse(arn, world)));
        yield found.filter((rehearsal) => rehearsal !== undefined).map(shownRehearsal);
        after = places.at(-1);
        if (places.length < PAGE) return;
      }
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  const url = new URL("/_sealkeeper/health", endpoint);
  const answer = await fetch(url, { signal: AbortSignal.timeout(2 * SECOND) }).catch(() => undefined);
  return answer?.ok ?? false;
}

/** How this machine reaches a server that listens on every address. */
function here(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

const ANY_REGION = "us-east-1";
const PAGE = 10;
