import { hostname } from "node:os";
import { join } from "node:path";
import { noticeAcmeRecords } from "#acme/advance-domain-job.ts";
import { overTls } from "#acme/urls.ts";
import type { ObjectWriter } from "#ca/private/audit-report.ts";
import { Signers } from "#ca/signers.ts";
import type { OutsideLogs } from "#ca/transparency/outside/outside-logs.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import { openHeadSigner } from "#custody/head-signer.ts";
import type { KeyRing } from "#custody/key-ring.ts";
import type { RootOfCustody } from "#custody/root.ts";
import { keyOpenedAct } from "#custody/sealed-key-acts.ts";
import type { ProductZone } from "#dns/product-zone.ts";
import { type ResolverAddress, resolversOf } from "#dns/resolver-address.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { type AddressRange, parseAddressRange } from "#domain/balancers/addresses.ts";
import type { BalancerQuotas } from "#domain/balancers/quotas.ts";
import type { Place } from "#domain/balancers/targets.ts";
import type { NamePolicy } from "#domain/certificate/public-names.ts";
import { parseRecordName } from "#domain/zones/record-name.ts";
import { hostAddresses } from "#integrations/elbv2/host-addresses.ts";
import type { ObjectReader } from "#integrations/elbv2/objects.ts";
import { noticeSecretGrantEnd } from "#integrations/elbv2/secrets.ts";
import { type Journal, openJournal } from "#journal/journal.ts";
import type { HeadSigner } from "#journal/tree.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import type { IpNetwork } from "#lib/ip-network.ts";
import type { NoteVerifier } from "#lib/signed-note.ts";
import { systemTimers, type Timers } from "#lib/timers.ts";
import { noticeGrantEnd } from "#lifecycle/notice-grant.ts";
import { noticeRecords } from "#lifecycle/notice-records.ts";
import type { Quotas } from "#lifecycle/quotas.ts";
import type { Postman } from "#mail/postman.ts";
import { openStore, type Store, type Tx } from "#store/store.ts";
import { isThisMachine, reachableAt } from "./addresses.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { readIfThere } from "./data-dir.ts";
import { configuredEvents, type EventSettings } from "./event-settings.ts";
import { fleetUrlsOf } from "./fleet-urls.ts";
import type { Kms } from "./kms-host.ts";
import type { Logger } from "./log.ts";
import { approvalOrigin, configuredPostman } from "./mail-settings.ts";
import { nodeName } from "./node-name.ts";
import { objectFiles, objectReader } from "./object-files.ts";
import { configuredOutsideLogs } from "./outside-logs-settings.ts";
import { openConfiguredRing, startNodeKms } from "./root-of-custody.ts";
import { configuredUpstream } from "./upstream-settings.ts";

/** Everything that the parts depend on, each under the name by which they ask for it. */
export interface World extends NamePolicy {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly root: RootOfCustody;
  /** The custody keys of the store. */
  readonly ring: KeyRing;
  /** The process where the root of custody and master keys are. */
  readonly kms: Pick<Kms, "pid">;
  readonly journal: Journal;
  /** Signs the heads of the journal's tree. */
  readonly headSigner: HeadSigner & { readonly verifier: NoteVerifier };
  readonly signers: Signers;
  readonly product: ProductZone;
  readonly productZone: string;
  readonly balancerAddresses: AddressRange;
  readonly isOwnPort: (target: Place) => boolean;
  readonly resolvers: readonly ResolverAddress[];
  readonly perspectives: readonly (readonly ResolverAddress[])[];
  readonly caaIdentities: readonly string[];
  readonly httpValidationNetworks: readonly IpNetwork[];
  readonly publicUrl: string;
  /** How edges on other machines reach the fleet's port; none where there is none. */
  readonly fleetUrls: readonly string[];
  readonly postman: Postman | undefined;
  readonly approvalOrigin: string;
  readonly upstream: Upstream | undefined;
  readonly quotas: Quotas;
  readonly balancerQuotas: BalancerQuotas;
  readonly events: EventSettings;
  /** Whether API destinations may be on this machine. */
  readonly localTargets: boolean;
  readonly leafLifetime: Millis;
  readonly renewBefore: Millis | undefined;
  readonly rehearseEvery: Millis;
  readonly ownerTag: string;
  /** Where ACME clients reach the front door. */
  readonly acmeOrigin: string;
  /** Whether they are held to AWS's request rates. */
  readonly acmeRateLimits: boolean;
  /** Where audit reports of private CAs go, in place of S3. */
  readonly writeObject: ObjectWriter;
  /** Where the files of trust stores come from, in place of S3. */
  readonly readObject: ObjectReader;
  readonly onRollBack: (certificateArn: CertificateArn, problem: string) => void;
  readonly onItemError: (certificateArn: string, error: unknown) => void;
  readonly onRecordsChanged: (tx: Tx, names: readonly string[]) => Promise<void>;
  readonly onGrantEnded: (tx: Tx, grantId: string) => Promise<void>;
  close(): Promise<void>;
}

