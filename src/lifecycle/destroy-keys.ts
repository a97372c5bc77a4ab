import { type CertificateArn, parseArn } from "#domain/arn.ts";
import { recordIn } from "#journal/journal.ts";
import { deleteVersionsBefore } from "#store/certificate-versions.ts";
import type { Tx } from "#store/store.ts";

/** Destroys the sealed keys of all generations before `generation`, and says so in the journal: once for each key. */
export async function destroyKeysBefore(tx: Tx, arn: CertificateArn, generation: number, now: Date): Promise<void> {
  const { account = "", region = "" } = parseArn(arn) ?? {};
  for (const destroyed of await deleteVersionsBefore(tx, arn, generation)) {
    const act = {
      account,
      region,
      principal: "acm.amazonaws.com",
      eventSource: "custody.sealkeeper",
      eventName: "DestroyKey",
      resource: arn,
      requestId: "",
      detail: { generation: String(destroyed) },
    };
    await recordIn(tx, act, { now: () => now });
  }
}
