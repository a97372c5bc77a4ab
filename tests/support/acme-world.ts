import { acmeServer } from "#acme/server/index.ts";
import type { Store } from "#store/store.ts";
import { type AcmeClient, acmeClient, type Credentials, type Signer, type Transport } from "./acme-client.ts";
import { type Answered, type CertificateWorld, certificateWorld } from "./certificate-world.ts";

/** An ACME endpoint in a world whose clock stands still, and a server for it as one node has it. */
export interface AcmeWorld {
  readonly world: CertificateWorld;
  readonly endpointArn: string;
  readonly directoryUrl: string;
  readonly credentials: Credentials;
  readonly bindingArn: string;
  /** Errors that clients only hear of as internal ones. */
  readonly failures: unknown[];
  /** Straight into the server; without HTTP, so without sockets. */
  readonly transport: Transport;
  /** Another server on the same store, as a second node or a restarted one has it. */
  node(): Transport;
  /** A client with an account of its own. */
  client(key?: Signer, transport?: Transport): Promise<AcmeClient>;
  /** Lets the endpoint's clients order names of a domain: proven by a record in one of our zones. */
  prove(domain: string, scope?: Partial<Record<"ExactDomain" | "Subdomains" | "Wildcards", string>>): Promise<Proved>;
  /** An operation of ACM that must succeed. */
  call(operation: string, input: object): Promise<Answered["body"]>;
}

/** A domain that is proven, for as long as its record stands. */
export interface Proved {
  readonly arn: string;
  readonly withdraw: () => Promise<void>;
}

export async function acmeWorld(store: Store, settings: object = {}): Promise<AcmeWorld> {
  const world = await certificateWorld(store);
  const failures: unknown[] = [];
  const call: AcmeWorld["call"] = async (operation, input) => {
    const { body, error } = await world.call(operation, input);
    if (error !== undefined) throw new Error(`${error}: ${body.message}`);
    return body;
  };
  const made = await call("CreateAcmeEndpoint", {
    AuthorizationBehavior: "PRE_APPROVED",
    CertificateAuthority: { PublicCertificateAuthority: {} },
    ...settings,
  });
  const endpointArn: string = made.AcmeEndpointArn;
  await world.work();
  const { AcmeEndpoint } = await call("DescribeAcmeEndpoint", { AcmeEndpointArn: endpointArn });
  const RoleArn = "arn:aws:iam::123456789012:role/acme";
  const bound = await call("CreateAcmeExternalAccountBinding", { AcmeEndpointArn: endpointArn, RoleArn });
  const bindingArn: string = bound.ExternalAccountBinding.AcmeExternalAccountBindingArn;
  const { KeyId: keyId, MacKey: macKey } = await call("GetAcmeExternalAccountBindingCredentials", {
    AcmeExternalAccountBindingArn: bindingArn,
  });
  const node = (): Transport => {
    const serve = acmeServer(world.deps, { log: () => {}, onError: (error) => void failures.push(error) });
    return async ({ method, url, contentType, body = "" }) => {
      const { pathname, search } = new URL(url);
      const request = { method, path: pathname, hasQuery: search !== "", contentType, body: Buffer.from(body) };
      return (await serve(request)) ?? { status: 404, headers: {}, links: [], body: "" };
    };
  };
  const transport = node();
  const directoryUrl: string = AcmeEndpoint.EndpointUrl;
  const credentials = { keyId, macKey };
  return {
    world,
    endpointArn,
    directoryUrl,
    credentials,
    bindingArn,
    failures,
    transport,
    node,
    call,
    async client(key, by = transport) {
      const client = await acmeClient(directoryUrl, by, key);
      const { status, body } = await client.register(credentials);
      if (status !== 201) throw new Error(`${status}: ${body}`);
      return client;
    },
    async prove(domain, scope = { ExactDomain: "ENABLED", Subdomains: "ENABLED", Wildcards: "ENABLED" }) {
      const { AcmeDomainValidationArn } = await call("CreateAcmeDomainValidation", {
        AcmeEndpointArn: endpointArn,
        DomainName: domain,
        PrevalidationOptions: { DnsPrevalidation: { DomainScope: scope } },
      });
      const { AcmeDomainValidation } = await call("DescribeAcmeDomainValidation", { AcmeDomainValidationArn });
      const { Name, Value } = AcmeDomainValidation.PrevalidationDetails.DnsPrevalidation.ResourceRecord;
      const zone = await world.zone(domain);
      await zone.put(Name, Value);
      await world.work();
      return { arn: AcmeDomainValidationArn, withdraw: () => zone.remove(Name, Value) };
    },
  };
}
