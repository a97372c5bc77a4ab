import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { InputOf } from "#aws/service.ts";
import type { NamedTarget } from "#integrations/elbv2/register-targets.ts";
import { refuseUnserved } from "./wire.ts";

/** Targets as a request names them. Their zone is only shown again: every target takes requests from everywhere. */
export function readTargets(given: InputOf<typeof sdk, "RegisterTargets">["Targets"]): readonly NamedTarget[] {
  return given.map(({ Id, Port, AvailabilityZone, QuicServerId }) => {
    refuseUnserved({ QuicServerId: QuicServerId !== undefined });
    return { id: Id, port: Port, zone: AvailabilityZone };
  });
}