interface WorldDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Opens the store and the root of custody. Rejects, leaving nothing open, when something cannot be used. */
export async function openWorld(config: Config, deps: WorldDeps): Promise<World> {
  const balancerAddresses = parseAddressRange(config["balancer-addresses"]);
  if (!balancerAddresses)
    throw new ConfigError(`there is no address for load balancers in ${config["balancer-addresses"]}`);
  const others = configuredOthers(config, deps); // a setting that is wrong shows before anything is begun
  const kms = startNodeKms(config, deps.log); // it gets ready while the store does
  try {
    const store = await openStore(config.database);
    try {
      const ring = await openConfiguredRing(config, { ...deps, store, kms });
      return await furnish(store, balancerAddresses, { ring, kms, ...others }, config, deps);
    } catch (error) {
      await store.destroy();
      throw error;
    }
  } catch (error) {
    await kms.vault.close();
    throw error;
  }
}

async function furnish(
  store: Store,
  balancerAddresses: AddressRange,
  { ring, kms, upstream, outsideLogs }: { readonly ring: KeyRing; readonly kms: Kms } & Others,
  config: Config,
  { clock, ids, log }: WorldDeps,
): Promise<World> {
  const { root } = ring;
  const journal = openJournal({ store, clock }, (error) => log.error(error, "the journal could not be written"));
  const headSigner = await openHeadSigner({ store, root, clock, ids });
  const caUrl = config["public-url"];
  const by = `node ${nodeName(config["data-dir"])} on ${hostname()}`;
  const signers = new Signers({
    root,
    caUrl,
    transparency: config["certificate-log"],
    outsideLogs,
    onOpened: (key) => journal.note(keyOpenedAct(key, by)),
  });
  return {
    store,
    clock,
    timers: systemTimers,
    ids,
    root,
    ring,
    kms,
    journal,
    headSigner,
    signers,
    product: productZone(config, { store, clock, upstream }),
    productZone: config.zone,
    balancerAddresses,
    isOwnPort: ({ address, port }) => port === config.listen.port && isThisMachine(address),
    resolvers: config.resolvers.length > 0 ? config.resolvers : systemResolvers(),
    perspectives: config.perspectives,
    privateNames: config["private-names"],
    highRiskNames: config["high-risk-names"],
    caaIdentities: config["caa-identities"],
    httpValidationNetworks: config["http-validation-networks"],
    publicUrl: config["public-url"],
    fleetUrls: fleetUrlsOf(config["fleet-urls"], config["fleet-listen"]),
    postman: configuredPostman(config),
    approvalOrigin: approvalOrigin(config["public-url"]),
    upstream,
    quotas: {
      certificates: config["quota-certificates"],
      certificatesPerYear: config["quota-certificates-per-year"],
      imported: config["quota-imported"],
      importedPerYear: config["quota-imported-per-year"],
      names: config["quota-names"],
    },
    balancerQuotas: {
      listenersPerBalancer: config["quota-listeners"],
      certificatesPerBalancer: config["quota-listener-certificates"],
      rulesPerBalancer: config["quota-rules"],
      targetsPerGroup: config["quota-targets"],
      trustStores: config["quota-trust-stores"],
    },
    events: configuredEvents(config),
    localTargets: config["event-local-targets"],
    leafLifetime: config["leaf-lifetime"],
    renewBefore: config["renew-before"],
    rehearseEvery: config["rehearse-every"],
    ownerTag: config["owner-tag"],
    acmeOrigin: overTls(config["public-url"]),
    acmeRateLimits: config["request-rates"] === "as-aws",
    onRecordsChanged: async (tx, names) => {
      await noticeRecords(tx, names, { clock });
      await noticeAcmeRecords(tx, names, { clock });
    },
    onRollBack: (certificateArn, problem) => log.warn({ certificateArn, problem }, "a new version was rolled back"),
    onItemError: (certificateArn, error) =>
      log.error({ certificateArn, err: error }, "a campaign failed with a certificate and will try again"),
    onGrantEnded: async (tx, grantId) => {
      await noticeGrantEnd(tx, grantId);
      await noticeSecretGrantEnd(tx, grantId);
    },
    writeObject: objectFiles(join(config["data-dir"], "audit-reports")),
    readObject: objectReader(config.objects || join(config["data-dir"], "objects")),
    async close() {
      await journal
        .flush()
        .catch((error: unknown) => log.error({ err: error }, "the journal was not written to its end"));
      signers.close();
      upstream?.close();
      outsideLogs?.close();
      await kms.vault.close();
      await store.destroy();
    },
  };
}

/** Whom this installation asks in the names of its accounts. */
interface Others {
  readonly upstream: Upstream | undefined;
  readonly outsideLogs: OutsideLogs | undefined;
}

function configuredOthers(config: Config, { clock, log }: WorldDeps): Others {
  const outsideLogs = configuredOutsideLogs(config, {
    timers: systemTimers,
    onFailure: ({ description, url }, problem) =>
      log.warn({ log: description, url, problem }, "a log of certificates gave no timestamp"),
  });
  return { upstream: configuredUpstream(config, { clock }), outsideLogs };
}

function systemResolvers(): readonly ResolverAddress[] {
  return resolversOf(readIfThere("/etc/resolv.conf")?.toString() ?? "");
}

function productZone(
  config: Config,
  { store, clock, upstream }: Pick<World, "store" | "clock" | "upstream">,
): ProductZone {
  const name = parseRecordName(`${config.zone}.`);
  if (name === undefined) throw new ConfigError(`${config.zone} is no zone name`);
  return {
    name,
    nameServerAddresses: config["dns-addresses"].length > 0 ? config["dns-addresses"] : reachableAt(config.dns.host),
    lookupHost: (dnsName) => hostAddresses(store, dnsName, { clock }),
    challenges: upstream && parseRecordName(upstream.challengeZone),
  };
}
