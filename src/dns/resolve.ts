import type { RecordName } from "#domain/zones/record-name.ts";
import type { DnsRecord } from "./dns-record.ts";
import { lookUp } from "./lookup.ts";
import type { ResponseCode } from "./message.ts";
import type { LookupDeps } from "./speaker.ts";

/** A whole answer to one question: the sections of the response. */
export interface Resolution {
  readonly code: ResponseCode;
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** Answers from our zones, CNAMEs followed for as long as they stay there. The code is that of the last name (RFC 6604). */
export async function resolve(name: RecordName, type: number, deps: LookupDeps): Promise<Resolution> {
  const chain: DnsRecord[] = [];
  const seen = new Set<RecordName>();
  let asked = name;
  for (;;) {
    seen.add(asked);
    const found = await lookUp(asked, type, deps);
    switch (found.kind) {
      case "found":
        return { ...NOTHING, answers: [...chain, ...found.records] };
      case "no-data":
        return { ...NOTHING, answers: chain, authorities: [found.soa] };
      case "no-name":
        return { ...NOTHING, code: "NXDOMAIN", answers: chain, authorities: [found.soa] };
      case "referral": {
        const { servers, glue } = found;
        return chain.length > 0
          ? { ...NOTHING, answers: chain }
          : { ...NOTHING, authoritative: false, authorities: servers, additionals: glue };
      }
      case "not-ours":
        return chain.length > 0
          ? { ...NOTHING, answers: chain }
          : { ...NOTHING, code: "REFUSED", authoritative: false };
      case "cname":
        chain.push(found.record);
        if (seen.has(found.target) || chain.length >= MOST_LINKS) return { ...NOTHING, answers: chain };
        asked = found.target;
    }
  }
}

const NOTHING: Resolution = {
  code: "NOERROR",
  authoritative: true,
  answers: [],
  authorities: [],
  additionals: [],
};
const MOST_LINKS = 16;
