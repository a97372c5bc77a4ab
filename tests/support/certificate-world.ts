import { advanceDomain } from "#acme/advance-domain.ts";
import { ADVANCE_DOMAIN, noticeAcmeRecords } from "#acme/advance-domain-job.ts";
import { ADVANCE_ENDPOINT, advanceEndpoint } from "#acme/advance-endpoint.ts";
import { COMPLETE_ORDER, completeOrder } from "#acme/complete-order.ts";
import { gateway } from "#aws/gateway.ts";
import { mount } from "#aws/service.ts";
import { CHAINS_TASK, SETTLE_TASK } from "#ca/hierarchies/promise.ts";
import { settleHierarchy } from "#ca/hierarchies/settle.ts";
import { ensureHierarchy } from "#ca/hierarchy.ts";
import type { PrivateCaDeps } from "#ca/private/deps.ts";
import { privateCaTasks } from "#ca/private/tasks.ts";
import { publishCrls } from "#ca/publish-crl.ts";
import { PUBLISH_CRLS } from "#ca/revocation.ts";
import { Signers } from "#ca/signers.ts";
import { LEAVE, SELECT, WORK } from "#campaigns/jobs.ts";
import { leaveCertificates } from "#campaigns/leave.ts";
import { selectCertificates } from "#campaigns/select.ts";
import { workLane } from "#campaigns/work.ts";
import { keyFileRoot } from "#custody/root.ts";
import { changeRecordSets } from "#dns/change-record-sets.ts";
import { createHostedZone } from "#dns/hosted-zones.ts";
import type { ResolverAddress } from "#dns/resolver-address.ts";
import type { ZoneDeps } from "#dns/zone-deps.ts";
import type { CertificateArn } from "#domain/arn.ts";
import type { Decision } from "#domain/certificate/approval.ts";
import { parseNameSuffix } from "#domain/certificate/public-names.ts";
import { SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import type { AccountId, Caller, Region } from "#domain/names.ts";
import type { RecordType } from "#domain/zones/record-set.ts";
import { followDeployments } from "#integrations/deployment/follow.ts";
import { runDueJobs } from "#jobs/worker.ts";
import { DAY, later, MINUTE, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { systemTimers } from "#lib/timers.ts";
import type { AdvanceDeps } from "#lifecycle/advance.ts";
import { advanceTurn } from "#lifecycle/advance-turn.ts";
import { answerApproval } from "#lifecycle/approval/answer-approval.ts";
import { type LetterDeps, sendApprovalLetter } from "#lifecycle/approval/approval-letters.ts";
import { attachCertificate, detachCertificate } from "#lifecycle/associate.ts";
import { FOLLOW_DEPLOYMENT } from "#lifecycle/deployment-job.ts";
import { noticeRecords } from "#lifecycle/notice-records.ts";
import { giveNotices } from "#lifecycle/notices.ts";
import { refreshChains } from "#lifecycle/refresh-chains.ts";
import { PREPARE_UPSTREAM, prepareUpstream } from "#lifecycle/upstream/prepare-upstream.ts";
import { followRenewalInfo, RENEWAL_INFO } from "#lifecycle/upstream/renewal-info.ts";
import { REVOKE_UPSTREAM, revokeUpstream } from "#lifecycle/upstream/revoke-upstream.ts";
import { SEND_LETTER } from "#mail/outbox.ts";
import { type AcmDeps, acm } from "#services/acm/index.ts";
import { type CrossCertificateRow, insertCrossCertificate, listCrossCertificates } from "#store/hierarchies.ts";
import { type IssuerRow, insertIssuer, listIssuers } from "#store/issuers.ts";
import { nextJobAt } from "#store/jobs.ts";
import { openStore, type Store } from "#store/store.ts";
import { type MailWorld, mailWorld } from "./mail-world.ts";
import type { ReceivedLetter } from "./received-letter.ts";
import { type TestClock, testClock } from "./test-clock.ts";
import { name } from "./zone-world.ts";

export const ACCOUNT = "123456789012" as AccountId;
export const REGION = "eu-west-1" as Region;
export const BALANCER: string = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/web/0123456789abcdef`;

/** What an operation answered: its output, or the name and the message of its error. */
export interface Answered {
  readonly status: number;
  /** The error's name; undefined when it succeeded. */
  readonly error: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- the JSON that went over the wire
  readonly body: any;
}

/** Certificates with everything they need: a store, zones, the CA, custody, and a clock that stands still. */
export interface CertificateWorld {
  readonly deps: AcmDeps & AdvanceDeps & LetterDeps & PrivateCaDeps & ZoneDeps;
  readonly store: Store;
  readonly clock: TestClock;
  /** What private CAs wrote in place of S3, by `<bucket>/<key>`. */
  readonly objects: ReadonlyMap<string, string>;
  /** Errors of jobs, oldest first. */
  readonly failures: unknown[];
  caller(owner?: Partial<Pick<Caller, "account" | "region">>): Caller;
  /** Calls an operation of ACM as a client does, through the gateway. */
  call(operation: string, input: object, owner?: Partial<Pick<Caller, "account" | "region">>): Promise<Answered>;
  /** Requests a certificate with DNS validation. */
  request(domain: string, more?: object): Promise<CertificateArn>;
  describe(arn: string): Promise<Answered["body"]>;
  zone(domain: string): Promise<{
    readonly id: string;
    put(recordName: string, value: string): Promise<void>;
    /** A TXT record. */
    putText(recordName: string, value: string): Promise<void>;
    remove(recordName: string, value: string): Promise<void>;
  }>;
  /** Does all jobs that are due at this moment, until none is. */
  work(): Promise<void>;
  /** Moves the clock on, from due job to due job, until nothing is due before `until`. */
  liveUntil(until: Date): Promise<void>;
  /** Where approval letters go. */
  readonly mail: MailWorld;
  /** Lets every domain take mail, if nothing did before, and reads all letters about a certificate that came by now. */
  letters(arn: string): Promise<readonly ReceivedLetter[]>;
  /** Somebody answers every letter about a certificate; where several ask the same, the first answer counts. */
  approve(arn: string, decision?: Decision): Promise<void>;
  attach(arn: string, resourceArn?: string): Promise<string>;
  detach(arn: CertificateArn, resourceArn?: string): Promise<void>;
}

/** `open` makes the store; it is closed by whoever opened it. */
export async function certificateWorld(store: Store): Promise<CertificateWorld> {
  const clock = testClock("2026-11-22T00:00:00Z");
  const root = keyFileRoot(Buffer.alloc(32, 7));
  const failures: unknown[] = [];
  const objects = new Map<string, string>();
  const mail = mailWorld();
  const resolvers: ResolverAddress[] = [];
  const deps: CertificateWorld["deps"] = {
    store,
    clock,
    root,
    ids: randomIds,
    signers: new Signers({ root, caUrl: "http://127.0.0.1:4566" }),
    leafLifetime: 198 * DAY,
    product: {
      name: name("sealkeeper.internal"),
      nameServerAddresses: ["127.0.0.53"],
      lookupHost: () => Promise.resolve(undefined),
    },
    resolvers,
    postman: mail.postman,
    approvalOrigin: "http://127.0.0.1:4566",
    privateNames: ["example", "test", "internal", "home.arpa"].flatMap((suffix) => parseNameSuffix(suffix) ?? []),
    highRiskNames: [],
    caaIdentities: ["sealkeeper.internal"],
    httpValidationNetworks: [],
    publicUrl: "http://127.0.0.1:4566",
    acmeOrigin: "https://127.0.0.1:4566",
    async writeObject(bucket, key, content) {
      let written = "";
      for await (const piece of content) written += piece;
      objects.set(`${bucket}/${key}`, written);
    },
    onRecordsChanged: async (tx, names) => {
      await noticeRecords(tx, names, { clock });
      await noticeAcmeRecords(tx, names, { clock });
    },
  };
  await useHierarchy(deps);
  const following = { store, clock, timers: systemTimers, onRollBack: () => {} };
  const jobs = {
    node: "test",
    store,
    clock,
    tasks: {
      [SETTLE_TASK]: (hierarchy: string) => settleHierarchy(hierarchy, deps),
      [CHAINS_TASK]: (place: string) => refreshChains(place, deps),
      [PUBLISH_CRLS]: () => publishCrls(deps),
      ...privateCaTasks(deps),
      [SELECT]: (id: string) => selectCertificates(id, deps),
      [WORK]: (lane: string) => workLane(lane, { ...deps, onItemError: (_, error) => void failures.push(error) }),
      [LEAVE]: (id: string) => leaveCertificates(id, deps),
      [FOLLOW_DEPLOYMENT]: (arn: string) => followDeployments(arn as CertificateArn, following),
      [ADVANCE_ENDPOINT]: (arn: string) => advanceEndpoint(arn, deps),
      [COMPLETE_ORDER]: (id: string) => completeOrder(id, deps),
      [ADVANCE_DOMAIN]: (arn: string) => advanceDomain(arn, deps),
      [PREPARE_UPSTREAM]: (name: string) => prepareUpstream(name, deps),
      [RENEWAL_INFO]: (arn: string) => followRenewalInfo(arn as CertificateArn, deps),
      [REVOKE_UPSTREAM]: (id: string) => revokeUpstream(id, deps),
      "certificate.advance": (arn: string) => advanceTurn(arn as CertificateArn, deps),
      [SEND_LETTER]: (id: string) => sendApprovalLetter(id, deps),
      "certificate.notices": (owner: string) => giveNotices(owner, deps),
    },
    onError: (_: unknown, error: unknown) => void failures.push(error),
  };

  const world: CertificateWorld = {
    deps,
    objects,
    store,
    clock,
    failures,
    mail,
    async letters(arn) {
      const come = async (): Promise<readonly ReceivedLetter[]> => {
        await world.work();
        return (await mail.server()).letters.filter(({ text }) => text.includes(arn));
      };
      if (resolvers.length === 0) resolvers.push(await mail.resolver());
      const letters = await come();
      if (letters.length > 0) return letters;
      await world.liveUntil(later(clock.now(), MINUTE)); // a look before the resolver was there is repeated by then
      return come();
    },
    async approve(arn, decision = "approve") {
      const letters = await world.letters(arn);
      if (letters.length === 0) throw new Error(`no letter about ${arn} came`);
      for (const { link } of letters) await answerApproval(link.slice(link.lastIndexOf("/") + 1), decision, deps);
    },
    caller({ account = ACCOUNT, region = REGION } = {}) {
      const arn = `arn:aws:iam::${account}:root`;
      return { kind: "root", account, region, arn, accessKeyId: "AKIATEST", requestId: randomIds.uuid() };
    },
    async call(operation, input, owner) {
      const answer = gateway([mount(acm, deps)], {
        authenticate: () => Promise.resolve(world.caller(owner)),
        ids: randomIds,
        audit: { record: () => Promise.resolve(), note: () => {} },
        log: ({ bug }) => {
          if (bug !== undefined) throw bug;
        },
      });
      const body = Buffer.from(JSON.stringify(input));
      const reply = await answer({
        method: "POST",
        path: "/",
        query: new URLSearchParams(),
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `CertificateManager.${operation}`,
          authorization:
            "AWS4-HMAC-SHA256 Credential=AKIATEST/20261122/eu-west-1/acm/aws4_request, SignedHeaders=host, Signature=00",
        },
        body,
        signedBody: body,
        remoteAddress: "127.0.0.1",
      });
      const parsed = JSON.parse(String(reply.body ?? "") || "{}");
      return { status: reply.status, error: parsed.__type, body: parsed };
    },
    async request(domain, more = {}) {
      const input = { DomainName: domain, ValidationMethod: "DNS", ...more };
      const { body, error } = await world.call("RequestCertificate", input);
      if (error !== undefined) throw new Error(`${error}: ${body.message}`);
      return body.CertificateArn;
    },
    async describe(arn) {
      const { body, error } = await world.call("DescribeCertificate", { CertificateArn: arn });
      if (error !== undefined) throw new Error(`${error}: ${body.message}`);
      return body.Certificate;
    },
    async zone(domain) {
      const made = { account: ACCOUNT, name: domain, callerReference: randomIds.uuid(), comment: "" };
      const { zone } = await createHostedZone(made, deps);
      const change = (action: "UPSERT" | "DELETE", type: RecordType) => async (recordName: string, value: string) => {
        const values = [type === "TXT" ? `"${value}"` : value];
        const content = { kind: "values", ttl: 300, values } as const;
        const set = { name: name(recordName.replace(/\.$/, "")), type, content };
        const batch = { account: ACCOUNT, zoneId: zone.id, comment: undefined, changes: [{ action, set }] };
        await changeRecordSets(batch, deps);
      };
      return {
        id: zone.id,
        put: change("UPSERT", "CNAME"),
        putText: change("UPSERT", "TXT"),
        remove: change("DELETE", "CNAME"),
      };
    },
    async work() {
      while ((await runDueJobs(jobs)) > 0);
    },
    async liveUntil(until) {
      for (;;) {
        await world.work();
        const next = await nextJobAt(store);
        if (next === undefined || next > until.getTime()) break;
        clock.set(new Date(next));
      }
      clock.set(until);
    },
    attach(arn, resourceArn = BALANCER) {
      return store.transaction().execute(async (tx) => {
        const attachment = { certificateArn: arn, resourceArn, resourceOwner: world.caller() };
        return (await attachCertificate(tx, attachment, deps)).grantToken;
      });
    },
    detach(arn, resourceArn = BALANCER) {
      return store.transaction().execute((tx) => detachCertificate(tx, { certificateArn: arn, resourceArn }, deps));
    },
  };
  clock.advance(SECOND);
  return world;
}

/** The CA's keys are made once for a test file: an RSA-4096 root takes most of a second. */
async function useHierarchy(deps: CertificateWorld["deps"]): Promise<void> {
  hierarchy ??= makeHierarchy(deps);
  const { issuers, crosses } = await hierarchy;
  await deps.store.transaction().execute(async (tx) => {
    for (const issuer of issuers) await insertIssuer(tx, issuer);
    for (const cross of crosses) await insertCrossCertificate(tx, cross);
  });
}

interface MadeHierarchy {
  readonly issuers: readonly IssuerRow[];
  readonly crosses: readonly CrossCertificateRow[];
}

async function makeHierarchy(deps: CertificateWorld["deps"]): Promise<MadeHierarchy> {
  const scratch = await openStore("file::memory:");
  try {
    await ensureHierarchy({ ...deps, store: scratch });
    return {
      issuers: await listIssuers(scratch),
      crosses: await listCrossCertificates(scratch, SHARED_HIERARCHY),
    };
  } finally {
    await scratch.destroy();
  }
}

let hierarchy: Promise<MadeHierarchy> | undefined;

/** Records that prove a certificate's domains, each in a zone of its own. */
export interface Proofs {
  withdraw(): Promise<void>;
  restore(): Promise<void>;
}

/** Writes the records that a certificate is described with. */
export async function prove(world: CertificateWorld, arn: string): Promise<Proofs> {
  const { DomainValidationOptions } = await world.describe(arn);
  const values = new Map<string, string>(
    // oxlint-disable-next-line typescript/no-explicit-any -- the JSON that went over the wire
    DomainValidationOptions.map(({ ResourceRecord }: any) => [ResourceRecord.Name, ResourceRecord.Value]),
  );
  const records = await Promise.all(
    [...values].map(async ([recordName, value]) => {
      const zone = await world.zone(recordName.slice(recordName.indexOf(".") + 1).replace(/\.$/, ""));
      return { restore: () => zone.put(recordName, value), withdraw: () => zone.remove(recordName, value) };
    }),
  );
  const all = (work: "restore" | "withdraw") => async () => {
    for (const record of records) await record[work]();
  };
  await all("restore")();
  return { restore: all("restore"), withdraw: all("withdraw") };
}
