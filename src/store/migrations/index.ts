import type { Migration } from "kysely/migration";
import * as m0001 from "./0001-jobs.ts";
import * as m0002 from "./0002-journal.ts";
import * as m0003 from "./0003-identity.ts";
import * as m0004 from "./0004-keys.ts";
import * as m0005 from "./0005-zones.ts";
import * as m0006 from "./0006-ca.ts";
import * as m0007 from "./0007-certificates.ts";
import * as m0008 from "./0008-balancers.ts";
import * as m0009 from "./0009-fleet.ts";
import * as m0010 from "./0010-acm-operations.ts";
import * as m0011 from "./0011-mail.ts";
import * as m0013 from "./0013-private-ca.ts";
import * as m0014 from "./0014-upstream.ts";
import * as m0015 from "./0015-acme.ts";
import * as m0016 from "./0016-events.ts";
import * as m0017 from "./0017-rehearsals.ts";
import * as m0018 from "./0018-rules.ts";
import * as m0019 from "./0019-networks.ts";
import * as m0020 from "./0020-edges.ts";
import * as m0021 from "./0021-metrics.ts";
import * as m0022 from "./0022-deployments.ts";
import * as m0023 from "./0023-key-specs.ts";
import * as m0024 from "./0024-iam.ts";
import * as m0025 from "./0025-key-policies.ts";
import * as m0026 from "./0026-imported-keys.ts";
import * as m0027 from "./0027-evidence.ts";
import * as m0028 from "./0028-hierarchies.ts";
import * as m0029 from "./0029-transparency.ts";
import * as m0030 from "./0030-campaigns.ts";
import * as m0031 from "./0031-custody.ts";
import * as m0032 from "./0032-outside-logs.ts";
import * as m0034 from "./0034-principal-ids.ts";
import * as m0035 from "./0035-costs.ts";

/** Forward only. A migration that was released is never changed; add the next number. */
export const migrations: Record<string, Migration> = {
  "0001-jobs": m0001,
  "0002-journal": m0002,
  "0003-identity": m0003,
  "0004-keys": m0004,
  "0005-zones": m0005,
  "0006-ca": m0006,
  "0007-certificates": m0007,
  "0008-balancers": m0008,
  "0009-fleet": m0009,
  "0010-acm-operations": m0010,
  "0011-mail": m0011,
  "0013-private-ca": m0013,
  "0014-upstream": m0014,
  "0015-acme": m0015,
  "0016-events": m0016,
  "0017-rehearsals": m0017,
  "0018-rules": m0018,
  "0019-networks": m0019,
  "0020-edges": m0020,
  "0021-metrics": m0021,
  "0022-deployments": m0022,
  "0023-key-specs": m0023,
  "0024-iam": m0024,
  "0025-key-policies": m0025,
  "0026-imported-keys": m0026,
  "0027-evidence": m0027,
  "0028-hierarchies": m0028,
  "0029-transparency": m0029,
  "0030-campaigns": m0030,
  "0031-custody": m0031,
  "0032-outside-logs": m0032,
  "0034-principal-ids": m0034,
  "0035-costs": m0035,
};
