import { rehearseNow } from "#rehearsal/now.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownRehearsal } from "./wire.ts";

export const RehearseCertificate: SealkeeperOperation<"RehearseCertificate"> = async (
  { CertificateArn },
  caller,
  deps,
) => ({ Rehearsal: shownRehearsal(await rehearseNow(CertificateArn, caller, deps)) });
