import { parseArgs } from "node:util";
import { ConfigError } from "#main/config-error.ts";
import { type Narrator, narrator } from "./demo/narrator.ts";
import { leavePlace, newPlace, type Product, startProduct } from "./demo/product.ts";
import { type Stage, stage } from "./demo/stage.ts";
import { STORY } from "./demo/story.ts";

/** `sealkeeper demo`: tells one certificate's life on the running product. Answers 0 only if every check held. */
export async function main(args: readonly string[]): Promise<number> {
  const { keep, database } = readArguments(args);
  const tell = narrator(process.stdout);
  tell.title("Sealkeeper: one certificate's whole life, on the running product");
  const started = performance.now();
  const place = await newPlace();
  let product: Product | undefined;
  let play: Stage | undefined;
  try {
    product = await startProduct(place, {
      "leaf-lifetime": "10m",
      "renew-before": "534s", // six seconds after it was issued: its notBefore is a minute before
      ...(database === undefined ? {} : { database }),
    });
    play = await stage(product, tell);
    for (const act of keep ? STORY.filter(({ ends }) => !ends) : STORY) {
      await act.play(play);
    }
    tell.verdict(performance.now() - started);
    if (keep && tell.failures() === 0) await stayOpen(play, product, tell);
    return tell.failures() === 0 ? 0 : 1;
  } catch (error) {
    tell.broke(error, product?.logTail() ?? "");
    return 1;
  } finally {
    await play?.close();
    await product?.stop();
    leavePlace(place);
  }
}

function readArguments(args: readonly string[]): { keep: boolean; database: string | undefined } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { keep: { type: "boolean", default: false }, database: { type: "string" } },
    });
    return { keep: values.keep, database: values.database };
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

async function stayOpen(play: Stage, product: Product, tell: Narrator): Promise<void> {
  const { port, address } = await play.front();
  tell.lines(
    "Everything keeps running until you press Ctrl-C, and renews every few seconds. In another terminal:",
    `  export AWS_SHARED_CREDENTIALS_FILE=${product.dataDir}/credentials AWS_DEFAULT_REGION=${play.region}`,
    `  aws --endpoint-url ${product.endpoint} acm list-certificates`,
    `  curl -s ${product.endpoint}/ca/root.pem > root.pem`,
    `  curl --cacert root.pem --connect-to ::${address}:${port} https://${play.host}/`,
    `  dig @${product.dns.host} -p ${product.dns.port} ${play.host}`,
  );
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
