import { advanceDomain } from "#acme/advance-domain.ts";
import { ADVANCE_DOMAIN } from "#acme/advance-domain-job.ts";
import { ADVANCE_ENDPOINT, advanceEndpoint } from "#acme/advance-endpoint.ts";
import { COMPLETE_ORDER, completeOrder } from "#acme/complete-order.ts";
import { CHAINS_TASK, SETTLE_TASK } from "#ca/hierarchies/promise.ts";
import { settleHierarchy } from "#ca/hierarchies/settle.ts";
import { privateCaTasks } from "#ca/private/tasks.ts";
import { publishCrls } from "#ca/publish-crl.ts";
import { PUBLISH_CRLS } from "#ca/revocation.ts";
import { SIGN_CHECKPOINT } from "#ca/transparency/append.ts";
import { signCheckpoint } from "#ca/transparency/checkpoint.ts";
import { LEAVE, SELECT as SELECT_FOR_CAMPAIGN, WORK } from "#campaigns/jobs.ts";
import { leaveCertificates } from "#campaigns/leave.ts";
import { selectCertificates } from "#campaigns/select.ts";
import { workLane } from "#campaigns/work.ts";
import { EXPIRE_TASK, expireMaterial } from "#custody/delete-material.ts";
import { FORGET_WRAPPING_KEY, forgetWrappingKey } from "#custody/import-parameters.ts";
import { DESTROY_TASK, destroyKey } from "#custody/key-state.ts";
import { ROTATE_TASK, rotateKey } from "#custody/rotation.ts";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { purgeMetrics } from "#events/balancer-metrics.ts";
import { PURGE_EVENTS, PURGE_METRICS, REPLAY_EVENTS } from "#events/jobs.ts";
import { purgeEvents } from "#events/purge.ts";
import { replayEvents } from "#events/replays.ts";
import { routeEvents } from "#events/route.ts";
import { followBalancer, followDeployments } from "#integrations/deployment/follow.ts";
import { FORGET_DRAINED, forgetDrainedTargets } from "#integrations/elbv2/forget-drained.ts";
import type { Task } from "#jobs/worker.ts";
import { ROUTE_EVENTS } from "#journal/events.ts";
import { ADVANCE } from "#lifecycle/advance-job.ts";
import { advanceTurn } from "#lifecycle/advance-turn.ts";
import { sendApprovalLetter } from "#lifecycle/approval/approval-letters.ts";
import { FOLLOW_BALANCER, FOLLOW_DEPLOYMENT } from "#lifecycle/deployment-job.ts";
import { giveNotices } from "#lifecycle/notices.ts";
import { NOTICES } from "#lifecycle/notices-job.ts";
import { refreshChains } from "#lifecycle/refresh-chains.ts";
import { PREPARE_UPSTREAM, prepareUpstream } from "#lifecycle/upstream/prepare-upstream.ts";
import { followRenewalInfo, RENEWAL_INFO } from "#lifecycle/upstream/renewal-info.ts";
import { REVOKE_UPSTREAM, revokeUpstream } from "#lifecycle/upstream/revoke-upstream.ts";
import { SEND_LETTER } from "#mail/outbox.ts";
import { PLAN_ROUNDS, planRounds, REHEARSE_SOME, rehearseSome } from "#rehearsal/round.ts";
import type { World } from "./world.ts";

/** Every kind of background work, by the name under which it is promised. */
export function tasks(world: World): Readonly<Record<string, Task>> {
  return {
    [ADVANCE]: (arn) => advanceTurn(arn as Parameters<typeof advanceTurn>[0], world),
    [SEND_LETTER]: (id) => sendApprovalLetter(id, world),
    [NOTICES]: (owner) => giveNotices(owner, world),
    [ADVANCE_ENDPOINT]: (arn) => advanceEndpoint(arn, world),
    [COMPLETE_ORDER]: (id) => completeOrder(id, world),
    [ADVANCE_DOMAIN]: (arn) => advanceDomain(arn, world),
    [PREPARE_UPSTREAM]: (subject) => prepareUpstream(subject, world),
    [RENEWAL_INFO]: (arn) => followRenewalInfo(arn as Parameters<typeof followRenewalInfo>[0], world),
    [REVOKE_UPSTREAM]: (id) => revokeUpstream(id, world),
    [ROUTE_EVENTS]: (lane) => routeEvents(lane, world),
    [REPLAY_EVENTS]: (name) => replayEvents(name, world),
    [PURGE_EVENTS]: () => purgeEvents({ ...world, eventsRetention: world.events.retention }),
    [FOLLOW_BALANCER]: (arn) => followBalancer(arn as LoadBalancerArn, world),
    [FOLLOW_DEPLOYMENT]: (arn) => followDeployments(arn as CertificateArn, world),
    [PURGE_METRICS]: () => purgeMetrics(world),
    [FORGET_DRAINED]: (arn) => forgetDrainedTargets(arn, world),
    [DESTROY_TASK]: (keyId) => destroyKey(keyId, world),
    [EXPIRE_TASK]: (keyId) => expireMaterial(keyId, world),
    [FORGET_WRAPPING_KEY]: (id) => forgetWrappingKey(id, world),
    [ROTATE_TASK]: (keyId) => rotateKey(keyId, world),
    [PLAN_ROUNDS]: () => planRounds(world),
    [REHEARSE_SOME]: (owner) => rehearseSome(owner, world),
    [PUBLISH_CRLS]: () => publishCrls(world),
    [SIGN_CHECKPOINT]: () => signCheckpoint(world),
    [SELECT_FOR_CAMPAIGN]: (id) => selectCertificates(id, world),
    [WORK]: (lane) => workLane(lane, world),
    [LEAVE]: (id) => leaveCertificates(id, world),
    [SETTLE_TASK]: (hierarchy) => settleHierarchy(hierarchy, world),
    [CHAINS_TASK]: (place) => refreshChains(place, world),
    ...privateCaTasks(world),
  };
}
