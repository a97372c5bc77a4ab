import { inspect, isDeepStrictEqual } from "node:util";
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsError } from "#aws/service.ts";
import { TEST_KEY } from "../support/access-key.ts";
import { type Echo, type EchoService, echoServer, echoServices } from "../support/echo.ts";
import { sample } from "../support/sample.ts";

/** What no client can say, or reads differently by itself. */
const EXCEPT: readonly string[] = [
  "sts  AssumeRoleWithSAML", // comes unsigned, and nothing is performed for nobody
  "sts  AssumeRoleWithWebIdentity",
  "eventbridge  PutEvents", // its EndpointId wants a signature that only AWS's native code can make (SigV4A)
  "cloudwatch query PutMetricAlarm", // the query protocol has no way to say "an empty structure"
  "cloudwatch DashboardNotFoundError", // its query code, ResourceNotFound, is the name of another exception
];
/** CloudWatch is the one service that its clients of different years address in three protocols. */
const SPEECHES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  cloudwatch: { query: AwsQueryProtocol, cbor: AwsSmithyRpcV2CborProtocol },
};

const echo: Echo = { input: undefined, output: undefined, failure: undefined };
let door: Awaited<ReturnType<typeof echoServer>>;
beforeAll(async () => {
  door = await echoServer(echo);
});
afterAll(() => door.stop());

for (const service of await echoServices(echo)) {
  for (const [speech, protocol] of Object.entries({ "": undefined, ...SPEECHES[service.name] })) {
    describe(`${service.name} ${speech}`.trim(), () => {
      test("every operation arrives as it was sent and its answer as it was given", async () => {
        const client = clientOf(service, protocol);
        const wrong: string[] = [];
        for (const operation of service.mounted.operations.values()) {
          if (EXCEPT.includes(`${service.name} ${speech} ${operation.name}`)) continue;
          const input = operation.input.isUnitSchema() ? {} : (sample(operation.input) as object);
          const output = await client.send(operation.name, input).catch((error: unknown) => error);
          const told = output instanceof Error ? output : await withBytes(output as object);
          if (!isDeepStrictEqual(plain(echo.input), plain(input))) wrong.push(`${operation.name}: the input differs`);
          if (!isDeepStrictEqual(plain(told), plain(echo.output))) wrong.push(`${operation.name}: ${inspect(told)}`);
        }
        expect(wrong).toEqual([]);
      });

      test("every error arrives as the client's own class with its members", async () => {
        const client = clientOf(service, protocol);
        const operation = [...service.mounted.operations.values()][0]!;
        const input = operation.input.isUnitSchema() ? {} : (sample(operation.input) as object);
        const wrong: string[] = [];
        for (const [name, schema] of service.mounted.errors) {
          if (!schema[1].startsWith("com.amazonaws") || EXCEPT.includes(`${service.name} ${name}`)) continue;
          const members = sample(NormalizedSchema.of(schema), 5) as Readonly<Record<string, unknown>>;
          echo.failure = new AwsError(name, "the message", members);
          const error = (await client.send(operation.name, input).catch((thrown: unknown) => thrown)) as Error;
          const rest = Object.fromEntries(Object.entries(members).filter(([key]) => !/^message$/i.test(key)));
          const mine = Object.fromEntries(Object.keys(rest).map((key) => [key, error[key as keyof Error]]));
          if (!(error instanceof (service.sdk[name] as new () => Error)))
            wrong.push(`${name} arrives as ${String(error)}`);
          if (error.message !== "the message") wrong.push(`${name} says ${error.message}`);
          if (!isDeepStrictEqual(plain(mine), plain(rest))) wrong.push(`${name} has other members`);
        }
        echo.failure = undefined;
        expect(wrong).toEqual([]);
      });
    });
  }
}

function clientOf(
  { sdk, prefix }: EchoService,
  protocol: unknown,
): { send(operation: string, input: object): Promise<unknown> } {
  const Client = sdk[`${prefix}Client`] as new (config: object) => { send(command: object): Promise<unknown> };
  const client = new Client({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${door.port}`,
    credentials: TEST_KEY,
    disableHostPrefix: true,
    maxAttempts: 1,
    ...(protocol !== undefined && { protocol }),
  });
  return {
    send(operation, input) {
      const Command = sdk[`${operation}Command`] as new (input: object) => object;
      return client.send(new Command(structuredClone(input)));
    },
  };
}

/** A streamed member read to its end. */
async function withBytes(output: object): Promise<object> {
  const entries = Object.entries(output).map(async ([key, value]) => {
    const stream = value as { transformToByteArray?(): Promise<Uint8Array> } | undefined;
    const streamed = !(value instanceof Uint8Array) && stream?.transformToByteArray !== undefined;
    return [key, streamed ? await stream.transformToByteArray?.() : value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Values that compare: bytes and times by content, undefined members left out. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.toISOString();
  if (value instanceof String) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, content]) => content !== undefined && key !== "$metadata");
  return Object.fromEntries(entries.map(([key, content]) => [key, plain(content)]));
}
