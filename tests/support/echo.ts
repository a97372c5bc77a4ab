import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { NormalizedSchema } from "@smithy/core/schema";
import type { Facts } from "#aws/facts.ts";
import { FACTS } from "#aws/facts.ts";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { type MountedService, mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { schemas } from "#services/acm-pca/schemas.ts";
import { TEST_KEY, testCredential } from "./access-key.ts";
import { sample } from "./sample.ts";

/** A service every operation of which answers a sample of its output, or throws what it is told to. */
export interface EchoService {
  readonly name: string;
  /** The prefix of the client's class: `ACM` in `ACMClient`. */
  readonly prefix: string;
  readonly sdk: Readonly<Record<string, unknown>>;
  readonly mounted: MountedService;
}

/** What went in and out of the last operation. */
export interface Echo {
  input: unknown;
  output: unknown;
  /** Thrown instead of answering, while set. */
  failure: Error | undefined;
}

/** `model` holds the schemas of a package that carries none itself. */
const PACKAGES: readonly (readonly [name: string, prefix: string, facts: Facts, model?: object])[] = [
  ["acm", "ACM", FACTS.acm],
  ["acm-pca", "ACMPCA", FACTS.acmPca, schemas],
  ["kms", "KMS", FACTS.kms],
  ["sts", "STS", FACTS.sts],
  ["route-53", "Route53", FACTS.route53],
  ["ec2", "EC2", FACTS.ec2],
  ["elastic-load-balancing-v2", "ElasticLoadBalancingV2", FACTS.elbv2],
  [
    "api-gateway",
    "APIGateway",
    { scope: "apigateway", target: "BackplaneControlService", version: "2015-07-09", rest: "restJson" },
  ],
  ["cloudtrail", "CloudTrail", FACTS.cloudtrail],
  ["cloudwatch", "CloudWatch", FACTS.cloudwatch],
  ["eventbridge", "EventBridge", FACTS.eventbridge],
];

export async function echoServices(echo: Echo): Promise<readonly EchoService[]> {
  return Promise.all(
    PACKAGES.map(async ([name, prefix, facts, model]) => {
      const sdk = (await import(`@aws-sdk/client-${name}`)) as Readonly<Record<string, unknown>>;
      const mounted = mount(
        { name, sdk: model ?? sdk, facts, operations: {}, rules: {}, refusals: {} as never },
        undefined,
      );
      const handler = (operation: string) => (input: unknown) => {
        if (echo.failure) throw echo.failure;
        const output = mounted.operations.get(operation)?.output ?? NormalizedSchema.of("unit");
        echo.input = input;
        echo.output = output.isUnitSchema() ? {} : sample(output, 3);
        return echo.output;
      };
      return { name, prefix, sdk, mounted: { ...mounted, handler } };
    }),
  );
}

/** The whole front door before echo services. */
export async function echoServer(echo: Echo): Promise<{
  readonly services: readonly EchoService[];
  readonly port: number;
  readonly stop: () => Promise<void>;
}> {
  const services = await echoServices(echo);
  const credential = testCredential(TEST_KEY);
  const credentials = (id: string) => (id === credential.accessKeyId ? credential : undefined);
  const { server, stop } = httpServer({
    answer: gateway(
      services.map(({ mounted }) => mounted),
      {
        authenticate: sigv4({ credentials, clock: systemClock }),
        ids: randomIds,
        audit: { record: () => Promise.resolve(), note: () => {} },
        log: ({ bug }) => bug && console.error(bug),
      },
    ),
    ids: randomIds,
    onError: console.error,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { services, port: (server.address() as AddressInfo).port, stop };
}
