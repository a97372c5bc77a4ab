import { onTestFinished } from "vitest";
import { openUpstream, type Upstream } from "#ca/upstream/upstream.ts";
import type { UpstreamCa } from "#ca/upstream/upstream-ca.ts";
import { resolve } from "#dns/resolve.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { findChallengeValues } from "#store/challenge-answers.ts";
import type { Store } from "#store/store.ts";
import { listUpstreamOrders, type UpstreamOrder } from "#store/upstream-orders.ts";
import { type AcmeStub, acmeStub } from "./acme-stub.ts";
import { type CertificateWorld, certificateWorld, prove } from "./certificate-world.ts";
import { name } from "./zone-world.ts";

/** A world whose public certificates are signed by ACME servers that the test decides about. */
export interface UpstreamWorld extends CertificateWorld {
  readonly stubs: readonly AcmeStub[];
  readonly stub: AcmeStub;
  /** Requests a certificate and writes its records; nothing is done yet. */
  proven(domain: string, more?: object): Promise<CertificateArn>;
  orders(arn: string, generation?: number): Promise<readonly UpstreamOrder[]>;
}

/** `cas` changes the configuration of each CA; there are as many as it has members. */
export async function upstreamWorld(store: Store, cas: readonly Partial<UpstreamCa>[] = [{}]): Promise<UpstreamWorld> {
  const world = await certificateWorld(store);
  const stubs = await Promise.all(cas.map(() => acmeStub(() => world.clock.now())));
  const [stub] = stubs;
  if (!stub) throw new Error("a world without a CA");
  const configured = cas.map((more, at) => upstreamCa(stubs[at]?.directory ?? "", `ca${at}`, more));
  const upstream: Upstream = openUpstream(configured, "acme.sealkeeper.internal", world.deps);
  onTestFinished(() => upstream.close());
  const product = { ...world.deps.product, challenges: name("acme.sealkeeper.internal") };
  Object.assign(world.deps, { upstream, product });
  // The CA looks where a CA looks: at the DNS, from the owner's record on, or at the page.
  for (const one of stubs) {
    one.validate = async ({ type, name: domain, token, expected }) => {
      if (type === "dns-persist-01") {
        const found = await resolve(name(`_validation-persist.${domain}`), RECORD_TYPES.TXT, world.deps);
        const stands = found.answers.some(({ value }) => value.startsWith(`"ca.kiln.com; accounturi=${expected}`));
        return stands ? undefined : { type: "unauthorized", detail: "no record that stays" };
      }
      const seen =
        type === "dns-01"
          ? (await resolve(name(`_acme-challenge.${domain}`), RECORD_TYPES.TXT, world.deps)).answers.map(
              ({ value }) => value,
            )
          : (await findChallengeValues(store, "http-01", token)).map((value) => `"${value}"`);
      return seen.includes(`"${expected}"`)
        ? undefined
        : { type: "unauthorized", detail: `found ${seen.join(" ") || "nothing"} by ${type}` };
    };
  }
  return {
    ...world,
    stubs,
    stub,
    async proven(domain, more = {}) {
      const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1", ...more });
      await prove(world, arn);
      return arn;
    },
    orders: (arn, generation = 1) => listUpstreamOrders(store, arn, generation),
  };
}

/** A CA as it is configured, with whatever is to be different. */
export function upstreamCa(directory: string, named: string, more: Partial<UpstreamCa> = {}): UpstreamCa {
  return {
    name: named,
    directory,
    trust: undefined,
    binding: undefined,
    contacts: [],
    termsAgreed: true,
    profile: undefined,
    preferredChain: undefined,
    challenge: "dns-01",
    caaIdentities: [],
    ...more,
  };
}
