import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { parseIpAddress } from "#lib/ip-address.ts";

/** A machine that target groups name by its instance id. */
export interface Host extends Owner {
  readonly instanceId: string;
  /** IPv4: where it is reached. It need not be in its subnet's block. */
  readonly address: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly securityGroups: readonly string[];
  readonly registeredAt: Date;
}

/** An address that a host can have. Throws `host-input-invalid`. */
export function hostAddressOf(text: string): string {
  const bytes = parseIpAddress(text);
  const first = bytes?.[0] ?? 0;
  const linkLocal = first === 169 && bytes?.[1] === 254;
  if (bytes?.length === 4 && bytes.join(".") === text && first > 0 && first < 224 && !linkLocal) return text;
  throw new Refusal("host-input-invalid", `'${text.slice(0, 100)}' is not the IPv4 address of one host`);
}
