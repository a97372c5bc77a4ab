import { once } from "node:events";
import { onTestFinished } from "vitest";
import { leavePlace, newPlace, type Place, type Product, startProduct } from "#cli/demo/product.ts";

/** A place of its own for this test; it is removed at the end. */
export async function testPlace(): Promise<Place> {
  const place = await newPlace();
  onTestFinished(() => leavePlace(place));
  return place;
}

/** The product as `sealkeeper serve` starts it, until the test ends; at a place where it ran before, it goes on. */
export async function testProduct(settings: Readonly<Record<string, string>> = {}, place?: Place): Promise<Product> {
  const product = await startProduct(place ?? (await testPlace()), { ...LEAN, ...settings });
  onTestFinished(() => product.stop());
  return product;
}

/** `kill -9` of the control plane; its edge lives on. */
export async function killControl({ process: child }: Product): Promise<void> {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Hardly any test needs a thousand keys. */
const LEAN = { "log-level": "warn", "key-pool": "16" };
