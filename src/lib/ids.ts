import { randomBytes, randomUUID } from "node:crypto";

/** The only source of identities and other randomness that ends up in records. Tests may make it repeatable. */
export interface Ids {
  /** A fresh UUID (version 4). */
  uuid(): string;
  /** `count` unpredictable bytes, as lower-case hexadecimal. */
  hex(count: number): string;
}

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  hex: (count) => randomBytes(count).toString("hex"),
};
