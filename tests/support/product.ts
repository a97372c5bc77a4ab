import { onTestFinished } from "vitest";
import { leavePlace, newPlace, type Place, type Product, startProduct } from "#cli/demo/product.ts";

/** A place of its own for this test; it is removed at the end. */
export async function testPlace(): Promise<Place> {
  const place = await newPlace();
  onTestFinished(() => leavePlace(place));
  return place;
}

/** The product as `sealkeeper serve` starts it, until the test ends. */
export async function testProduct(settings: Readonly<Record<string, string>> = {}): Promise<Product> {
  const place = await testPlace();
  const product = await startProduct(place, { "log-level": "warn", ...settings });
  onTestFinished(() => product.stop());
  return product;
}
