import { attach, balance } from "./acts-balancer.ts";
import { issue, prove, request, zone } from "./acts-certificate.ts";
import { deleteAll, detach, refuseElsewhere } from "./acts-end.ts";
import { findNoKey } from "./acts-evidence.ts";
import { renew } from "./acts-renewal.ts";
import type { Stage } from "./stage.ts";

/** One part of the story. */
export interface Act {
  readonly play: (stage: Stage) => Promise<void>;
  /** Takes down what earlier acts put up; left out when everything is to stay. */
  readonly ends?: true;
}

/** One certificate's life, in order. */
export const STORY: readonly Act[] = [
  { play: zone },
  { play: request },
  { play: prove },
  { play: issue },
  { play: balance },
  { play: attach },
  { play: renew },
  { play: findNoKey },
  { play: refuseElsewhere },
  { play: detach, ends: true },
  { play: deleteAll, ends: true },
];
